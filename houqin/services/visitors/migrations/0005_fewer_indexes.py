"""Takes from older houses the indexes that another one made needless; new ones are built without them."""

from django.db import migrations

FEWER = """
DROP INDEX IF EXISTS visitors_crossing_visit_id_cc5541d7;
DROP INDEX IF EXISTS visitors_visit_host_id_fd567042;
"""


class Migration(migrations.Migration):
    dependencies = [("visitors", "0004_levels")]
    operations = [migrations.RunSQL(FEWER, migrations.RunSQL.noop)]
