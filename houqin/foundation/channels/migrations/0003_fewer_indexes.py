"""Takes from older houses the indexes that another one made needless; new ones are built without them."""

from django.db import migrations

FEWER = """
DROP INDEX IF EXISTS channels_address_person_id_6acce8c9;
DROP INDEX IF EXISTS channels_preference_person_id_1478f1ec;
DROP INDEX IF EXISTS channels_quiethours_person_id_584f6087;
DROP INDEX IF EXISTS channels_sending_notice_id_5e42a374;
"""


class Migration(migrations.Migration):
    dependencies = [("channels", "0002_sealed_accounts")]
    operations = [migrations.RunSQL(FEWER, migrations.RunSQL.noop)]
