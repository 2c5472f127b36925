from django.db import migrations

from houqin.foundation.personal.migrating import encrypt


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("people", "0005_personal_numbers")]

    operations = [
        migrations.RunPython(
            encrypt("people_person", "phone", "phone_sealed", context="people.person.phone", kind="phone"),
        )
    ]
