"""The first categories, kept in the back office from here on; and what must never be."""

import csv
from pathlib import Path

from django.db import migrations

SEED = Path(__file__).resolve().parent.parent / "categories.csv"


def seed(apps, schema_editor):
    LetterCategory = apps.get_model("mailbox", "LetterCategory")
    with SEED.open(encoding="utf-8", newline="") as file:
        LetterCategory.objects.bulk_create(
            LetterCategory(
                code=row["code"],
                name=row["name"],
                workdays=int(row["workdays"]),
                reviewed=row["reviewed"] == "1",
                keywords=row["keywords"],
                position=number * 10,
            )
            for number, row in enumerate(csv.DictReader(file), start=1)
        )


NOBODY = """
CREATE FUNCTION mailbox_letter_of_nobody() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'affairs_case' THEN
    IF NOT EXISTS (SELECT FROM mailbox_letter WHERE case_id = NEW.id AND anonymous) THEN RETURN NULL; END IF;
  ELSIF NOT NEW.anonymous THEN
    RETURN NULL;
  END IF;
  IF EXISTS (
    SELECT FROM affairs_case WHERE id = CASE TG_TABLE_NAME WHEN 'affairs_case' THEN (to_jsonb(NEW) ->> 'id')::bigint
                                                           ELSE (to_jsonb(NEW) ->> 'case_id')::bigint END
      AND (applicant_id IS NOT NULL OR registered_by_id IS NOT NULL OR organisation_id IS NOT NULL
           OR applicant_phone IS NOT NULL)
  ) THEN
    RAISE check_violation USING CONSTRAINT = 'letter_anonymous_has_nobody',
      MESSAGE = 'an anonymous letter names somebody';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER letter_of_nobody AFTER INSERT OR UPDATE OF anonymous ON mailbox_letter
  FOR EACH ROW EXECUTE FUNCTION mailbox_letter_of_nobody();
CREATE TRIGGER mailbox_case_of_nobody AFTER UPDATE OF applicant_id, registered_by_id, organisation_id, applicant_phone
  ON affairs_case FOR EACH ROW WHEN (NEW.service = 'mailbox' AND (
    NEW.applicant_id IS NOT NULL OR NEW.registered_by_id IS NOT NULL OR NEW.organisation_id IS NOT NULL
    OR NEW.applicant_phone IS NOT NULL))
  EXECUTE FUNCTION mailbox_letter_of_nobody();

CREATE FUNCTION mailbox_publication_agreed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state = 'published' AND EXISTS (
    SELECT FROM mailbox_letter WHERE case_id = NEW.letter_id AND NOT may_publish
  ) THEN
    RAISE check_violation USING CONSTRAINT = 'publication_agreed',
      MESSAGE = 'the writer has not agreed to publication';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER publication_agreed AFTER INSERT OR UPDATE OF state ON mailbox_publication
  FOR EACH ROW EXECUTE FUNCTION mailbox_publication_agreed();
"""
SOMEBODY = """
DROP TRIGGER publication_agreed ON mailbox_publication;
DROP FUNCTION mailbox_publication_agreed();
DROP TRIGGER mailbox_case_of_nobody ON affairs_case;
DROP TRIGGER letter_of_nobody ON mailbox_letter;
DROP FUNCTION mailbox_letter_of_nobody();
"""


class Migration(migrations.Migration):
    dependencies = [("mailbox", "0001_initial"), ("affairs", "0006_phones_sealed")]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.RunSQL(NOBODY, SOMEBODY),
    ]
