"""What the database itself keeps: crossings that fit the visit, alternate and stay; where a visit stands follows from them."""

from django.db import migrations

ALTERNATE = """
ALTER TABLE visitors_crossing ADD CONSTRAINT crossings_alternate CHECK ((direction = 'in') = (number % 2 = 1));
"""

CROSS = """
CREATE FUNCTION visitors_cross() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE visit visitors_visit%ROWTYPE;
BEGIN
  SELECT * INTO visit FROM visitors_visit WHERE id = NEW.visit_id FOR UPDATE;
  IF (NEW.direction = 'in' AND (visit.held OR visit.state NOT IN ('expected', 'left')))
     OR (NEW.direction = 'out' AND visit.state <> 'inside') THEN
    RAISE check_violation USING CONSTRAINT = 'crossing_fits_visit', MESSAGE = 'visit ' || NEW.visit_id || ' is ' || visit.state
      || ': nobody goes ' || NEW.direction || ' (crossing_fits_visit)';
  END IF;
  UPDATE visitors_visit SET state = CASE NEW.direction WHEN 'in' THEN 'inside' ELSE 'left' END,
    entered_at = coalesce(visit.entered_at, NEW.at), left_at = CASE NEW.direction WHEN 'out' THEN greatest(NEW.at, visit.entered_at) END
    WHERE id = NEW.visit_id;
  RETURN NEW;
END $$;
CREATE TRIGGER visitors_cross BEFORE INSERT ON visitors_crossing FOR EACH ROW EXECUTE FUNCTION visitors_cross();
"""

STAYS = """
CREATE FUNCTION visitors_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is neither changed nor deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER visitors_stays BEFORE DELETE ON visitors_visit FOR EACH ROW EXECUTE FUNCTION visitors_stays();
CREATE TRIGGER visitors_stays BEFORE DELETE ON visitors_denial FOR EACH ROW EXECUTE FUNCTION visitors_stays();
CREATE TRIGGER visitors_stays BEFORE UPDATE OR DELETE ON visitors_crossing FOR EACH ROW EXECUTE FUNCTION visitors_stays();
"""

# Who is inside is known by a crossing alone: no other write makes a visit begin or end.
STATE = """
CREATE FUNCTION visitors_inside() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF pg_trigger_depth() < 2 THEN
    RAISE check_violation USING CONSTRAINT = 'visit_inside_by_crossing',
      MESSAGE = 'a visit begins and ends by a crossing alone (visit_inside_by_crossing)';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER visitors_inside BEFORE UPDATE OF state ON visitors_visit FOR EACH ROW
  WHEN (OLD.state IS DISTINCT FROM NEW.state AND (NEW.state IN ('inside', 'left') OR OLD.state IN ('inside', 'left')))
  EXECUTE FUNCTION visitors_inside();
"""
BACK = """
DROP TRIGGER visitors_inside ON visitors_visit;
DROP TRIGGER visitors_stays ON visitors_crossing;
DROP TRIGGER visitors_stays ON visitors_denial;
DROP TRIGGER visitors_stays ON visitors_visit;
DROP TRIGGER visitors_cross ON visitors_crossing;
DROP FUNCTION visitors_inside(), visitors_stays(), visitors_cross();
ALTER TABLE visitors_crossing DROP CONSTRAINT crossings_alternate;
"""


class Migration(migrations.Migration):
    dependencies = [("visitors", "0001_initial")]

    operations = [migrations.RunSQL(ALTERNATE + CROSS + STAYS + STATE, BACK)]
