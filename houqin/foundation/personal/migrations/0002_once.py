"""Values that may be in a column once, by their keyed hashes."""

from django.db import migrations, models

from houqin.foundation.personal.once import BACK, FUNCTIONS


class Migration(migrations.Migration):
    dependencies = [("personal", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Once",
            fields=[("hash", models.BinaryField(primary_key=True, serialize=False, verbose_name="检索值"))],
            options={"verbose_name": "唯一号码", "verbose_name_plural": "唯一号码"},
        ),
        migrations.RunSQL(FUNCTIONS, BACK),
    ]
