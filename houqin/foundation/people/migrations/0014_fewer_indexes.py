"""Takes from older houses the indexes that another one made needless; new ones are built without them."""

from django.db import migrations

FEWER = """
DROP INDEX IF EXISTS people_dutyshift_section_id_215f4ef4;
DROP INDEX IF EXISTS people_identity_person_id_b725ea39;
DROP INDEX IF EXISTS people_integrityrecord_appointment_id_29201ff0;
DROP INDEX IF EXISTS people_knowndevice_person_id_440378a1;
DROP INDEX IF EXISTS people_passwordset_person_id_2373b362;
DROP INDEX IF EXISTS people_recoverycode_factor_id_97ce8e47;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0013_id_numbers_by_statement")]
    operations = [migrations.RunSQL(FEWER, migrations.RunSQL.noop)]
