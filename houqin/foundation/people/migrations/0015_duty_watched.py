"""Who is on duty is kept in the processes while the rosters stand still."""

from django.db import migrations

from houqin.foundation.kept import watch


class Migration(migrations.Migration):
    dependencies = [("people", "0014_fewer_indexes"), ("kept", "0001_initial")]
    operations = [migrations.RunSQL(*watch("people_dutyshift"))]
