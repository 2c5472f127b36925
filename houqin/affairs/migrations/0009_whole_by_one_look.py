"""The check of 0002 asks once instead of twice: it runs for every task and case that a step changes."""

from importlib import import_module

from django.db import migrations

CHECK = """
CREATE OR REPLACE FUNCTION affairs_case_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  which bigint;
  present text;
  has_open boolean;
BEGIN
  IF TG_TABLE_NAME = 'affairs_case' THEN which := NEW.id; ELSE which := NEW.case_id; END IF;
  SELECT state, EXISTS (SELECT FROM affairs_task WHERE case_id = which AND state = 'open') INTO present, has_open
    FROM affairs_case WHERE id = which;
  IF (present IN ('open', 'waiting_applicant')) IS DISTINCT FROM has_open THEN
    IF has_open THEN
      RAISE check_violation USING CONSTRAINT = 'case_ended_has_no_task',
        MESSAGE = 'case ' || which || ' is ' || present || ' but a task is still open';
    ELSIF present IS NOT NULL THEN
      RAISE check_violation USING CONSTRAINT = 'case_open_has_a_task',
        MESSAGE = 'case ' || which || ' is ' || present || ' but nobody has it';
    END IF;
  END IF;
  RETURN NULL;
END $$;
"""
BEFORE = import_module("houqin.affairs.migrations.0002_whole_cases").CHECK
BEFORE = BEFORE[: BEFORE.index("CREATE CONSTRAINT")].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = [("affairs", "0008_warnings")]
    operations = [migrations.RunSQL(CHECK, BEFORE)]
