from django.db import migrations, models

import houqin.foundation.personal.fields


class Migration(migrations.Migration):
    dependencies = [("people", "0006_encrypt_phones")]

    operations = [
        migrations.RemoveField(model_name="person", name="phone"),
        migrations.RenameField(model_name="person", old_name="phone_sealed", new_name="phone"),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(houqin.foundation.personal.fields.WholeKey("phone"), name="person_by_phone"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                houqin.foundation.personal.fields.TailKey("phone"), name="person_by_phone_tail"
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                houqin.foundation.personal.fields.WholeKey("id_number"),
                name="person_id_number_once",
                violation_error_code="duplicate_id",
                violation_error_message="这个身份证号已登记在另一位人员名下，请先核对。",
            ),
        ),
    ]
