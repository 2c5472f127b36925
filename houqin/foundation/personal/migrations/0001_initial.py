import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="KnownKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "use",
                    models.TextField(choices=[("data", "加密"), ("lookup", "检索")], verbose_name="用途"),
                ),
                ("key", models.TextField(verbose_name="密钥编号")),
                ("check_value", models.TextField(verbose_name="校验值")),
                (
                    "first_used_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="启用时间"),
                ),
            ],
            options={
                "verbose_name": "密钥",
                "verbose_name_plural": "密钥",
                "ordering": ["use", "first_used_at"],
                "constraints": [models.UniqueConstraint(fields=("use", "key"), name="known_key_once")],
            },
        ),
    ]
