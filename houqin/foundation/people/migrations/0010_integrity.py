"""Integrity files of posts of integrity risk: entries are added alone."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

KEEP = """
CREATE FUNCTION people_integrity_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE check_violation USING CONSTRAINT = 'integrity_file_kept', MESSAGE = 'an integrity file is added to, never changed';
END $$;
CREATE TRIGGER people_integrity_kept BEFORE UPDATE OR DELETE ON people_integrityrecord
  FOR EACH ROW EXECUTE FUNCTION people_integrity_kept();
CREATE TRIGGER people_integrity_kept_whole BEFORE TRUNCATE ON people_integrityrecord
  FOR EACH STATEMENT EXECUTE FUNCTION people_integrity_kept();
"""

BACK = """
DROP TRIGGER people_integrity_kept ON people_integrityrecord;
DROP TRIGGER people_integrity_kept_whole ON people_integrityrecord;
DROP FUNCTION people_integrity_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0009_the_door")]

    operations = [
        migrations.CreateModel(
            name="IntegrityRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("declaration", "廉政承诺"),
                            ("report", "报告事项"),
                            ("talk", "谈话提醒"),
                            ("review", "定期审查"),
                        ],
                        verbose_name="类别",
                    ),
                ),
                ("on", models.DateField(default=django.utils.timezone.localdate, verbose_name="日期")),
                ("note", models.TextField(blank=True, verbose_name="说明")),
                ("review_on", models.DateField(blank=True, null=True, verbose_name="下次审查")),
                (
                    "at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="登记时间"
                    ),
                ),
                (
                    "appointment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="integrity_records",
                        to="people.appointment",
                        verbose_name="任职",
                        db_index=False,
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                        verbose_name="登记人",
                    ),
                ),
            ],
            options={
                "verbose_name": "廉政档案",
                "verbose_name_plural": "廉政档案",
                "ordering": ["-on", "-id"],
                "indexes": [
                    models.Index(fields=["appointment", "-on", "-id"], name="integrity_by_appointment")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("review_on__isnull", True),
                            ("review_on__gt", models.F("on")),
                            _connector="OR",
                        ),
                        name="integrity_review_later",
                    )
                ],
            },
        ),
        migrations.RunSQL(KEEP, BACK),
    ]
