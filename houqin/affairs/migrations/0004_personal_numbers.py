from django.db import migrations

import houqin.foundation.personal.fields


class Migration(migrations.Migration):
    dependencies = [("affairs", "0003_promises")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="applicant_phone_sealed",
            field=houqin.foundation.personal.fields.PersonalField(
                blank=True, kind="phone", verbose_name="联系电话"
            ),
        ),
        migrations.AddField(
            model_name="follower",
            name="phone_sealed",
            field=houqin.foundation.personal.fields.PersonalField(
                blank=True, kind="phone", verbose_name="电话"
            ),
        ),
    ]
