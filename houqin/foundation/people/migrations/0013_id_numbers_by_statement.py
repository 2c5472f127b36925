"""ID numbers of a whole roster are compared at once."""

from django.db import migrations

from houqin.foundation.personal.once import by_statement


class Migration(migrations.Migration):
    dependencies = [("people", "0012_names_watched"), ("personal", "0003_once_by_statement")]

    operations = [by_statement("people_person", "id_number")]
