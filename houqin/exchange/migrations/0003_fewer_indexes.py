"""Takes from older houses the indexes that another one made needless; new ones are built without them."""

from django.db import migrations

FEWER = """
DROP INDEX IF EXISTS exchange_keptanswer_token_id_ea844e2d;
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0002_token_proved")]
    operations = [migrations.RunSQL(FEWER, migrations.RunSQL.noop)]
