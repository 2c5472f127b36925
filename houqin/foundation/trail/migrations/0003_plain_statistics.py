"""Nobody searches by what a record was before and after, and looking at samples of it was most of the work of ANALYZE."""

from django.db import migrations

NONE = "ALTER TABLE trail_entry ALTER COLUMN before SET STATISTICS 0, ALTER COLUMN after SET STATISTICS 0;"
USUAL = NONE.replace("STATISTICS 0", "STATISTICS -1")


class Migration(migrations.Migration):
    dependencies = [("trail", "0002_sealing")]
    operations = [migrations.RunSQL(NONE, USUAL)]
