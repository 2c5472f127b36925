"""Nobody searches by what stands in these documents, and looking at samples of them was most of the work of ANALYZE, which
autovacuum does for every tenth that a table grows."""

from django.db import migrations

NONE = """
ALTER TABLE affairs_case ALTER COLUMN data SET STATISTICS 0, ALTER COLUMN flow SET STATISTICS 0;
ALTER TABLE affairs_event ALTER COLUMN data SET STATISTICS 0;
"""
USUAL = NONE.replace("STATISTICS 0", "STATISTICS -1")


class Migration(migrations.Migration):
    dependencies = [("affairs", "0010_fewer_indexes")]
    operations = [migrations.RunSQL(NONE, USUAL)]
