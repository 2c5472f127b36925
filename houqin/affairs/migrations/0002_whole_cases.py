"""What must never be: an open case without an open task, an ended case with one."""

from django.db import migrations

CHECK = """
CREATE FUNCTION affairs_case_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  which bigint;
  present text;
  has_open boolean;
BEGIN
  IF TG_TABLE_NAME = 'affairs_case' THEN which := NEW.id; ELSE which := NEW.case_id; END IF;
  SELECT state INTO present FROM affairs_case WHERE id = which;
  has_open := EXISTS (SELECT FROM affairs_task WHERE case_id = which AND state = 'open');
  IF present IN ('open', 'waiting_applicant') AND NOT has_open THEN
    RAISE check_violation USING CONSTRAINT = 'case_open_has_a_task',
      MESSAGE = 'case ' || which || ' is ' || present || ' but nobody has it';
  END IF;
  IF present NOT IN ('open', 'waiting_applicant') AND has_open THEN
    RAISE check_violation USING CONSTRAINT = 'case_ended_has_no_task',
      MESSAGE = 'case ' || which || ' is ' || present || ' but a task is still open';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER case_is_whole AFTER INSERT OR UPDATE OF state ON affairs_case
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION affairs_case_is_whole();
CREATE CONSTRAINT TRIGGER task_leaves_case_whole AFTER INSERT OR UPDATE OF state ON affairs_task
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION affairs_case_is_whole();
"""

DROP = """
DROP TRIGGER case_is_whole ON affairs_case;
DROP TRIGGER task_leaves_case_whole ON affairs_task;
DROP FUNCTION affairs_case_is_whole();
"""


class Migration(migrations.Migration):
    dependencies = [("affairs", "0001_initial")]
    operations = [migrations.RunSQL(CHECK, DROP)]
