from django.db import migrations

import houqin.foundation.personal.fields


class Migration(migrations.Migration):
    dependencies = [("people", "0004_three_administrators")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="phone_sealed",
            field=houqin.foundation.personal.fields.PersonalField(
                blank=True, kind="phone", verbose_name="手机"
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="id_number",
            field=houqin.foundation.personal.fields.PersonalField(
                blank=True, kind="id_number", verbose_name="身份证号"
            ),
        ),
    ]
