"""Tables whose rows are kept in the processes while they stand still."""

from django.db import migrations

from houqin.foundation.kept import watch


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial"), ("kept", "0001_initial")]
    operations = [migrations.RunSQL(*watch("places_place"))]
