from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Counter",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "key", "window", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.TextField(verbose_name="对象")),
                ("window", models.DateTimeField(verbose_name="时间窗")),
                ("ends_at", models.DateTimeField(db_index=True, verbose_name="截止")),
                ("count", models.PositiveIntegerField(default=0, verbose_name="次数")),
            ],
            options={
                "verbose_name": "频次",
                "verbose_name_plural": "频次",
            },
        ),
    ]
