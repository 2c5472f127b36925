from django.db import migrations

from houqin.foundation.personal.migrating import encrypt


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("affairs", "0004_personal_numbers")]

    operations = [
        migrations.RunPython(
            encrypt(
                "affairs_case",
                "applicant_phone",
                "applicant_phone_sealed",
                context="affairs.case.applicant_phone",
                kind="phone",
            ),
        ),
        migrations.RunPython(
            encrypt(
                "affairs_follower", "phone", "phone_sealed", context="affairs.follower.phone", kind="phone"
            ),
        ),
    ]
