"""Takes from older houses the indexes that another one made needless, or nobody asked; new ones are built without them."""

from django.db import migrations

FEWER = """
DROP INDEX IF EXISTS affairs_case_applicant_id_e821cc3e;
DROP INDEX IF EXISTS affairs_case_number_98e4b506_like;
DROP INDEX IF EXISTS affairs_case_organisation_id_b73c63c7;
DROP INDEX IF EXISTS affairs_case_place_id_594577dd;
DROP INDEX IF EXISTS affairs_case_registered_by_id_08103274;
DROP INDEX IF EXISTS affairs_case_section_id_59208982;
DROP INDEX IF EXISTS affairs_event_actor_id_e3145c4b;
DROP INDEX IF EXISTS affairs_event_case_id_885a715b;
DROP INDEX IF EXISTS affairs_event_task_id_88012dda;
DROP INDEX IF EXISTS affairs_favourite_person_id_df74333e;
DROP INDEX IF EXISTS affairs_follower_person_id_ad88df1c;
DROP INDEX IF EXISTS affairs_rating_case_id_784ba9b7;
DROP INDEX IF EXISTS affairs_task_added_by_id_f14a732e;
DROP INDEX IF EXISTS affairs_task_case_id_24912752;
DROP INDEX IF EXISTS affairs_task_closed_by_id_f494364e;
DROP INDEX IF EXISTS affairs_task_moved_from_id_2802779a;
DROP INDEX IF EXISTS affairs_task_section_id_6d593589;
DROP INDEX case_by_phone;
CREATE INDEX case_by_phone ON affairs_case (substring(applicant_phone, 1, 16), id DESC) WHERE applicant_phone IS NOT NULL;
CREATE INDEX IF NOT EXISTS case_by_clerk ON affairs_case (registered_by_id) WHERE registered_by_id IS NOT NULL;
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_constraint WHERE conname = 'affairs_case_number_key') THEN
    ALTER TABLE affairs_case RENAME CONSTRAINT affairs_case_number_key TO case_number_once;
  END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("affairs", "0009_whole_by_one_look")]
    operations = [migrations.RunSQL(FEWER, migrations.RunSQL.noop)]
