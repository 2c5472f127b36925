from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="token",
            name="proved",
            field=models.BooleanField(default=False, editable=False, verbose_name="凭动态口令签发"),
        ),
    ]
