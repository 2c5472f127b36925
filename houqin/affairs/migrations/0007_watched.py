"""Tables whose rows are kept in the processes while they stand still."""

from django.db import migrations

from houqin.foundation.kept import watch


class Migration(migrations.Migration):
    dependencies = [("affairs", "0006_phones_sealed"), ("kept", "0001_initial")]
    operations = [migrations.RunSQL(*watch("affairs_itemsetting", "affairs_route", "affairs_delegation"))]
