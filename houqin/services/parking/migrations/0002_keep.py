"""What the database keeps by itself: who is inside, quotas, and that no space is promised twice."""

from django.db import migrations

KEEP = """
-- Who is inside -----------------------------------------------------------------------------------------------------
-- By statement, not by row: a batch of a camera is one update of its lot, a COPY of a day as well.
CREATE FUNCTION parking_count_passages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM parking_lot WHERE place_id IN (SELECT lot_id FROM written) ORDER BY place_id FOR UPDATE;
  UPDATE parking_lot SET inside = inside + change.net
  FROM (SELECT lot_id, sum(CASE direction WHEN 'in' THEN 1 ELSE -1 END) AS net FROM written GROUP BY lot_id) change
  WHERE place_id = change.lot_id AND change.net <> 0;
  RETURN NULL;
END $$;
CREATE TRIGGER parking_counted AFTER INSERT ON parking_passage REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION parking_count_passages();

CREATE FUNCTION parking_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE check_violation USING MESSAGE = 'a row of ' || TG_TABLE_NAME || ' is counted and cannot be changed or taken back',
    CONSTRAINT = 'parking_written_once';
END $$;
CREATE TRIGGER parking_kept BEFORE DELETE OR UPDATE OF camera_id, sequence, lot_id, direction, at ON parking_passage
  FOR EACH ROW EXECUTE FUNCTION parking_written_once();
CREATE TRIGGER parking_kept BEFORE DELETE OR UPDATE OF lot_id, counted, before, delta, at ON parking_count
  FOR EACH ROW EXECUTE FUNCTION parking_written_once();

CREATE FUNCTION parking_put_right() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT inside INTO NEW.before FROM parking_lot WHERE place_id = NEW.lot_id FOR UPDATE;
  NEW.delta := NEW.counted - NEW.before;
  UPDATE parking_lot SET inside = NEW.counted WHERE place_id = NEW.lot_id;
  RETURN NEW;
END $$;
CREATE TRIGGER parking_counted BEFORE INSERT ON parking_count FOR EACH ROW EXECUTE FUNCTION parking_put_right();

-- Whoever saves a lot with what they read a while ago must not turn the counter back: only the triggers above move it.
CREATE FUNCTION parking_inside_is_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.inside := 0;
  ELSIF pg_trigger_depth() = 1 THEN
    NEW.inside := OLD.inside;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER parking_inside BEFORE INSERT OR UPDATE OF inside ON parking_lot
  FOR EACH ROW EXECUTE FUNCTION parking_inside_is_counted();

-- Quotas ------------------------------------------------------------------------------------------------------------
CREATE FUNCTION parking_within_quota() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  quota record;
BEGIN
  IF NEW.state <> 'open' OR (TG_OP = 'UPDATE' AND (OLD.state, OLD.lot_id, OLD.unit_id) = ('open', NEW.lot_id, NEW.unit_id)) THEN
    RETURN NULL;
  END IF;
  -- Who comes second waits here and then counts the first as well.
  PERFORM pg_advisory_xact_lock(728, NEW.lot_id::int);
  FOR quota IN SELECT q.unit_id, q.most FROM parking_quota q
    WHERE q.lot_id = NEW.lot_id AND (q.unit_id IS NULL OR q.unit_id = NEW.unit_id)
  LOOP
    IF (SELECT count(*) FROM parking_platepermit p WHERE p.lot_id = NEW.lot_id AND p.state = 'open'
        AND (quota.unit_id IS NULL OR p.unit_id = quota.unit_id)) > quota.most THEN
      RAISE check_violation USING MESSAGE = 'permit_quota: the quota of lot ' || NEW.lot_id || ' is used up', CONSTRAINT = 'permit_quota';
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER parking_quota AFTER INSERT OR UPDATE OF state, lot_id, unit_id ON parking_platepermit
  FOR EACH ROW EXECUTE FUNCTION parking_within_quota();

-- Reservations ------------------------------------------------------------------------------------------------------
-- The most spaces that are promised for one moment of a period: it is reached where one of the reservations begins.
CREATE FUNCTION parking_reserved_peak(lot bigint, begins timestamptz, ends timestamptz) RETURNS bigint
LANGUAGE sql STABLE AS $$
  WITH held AS (
    SELECT starts_at, ends_at, spaces FROM parking_reservation
    WHERE lot_id = lot AND released_at IS NULL AND ends_at > begins AND starts_at < ends
  )
  SELECT coalesce(max(total), 0) FROM (
    SELECT (SELECT sum(h.spaces) FROM held h WHERE h.starts_at <= moments.at AND h.ends_at > moments.at) AS total
    FROM (SELECT begins AS at UNION SELECT starts_at FROM held WHERE starts_at > begins) moments
  ) sums
$$;

CREATE FUNCTION parking_reserve() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.released_at IS NOT NULL THEN
    RETURN NULL;
  END IF;
  PERFORM pg_advisory_xact_lock(729, NEW.lot_id::int);
  IF parking_promised_too_much(NEW.lot_id, NEW.starts_at, NEW.ends_at) THEN
    RAISE check_violation USING MESSAGE = 'lot_reserved_out: lot ' || NEW.lot_id || ' has no space left to reserve', CONSTRAINT = 'lot_reserved_out';
  END IF;
  RETURN NULL;
END $$;

-- Volatile, so that it sees what was committed while we waited for the lock.
CREATE FUNCTION parking_promised_too_much(lot bigint, begins timestamptz, ends timestamptz) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT parking_reserved_peak(lot, begins, ends) > l.reservable FROM parking_lot l WHERE l.place_id = lot);
END $$;
CREATE TRIGGER parking_reserve AFTER INSERT OR UPDATE OF lot_id, spaces, starts_at, ends_at, released_at ON parking_reservation
  FOR EACH ROW EXECUTE FUNCTION parking_reserve();

CREATE FUNCTION parking_reservable_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(729, NEW.place_id::int);
  IF NEW.reservable < OLD.reservable AND parking_promised_too_much(NEW.place_id, now(), 'infinity') THEN
    RAISE check_violation USING MESSAGE = 'lot_reserved_out: more spaces of lot ' || NEW.place_id || ' are reserved',
      CONSTRAINT = 'lot_reserved_out';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER parking_reservable AFTER UPDATE OF reservable ON parking_lot
  FOR EACH ROW EXECUTE FUNCTION parking_reservable_changed();
"""
FREE = """
DROP TRIGGER parking_reservable ON parking_lot;
DROP TRIGGER parking_reserve ON parking_reservation;
DROP TRIGGER parking_quota ON parking_platepermit;
DROP TRIGGER parking_inside ON parking_lot;
DROP TRIGGER parking_counted ON parking_count;
DROP TRIGGER parking_kept ON parking_count;
DROP TRIGGER parking_kept ON parking_passage;
DROP TRIGGER parking_counted ON parking_passage;
DROP FUNCTION parking_reservable_changed(), parking_reserve(), parking_within_quota(), parking_inside_is_counted(),
  parking_put_right(), parking_written_once(), parking_count_passages();
DROP FUNCTION parking_promised_too_much(bigint, timestamptz, timestamptz);
DROP FUNCTION parking_reserved_peak(bigint, timestamptz, timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [("parking", "0001_initial")]

    operations = [migrations.RunSQL(KEEP, FREE)]
