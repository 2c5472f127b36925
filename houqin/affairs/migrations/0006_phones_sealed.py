from django.db import migrations, models

import houqin.foundation.personal.fields


class Migration(migrations.Migration):
    dependencies = [("affairs", "0005_encrypt_phones")]

    operations = [
        migrations.RemoveIndex(model_name="case", name="case_by_phone"),
        migrations.RemoveField(model_name="case", name="applicant_phone"),
        migrations.RenameField(
            model_name="case", old_name="applicant_phone_sealed", new_name="applicant_phone"
        ),
        migrations.RemoveField(model_name="follower", name="phone"),
        migrations.RenameField(model_name="follower", old_name="phone_sealed", new_name="phone"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                houqin.foundation.personal.fields.WholeKey("applicant_phone"),
                models.F("id").desc(),
                name="case_by_phone",
                condition=models.Q(applicant_phone__isnull=False),
            ),
        ),
    ]
