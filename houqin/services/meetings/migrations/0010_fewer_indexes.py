"""Takes from older houses the indexes that another one made needless; new ones are built without them."""

from django.db import migrations

FEWER = """
DROP INDEX IF EXISTS meetings_eventvehicle_event_id_3b8720a9;
DROP INDEX IF EXISTS meetings_feed_person_id_2f06eb05;
DROP INDEX IF EXISTS meetings_meeting_organiser_id_2d346c9b;
DROP INDEX IF EXISTS meetings_meeting_room_id_02a205a4;
DROP INDEX IF EXISTS meetings_meeting_section_id_cf06f825;
DROP INDEX IF EXISTS meetings_meeting_series_id_4c28ba88;
DROP INDEX IF EXISTS meetings_participantgroup_section_id_f9ee0944;
DROP INDEX IF EXISTS meetings_roompart_room_id_9fba1a83;
"""


class Migration(migrations.Migration):
    dependencies = [("meetings", "0009_by_time")]
    operations = [migrations.RunSQL(FEWER, migrations.RunSQL.noop)]
