"""What the database itself keeps: paths of areas, versions of permits, events that stay, presence, admission once."""

from django.db import migrations

from houqin.foundation.tree import path_triggers

# A reader of the list (queries.permit_list) takes the same lock alone: it waits until whoever has drawn a version has committed, so
# no version turns up below one that was handed out already. Writers share it and never wait for each other.
VERSIONS = """
CREATE SEQUENCE access_version;
CREATE FUNCTION access_permit_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE missing bigint;
BEGIN
  SELECT a INTO missing FROM unnest(NEW.areas) a WHERE NOT EXISTS (SELECT FROM access_area WHERE id = a) LIMIT 1;
  IF missing IS NOT NULL THEN
    RAISE foreign_key_violation USING MESSAGE = 'access_permit: area ' || missing || ' does not exist';
  END IF;
  PERFORM pg_advisory_xact_lock_shared(728, 0);
  NEW.version := nextval('access_version');
  RETURN NEW;
END $$;
CREATE TRIGGER access_permit_version BEFORE INSERT OR UPDATE OF holder, name, areas, hours, from_at, until_at, state
  ON access_permit FOR EACH ROW EXECUTE FUNCTION access_permit_version();
"""

STAYS = """
CREATE FUNCTION access_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is never deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER access_stays BEFORE DELETE ON access_area FOR EACH ROW EXECUTE FUNCTION access_stays();
CREATE TRIGGER access_stays BEFORE DELETE ON access_door FOR EACH ROW EXECUTE FUNCTION access_stays();
CREATE TRIGGER access_stays BEFORE DELETE ON access_controller FOR EACH ROW EXECUTE FUNCTION access_stays();
CREATE TRIGGER access_stays BEFORE DELETE ON access_permit FOR EACH ROW EXECUTE FUNCTION access_stays();

-- Events never change. They may be removed once nobody needs them any more (retention), not before.
CREATE FUNCTION access_event_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.received_at < now() - interval '180 days' THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'a door event is not changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER access_event_stays BEFORE UPDATE OR DELETE ON access_doorevent
  FOR EACH ROW EXECUTE FUNCTION access_event_stays();
"""

# Presence is what the latest passage of each holder says; ties go to the later row. One statement a batch.
PRESENCE = """
CREATE FUNCTION access_presence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO access_presence AS p (holder, area_id, person_id, permit_id, door_id, at, event)
  SELECT l.holder, CASE WHEN l.direction = 'in' THEN d.area_id ELSE a.parent_id END,
         CASE WHEN l.holder LIKE 'person:%' THEN substr(l.holder, 8)::bigint END, l.permit_id, l.door_id, l.at, l.id
  FROM (SELECT DISTINCT ON (holder) * FROM came WHERE allowed AND holder <> ''
        ORDER BY holder, at DESC, id DESC) l
  JOIN access_door d ON d.id = l.door_id JOIN access_area a ON a.id = d.area_id
  ORDER BY l.holder
  ON CONFLICT (holder) DO UPDATE SET area_id = excluded.area_id, person_id = excluded.person_id,
    permit_id = coalesce(excluded.permit_id, p.permit_id), door_id = excluded.door_id, at = excluded.at,
    event = excluded.event
  WHERE (p.at, p.event) < (excluded.at, excluded.event);
  RETURN NULL;
END $$;
CREATE TRIGGER access_presence AFTER INSERT ON access_doorevent REFERENCING NEW TABLE AS came
  FOR EACH STATEMENT EXECUTE FUNCTION access_presence();
"""

# One decision. ``why`` is what was found amiss so far; the rest is decided here, one holder at a time.
ADMIT = """
CREATE FUNCTION access_admit(
  door bigint, by_controller bigint, number bigint, who text, by_permit bigint, way text, moment timestamptz,
  pass_window bigint, why text, OUT allowed boolean, OUT reason text
) LANGUAGE plpgsql AS $$
DECLARE
  area access_area%ROWTYPE;
  was access_presence%ROWTYPE;
BEGIN
  IF who <> '' THEN PERFORM pg_advisory_xact_lock(729, hashtext(who)); END IF;
  SELECT e.allowed, e.reason INTO allowed, reason FROM access_doorevent e
    WHERE e.controller_id = by_controller AND e.sequence = number;
  IF FOUND THEN RETURN; END IF;
  reason := why;
  IF reason = '' AND way = 'in' THEN
    SELECT a.* INTO area FROM access_area a JOIN access_door d ON d.area_id = a.id WHERE d.id = door;
    IF area.passback_minutes > 0 THEN
      SELECT p.* INTO was FROM access_presence p JOIN access_area x ON x.id = p.area_id
        WHERE p.holder = who AND x.path LIKE area.path || '%' AND p.at > moment - make_interval(mins => area.passback_minutes);
      IF FOUND THEN reason := 'inside_already'; END IF;
    END IF;
  END IF;
  allowed := reason = '';
  INSERT INTO access_doorevent (controller_id, sequence, door_id, at, received_at, holder, permit_id, direction, allowed,
    reason, offline, "window", clock_off_seconds)
  VALUES (by_controller, number, door, moment, now(), who, by_permit, way, allowed, reason, false, pass_window, 0)
  ON CONFLICT DO NOTHING;
  IF FOUND THEN RETURN; END IF;
  SELECT e.allowed, e.reason INTO allowed, reason FROM access_doorevent e
    WHERE e.controller_id = by_controller AND e.sequence = number;
  IF FOUND THEN RETURN; END IF;
  allowed := false;
  reason := 'pass_used';
  INSERT INTO access_doorevent (controller_id, sequence, door_id, at, received_at, holder, permit_id, direction, allowed,
    reason, offline, "window", clock_off_seconds)
  VALUES (by_controller, number, door, moment, now(), who, by_permit, way, allowed, reason, false, pass_window, 0);
END $$;
"""
BACK = """
DROP FUNCTION access_admit(bigint, bigint, bigint, text, bigint, text, timestamptz, bigint, text);
DROP TRIGGER access_presence ON access_doorevent;
DROP TRIGGER access_event_stays ON access_doorevent;
DROP TRIGGER access_stays ON access_area;
DROP TRIGGER access_stays ON access_door;
DROP TRIGGER access_stays ON access_controller;
DROP TRIGGER access_stays ON access_permit;
DROP TRIGGER access_permit_version ON access_permit;
DROP FUNCTION access_presence(), access_event_stays(), access_stays(), access_permit_version();
DROP SEQUENCE access_version;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]

    operations = [
        migrations.RunSQL(*path_triggers("access_area")),
        migrations.RunSQL(VERSIONS + STAYS + PRESENCE + ADMIT, BACK),
    ]
