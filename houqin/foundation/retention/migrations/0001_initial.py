import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.TextField(verbose_name="类别")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
                ("days", models.PositiveIntegerField(verbose_name="保存天数")),
                ("count", models.PositiveIntegerField(verbose_name="条数")),
            ],
            options={
                "verbose_name": "到期清除",
                "verbose_name_plural": "到期清除",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["kind", "-id"], name="erasure_by_kind")],
            },
        ),
        migrations.CreateModel(
            name="Period",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.TextField(unique=True, verbose_name="类别")),
                ("days", models.PositiveIntegerField(verbose_name="保存天数")),
            ],
            options={
                "verbose_name": "保存期限",
                "verbose_name_plural": "保存期限",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("days__gte", 1)), name="period_at_least_a_day")
                ],
            },
        ),
    ]
