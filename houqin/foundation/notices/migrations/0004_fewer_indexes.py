"""Takes from older houses the indexes that another one made needless; new ones are built without them."""

from django.db import migrations

FEWER = """
DROP INDEX IF EXISTS notices_notice_person_id_94368381;
"""


class Migration(migrations.Migration):
    dependencies = [("notices", "0003_quieter_jobs")]
    operations = [migrations.RunSQL(FEWER, migrations.RunSQL.noop)]
