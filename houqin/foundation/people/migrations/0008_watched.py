"""Tables whose rows are kept in the processes while they stand still."""

from django.db import migrations

from houqin.foundation.kept import watch


class Migration(migrations.Migration):
    dependencies = [("people", "0007_phones_sealed"), ("kept", "0001_initial")]
    operations = [migrations.RunSQL(*watch("people_organisation", "people_role", "people_appointment"))]
