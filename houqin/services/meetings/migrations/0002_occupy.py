"""What a meeting or blocking occupies is written by the database, so that nobody can book past it."""

from django.db import migrations

OCCUPY = """
CREATE FUNCTION meetings_take(room bigint, takes tstzrange, meeting bigint, blocking bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  -- In one order, and before anything is written: who comes second waits here and then sees the first, instead of
  -- both finding each other's row and waiting until one is cancelled.
  PERFORM pg_advisory_xact_lock(727, part_id::int) FROM (
    SELECT part_id FROM meetings_roompart WHERE room_id = room ORDER BY part_id
  ) parts;
  INSERT INTO meetings_occupation (part_id, during, meeting_id, blocking_id)
  SELECT part_id, takes, meeting, blocking FROM meetings_roompart WHERE room_id = room ORDER BY part_id;
  IF NOT FOUND THEN
    RAISE check_violation USING MESSAGE = 'room ' || room || ' has no parts and cannot be taken',
      CONSTRAINT = 'room_has_parts';
  END IF;
END $$;

CREATE FUNCTION meetings_takes(m meetings_meeting) RETURNS tstzrange LANGUAGE sql IMMUTABLE AS $$
  SELECT tstzrange(m.starts_at - make_interval(mins => m.setup_minutes),
                   m.ends_at + make_interval(mins => m.clearing_minutes))
$$;

CREATE FUNCTION meetings_keeps(state text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT state IN ('pending', 'booked', 'running', 'ended')
$$;

CREATE FUNCTION meetings_occupy_meeting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (OLD.room_id, meetings_takes(OLD), meetings_keeps(OLD.state))
       = (NEW.room_id, meetings_takes(NEW), meetings_keeps(NEW.state)) THEN
      RETURN NULL;
    END IF;
    DELETE FROM meetings_occupation WHERE meeting_id = NEW.id;
  END IF;
  IF meetings_keeps(NEW.state) THEN
    PERFORM meetings_take(NEW.room_id, meetings_takes(NEW), NEW.id, NULL);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER meetings_occupy AFTER INSERT OR UPDATE ON meetings_meeting
  FOR EACH ROW EXECUTE FUNCTION meetings_occupy_meeting();

CREATE FUNCTION meetings_occupy_blocking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    DELETE FROM meetings_occupation WHERE blocking_id = NEW.id;
  END IF;
  IF NEW.lifted_at IS NULL THEN
    PERFORM meetings_take(NEW.room_id, tstzrange(NEW.starts_at, NEW.ends_at), NULL, NEW.id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER meetings_occupy AFTER INSERT OR UPDATE ON meetings_blocking
  FOR EACH ROW EXECUTE FUNCTION meetings_occupy_blocking();

-- Walls that open or close: what is still to come is taken anew; the change is refused where that clashes.
CREATE FUNCTION meetings_parts_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  room bigint := coalesce(NEW.room_id, OLD.room_id);
BEGIN
  DELETE FROM meetings_occupation o USING meetings_meeting m
    WHERE o.meeting_id = m.id AND m.room_id = room AND upper(o.during) > now();
  DELETE FROM meetings_occupation o USING meetings_blocking b
    WHERE o.blocking_id = b.id AND b.room_id = room AND upper(o.during) > now();
  IF EXISTS (SELECT FROM meetings_roompart WHERE room_id = room) THEN
    PERFORM meetings_take(room, meetings_takes(m), m.id, NULL) FROM meetings_meeting m
      WHERE m.room_id = room AND meetings_keeps(m.state) AND upper(meetings_takes(m)) > now();
    PERFORM meetings_take(room, tstzrange(b.starts_at, b.ends_at), NULL, b.id) FROM meetings_blocking b
      WHERE b.room_id = room AND b.lifted_at IS NULL AND b.ends_at > now();
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER meetings_parts AFTER INSERT OR DELETE ON meetings_roompart
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION meetings_parts_changed();
"""
FREE = """
DROP TRIGGER meetings_parts ON meetings_roompart;
DROP TRIGGER meetings_occupy ON meetings_blocking;
DROP TRIGGER meetings_occupy ON meetings_meeting;
DROP FUNCTION meetings_parts_changed(), meetings_occupy_blocking(), meetings_occupy_meeting();
DROP FUNCTION meetings_keeps(text), meetings_takes(meetings_meeting), meetings_take(bigint, tstzrange, bigint, bigint);
"""

EQUIPMENT = (
    ("projector", "投影"), ("screen", "大屏"), ("video", "视频会议"), ("microphone", "话筒"), ("recording", "录音录像"),
    ("live", "直播"), ("interpretation", "同声传译"), ("whiteboard", "白板"), ("hearing_loop", "助听环路"), ("wheelchair", "无障碍"),
)  # fmt: skip


def equip(apps, schema_editor):
    apps.get_model("meetings", "Equipment").objects.bulk_create(
        apps.get_model("meetings", "Equipment")(code=code, name=name, position=position)
        for position, (code, name) in enumerate(EQUIPMENT)
    )


SOURCE = "财行〔2016〕214号"
#: Class, days, people, yuan a head and day: lodging, meals and the rest together.
LIMITS = (("one", None, None, 760), ("two", 2, 300, 650), ("three", 2, 150, 550), ("four", 2, 50, 550))


def limit(apps, schema_editor):
    apps.get_model("meetings", "ClassLimit").objects.bulk_create(
        apps.get_model("meetings", "ClassLimit")(
            meeting_class=name, days_most=days, people_most=people, fen_a_head_day=yuan * 100, source=SOURCE
        )
        for name, days, people, yuan in LIMITS
    )


class Migration(migrations.Migration):
    dependencies = [("meetings", "0001_initial")]

    operations = [
        migrations.RunSQL(OCCUPY, FREE),
        migrations.RunPython(equip, migrations.RunPython.noop),
        migrations.RunPython(limit, migrations.RunPython.noop),
    ]
