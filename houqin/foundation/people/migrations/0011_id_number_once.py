"""One ID number once, also while lookup keys are changed."""

from django.db import migrations

from houqin.foundation.personal.once import keep


class Migration(migrations.Migration):
    dependencies = [("people", "0010_integrity"), ("personal", "0002_once")]

    operations = [keep("people_person", "id_number")]
