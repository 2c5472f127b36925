"""Takes from older houses the indexes that another one made needless; new ones are built without them."""

from django.db import migrations

FEWER = """
DROP INDEX IF EXISTS parking_partnerpermit_partner_id_dcd4abd8;
DROP INDEX IF EXISTS parking_passage_camera_id_3a3deb4f;
DROP INDEX IF EXISTS parking_passage_lot_id_a0df3bb6;
DROP INDEX IF EXISTS parking_platepermit_lot_id_3a168a88;
DROP INDEX IF EXISTS parking_platepermit_person_id_c7d410e6;
DROP INDEX IF EXISTS parking_quota_lot_id_cc5fe79b;
DROP INDEX IF EXISTS parking_rotationentry_rotation_id_85bd2496;
DROP INDEX IF EXISTS parking_space_lot_id_ea422d96;
"""


class Migration(migrations.Migration):
    dependencies = [("parking", "0005_column_defaults")]
    operations = [migrations.RunSQL(FEWER, migrations.RunSQL.noop)]
