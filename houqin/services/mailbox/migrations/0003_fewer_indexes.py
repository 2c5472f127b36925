"""Takes from older houses the indexes that another one made needless; new ones are built without them."""

from django.db import migrations

FEWER = """
DROP INDEX IF EXISTS mailbox_letter_category_id_5c27d837;
DROP INDEX IF EXISTS mailbox_spotrating_place_id_b18a904c;
DROP INDEX IF EXISTS mailbox_usefulvote_publication_id_4dea52d0;
"""


class Migration(migrations.Migration):
    dependencies = [("mailbox", "0002_categories")]
    operations = [migrations.RunSQL(FEWER, migrations.RunSQL.noop)]
