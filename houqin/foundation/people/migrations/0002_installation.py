from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="Installation",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("demo", models.BooleanField(default=False, verbose_name="演示环境")),
                ("demo_today", models.DateField(null=True, verbose_name="演示日期")),
                ("seed", models.IntegerField(null=True, verbose_name="演示数据种子")),
            ],
            options={
                "verbose_name": "安装",
                "verbose_name_plural": "安装",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="installation_only_one")
                ],
            },
        ),
    ]
