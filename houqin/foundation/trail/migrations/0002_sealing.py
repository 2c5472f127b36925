"""Hashes, signed checkpoints and the horizon of sealing. What is sealed is refused any change, as the trail itself."""

import django.utils.timezone
from django.db import migrations, models

PROTECTED = ("trail_sealed", "trail_node", "trail_checkpoint")
REFUSE = "".join(
    f"""
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION trail_refuse();
CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION trail_refuse();
"""
    for table in PROTECTED
)
ALLOW = "".join(
    f"DROP TRIGGER {table}_append_only ON {table}; DROP TRIGGER {table}_never_emptied ON {table};"
    for table in PROTECTED
)


class Migration(migrations.Migration):
    dependencies = [
        ("trail", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Check",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
                ("entries", models.BigIntegerField(verbose_name="条数")),
                ("seconds", models.FloatField(verbose_name="用时（秒）")),
                ("faults", models.JSONField(default=list, verbose_name="问题")),
            ],
            options={
                "verbose_name": "核验",
                "verbose_name_plural": "核验",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="条数")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
                ("note", models.TextField(verbose_name="检查点")),
            ],
            options={
                "verbose_name": "检查点",
                "verbose_name_plural": "检查点",
                "ordering": ["-size"],
            },
        ),
        migrations.CreateModel(
            name="Horizon",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("below", models.BigIntegerField(default=0)),
                ("seen", models.BigIntegerField(default=0)),
                ("writers", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="Node",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "level", "index", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("level", models.SmallIntegerField()),
                ("index", models.BigIntegerField()),
                ("hash", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Sealed",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="序号")),
                ("entry_id", models.BigIntegerField(unique=True, verbose_name="留痕编号")),
                ("leaf", models.BinaryField(verbose_name="摘要")),
            ],
            options={
                "verbose_name": "封存",
                "verbose_name_plural": "封存",
            },
        ),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
