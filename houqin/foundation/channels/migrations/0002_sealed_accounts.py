from django.db import migrations

import houqin.foundation.personal.fields


class Migration(migrations.Migration):
    """Accounts of channels are encrypted. Those noted in clear before any version was published are noted anew."""

    dependencies = [
        ("channels", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL("DELETE FROM channels_address", migrations.RunSQL.noop),
        migrations.RemoveField(model_name="address", name="value"),
        migrations.AddField(
            model_name="address",
            name="value",
            field=houqin.foundation.personal.fields.PersonalField(kind="account", verbose_name="账号"),
        ),
    ]
