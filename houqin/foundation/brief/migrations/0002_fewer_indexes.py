"""Takes from older houses the indexes that another one made needless; new ones are built without them."""

from django.db import migrations

FEWER = """
DROP INDEX IF EXISTS brief_issue_person_id_18fed2a3;
"""


class Migration(migrations.Migration):
    dependencies = [("brief", "0001_initial")]
    operations = [migrations.RunSQL(FEWER, migrations.RunSQL.noop)]
