"""The trail, and the trigger by which the database refuses to change it."""

import django.core.serializers.json
import django.utils.timezone
from django.db import migrations, models

REFUSE = """
CREATE FUNCTION trail_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE insufficient_privilege USING MESSAGE = 'the trail is append-only: ' || TG_OP || ' is refused';
END $$;
CREATE TRIGGER trail_append_only BEFORE UPDATE OR DELETE ON trail_entry
  FOR EACH ROW EXECUTE FUNCTION trail_refuse();
CREATE TRIGGER trail_never_emptied BEFORE TRUNCATE ON trail_entry
  FOR EACH STATEMENT EXECUTE FUNCTION trail_refuse();
"""
ALLOW = """
DROP TRIGGER trail_append_only ON trail_entry;
DROP TRIGGER trail_never_emptied ON trail_entry;
DROP FUNCTION trail_refuse();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
                ("actor_id", models.BigIntegerField(null=True, verbose_name="操作人编号")),
                ("actor_name", models.TextField(verbose_name="操作人")),
                ("appointment_id", models.BigIntegerField(null=True, verbose_name="所用任职编号")),
                ("appointment_name", models.TextField(default="", verbose_name="所用任职")),
                ("address", models.GenericIPAddressField(null=True, verbose_name="来源地址")),
                ("action", models.TextField(verbose_name="操作")),
                ("record_type", models.TextField(verbose_name="记录类型")),
                ("record_id", models.TextField(verbose_name="记录编号")),
                ("record_name", models.TextField(default="", verbose_name="记录")),
                (
                    "before",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        null=True,
                        verbose_name="变更前",
                    ),
                ),
                (
                    "after",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        null=True,
                        verbose_name="变更后",
                    ),
                ),
            ],
            options={
                "verbose_name": "留痕",
                "verbose_name_plural": "操作留痕",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["record_type", "record_id", "id"], name="trail_by_record"),
                    models.Index(fields=["actor_id", "id"], name="trail_by_actor"),
                    models.Index(fields=["at"], name="trail_by_time"),
                ],
            },
        ),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
