"""Three administrators kept apart by the database: system, security, audit."""

import django.db.models.deletion
from django.db import migrations, models

ROLE = """
-- A role belongs to one administrator at most, and the auditor's role holds nothing else.
CREATE FUNCTION people_role_office() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE administrators text[]; works boolean;
BEGIN
  SELECT array_agg(DISTINCT coalesce(known.kind, 'work')) FILTER (WHERE known.kind IN ('system', 'security', 'audit')),
         coalesce(bool_or(coalesce(known.kind, 'work') = 'work'), false)
    INTO administrators, works
    FROM unnest(NEW.permissions) AS given(code) LEFT JOIN people_knownpermission known ON known.code = given.code;
  IF cardinality(administrators) > 1 THEN
    RAISE check_violation USING CONSTRAINT = 'role_of_one_administrator',
      MESSAGE = 'a role holds permissions of several administrators: ' || array_to_string(administrators, ', ');
  END IF;
  IF 'audit' = ANY (administrators) AND works THEN
    RAISE check_violation USING CONSTRAINT = 'auditor_does_nothing_else',
      MESSAGE = 'the auditor''s role holds permissions of other work';
  END IF;
  NEW.office := coalesce(administrators[1], CASE WHEN works THEN 'work' ELSE '' END);
  IF TG_OP = 'UPDATE' THEN
    IF NEW.office IS DISTINCT FROM OLD.office THEN
      -- Whoever gets this role at the same moment holds a key share of it: wait for them, and let later ones wait.
      PERFORM 1 FROM people_role WHERE id = NEW.id FOR UPDATE;
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER people_role_office BEFORE INSERT OR UPDATE ON people_role
  FOR EACH ROW EXECUTE FUNCTION people_role_office();
"""

APART = """
CREATE FUNCTION people_offices_clash(one text, other text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT one <> other AND one <> '' AND other <> '' AND ('work' NOT IN (one, other) OR 'audit' IN (one, other))
$$;
-- Nobody holds two of the three at the same time, nor audit beside other work; the demo compound's "admin" may.
CREATE FUNCTION people_keep_apart(who bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE clash text;
BEGIN
  IF EXISTS (SELECT FROM people_installation WHERE demo) THEN
    RETURN;
  END IF;
  PERFORM 1 FROM people_person WHERE id = who FOR NO KEY UPDATE;
  SELECT r.office || ' and ' || s.office INTO clash
    FROM people_appointment a JOIN people_role r ON r.id = a.role_id
    JOIN people_appointment b ON b.person_id = a.person_id AND b.id > a.id
     AND daterange(a.from_on, a.to_on, '[]') && daterange(b.from_on, b.to_on, '[]')
    JOIN people_role s ON s.id = b.role_id
    WHERE a.person_id = who AND people_offices_clash(r.office, s.office) LIMIT 1;
  IF FOUND THEN
    RAISE check_violation USING CONSTRAINT = 'administrators_apart',
      MESSAGE = 'person ' || who || ' would be ' || clash;
  END IF;
END $$;
CREATE FUNCTION people_appointment_apart() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE mine text;
BEGIN
  SELECT office INTO mine FROM people_role WHERE id = NEW.role_id FOR KEY SHARE;
  IF mine <> '' THEN
    PERFORM people_keep_apart(NEW.person_id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER people_appointment_apart AFTER INSERT OR UPDATE ON people_appointment
  FOR EACH ROW EXECUTE FUNCTION people_appointment_apart();
CREATE FUNCTION people_role_apart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM people_keep_apart(person_id)
    FROM (SELECT DISTINCT person_id FROM people_appointment WHERE role_id = NEW.id ORDER BY person_id) each;
  PERFORM people_keep_one(OLD.office);
  RETURN NULL;
END $$;
CREATE TRIGGER people_role_apart AFTER UPDATE ON people_role
  FOR EACH ROW WHEN (OLD.office IS DISTINCT FROM NEW.office) EXECUTE FUNCTION people_role_apart();
"""

LAST = """
-- An administrator who lasts: appointed over a whole root without an end, can sign in and is not leaving.
CREATE FUNCTION people_lasts(a people_appointment) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT a.to_on IS NULL AND a.place_id IS NULL AND a.service = ''
     AND a.from_on <= (now() AT TIME ZONE 'Asia/Shanghai')::date
     AND EXISTS (SELECT FROM people_organisation o WHERE o.id = a.organisation_id AND o.parent_id IS NULL)
     AND EXISTS (SELECT FROM people_person p WHERE p.id = a.person_id AND p.ended_on IS NULL AND p.username IS NOT NULL)
$$;
-- The last of each of the three cannot be removed. Two who go at once wait for each other.
CREATE FUNCTION people_keep_one(kind text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF kind NOT IN ('system', 'security', 'audit') THEN
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock(7203, 0);
  IF NOT EXISTS (SELECT FROM people_appointment a JOIN people_role r ON r.id = a.role_id
                 WHERE r.office = kind AND people_lasts(a)) THEN
    RAISE check_violation USING CONSTRAINT = 'last_administrator', MESSAGE = 'nobody would be left for ' || kind;
  END IF;
END $$;
CREATE FUNCTION people_appointment_last() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.to_on IS NULL AND people_lasts(OLD) THEN
    PERFORM people_keep_one((SELECT office FROM people_role WHERE id = OLD.role_id));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER people_appointment_last AFTER UPDATE OR DELETE ON people_appointment
  FOR EACH ROW EXECUTE FUNCTION people_appointment_last();
CREATE FUNCTION people_person_last() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM people_keep_one(office) FROM (
    SELECT DISTINCT r.office FROM people_appointment a JOIN people_role r ON r.id = a.role_id
    JOIN people_organisation o ON o.id = a.organisation_id
    WHERE a.person_id = NEW.id AND a.to_on IS NULL AND a.place_id IS NULL AND a.service = '' AND o.parent_id IS NULL) each;
  RETURN NULL;
END $$;
CREATE TRIGGER people_person_last AFTER UPDATE OF ended_on, username ON people_person
  FOR EACH ROW WHEN ((NEW.ended_on IS NOT NULL AND OLD.ended_on IS NULL)
                  OR (NEW.username IS NULL AND OLD.username IS NOT NULL))
  EXECUTE FUNCTION people_person_last();
"""

BACK = """
DROP TRIGGER people_person_last ON people_person;
DROP TRIGGER people_appointment_last ON people_appointment;
DROP TRIGGER people_role_apart ON people_role;
DROP TRIGGER people_appointment_apart ON people_appointment;
DROP TRIGGER people_role_office ON people_role;
DROP FUNCTION people_person_last(), people_appointment_last(), people_keep_one(text), people_lasts(people_appointment),
  people_role_apart(), people_appointment_apart(), people_keep_apart(bigint), people_offices_clash(text, text),
  people_role_office();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0003_demo_on_the_network")]

    operations = [
        migrations.CreateModel(
            name="KnownPermission",
            fields=[
                ("code", models.TextField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
            ],
            options={"verbose_name": "权限", "verbose_name_plural": "权限"},
        ),
        migrations.CreateModel(
            name="Account",
            fields=[],
            options={
                "verbose_name": "账号",
                "verbose_name_plural": "账号",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("people.person",),
        ),
        migrations.AddField(
            model_name="role",
            name="office",
            field=models.TextField(default="", editable=False, verbose_name="分属"),
        ),
        migrations.AddField(
            model_name="appointment",
            name="granted_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.person",
                verbose_name="任命人",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("granted_by__isnull", True),
                    models.Q(("granted_by", models.F("person")), _negated=True),
                    _connector="OR",
                ),
                name="appointment_granted_by_another",
            ),
        ),
        migrations.RunSQL([ROLE, LAST, APART], BACK),
    ]
