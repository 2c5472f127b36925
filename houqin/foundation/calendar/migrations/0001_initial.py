from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Day",
            fields=[
                ("on", models.DateField(primary_key=True, serialize=False, verbose_name="日期")),
                (
                    "kind",
                    models.TextField(
                        choices=[("holiday", "放假"), ("workday", "调休上班")], verbose_name="类别"
                    ),
                ),
                ("name", models.TextField(blank=True, verbose_name="名称")),
            ],
            options={
                "verbose_name": "节假日与调休",
                "verbose_name_plural": "节假日与调休",
                "ordering": ["on"],
            },
        ),
        migrations.CreateModel(
            name="Year",
            fields=[
                (
                    "year",
                    models.PositiveSmallIntegerField(primary_key=True, serialize=False, verbose_name="年份"),
                ),
                (
                    "notice_number",
                    models.TextField(
                        blank=True,
                        help_text="如 国办发明电〔2025〕7号；未发布时留空",
                        verbose_name="通知文号",
                    ),
                ),
            ],
            options={
                "verbose_name": "年度",
                "verbose_name_plural": "年度日历",
                "ordering": ["-year"],
            },
        ),
        migrations.CreateModel(
            name="WorkingHours",
            fields=[
                ("from_on", models.DateField(primary_key=True, serialize=False, verbose_name="起用日期")),
                ("morning_from", models.TimeField(verbose_name="上午上班")),
                ("morning_to", models.TimeField(verbose_name="上午下班")),
                ("afternoon_from", models.TimeField(verbose_name="下午上班")),
                ("afternoon_to", models.TimeField(verbose_name="下午下班")),
            ],
            options={
                "verbose_name": "作息时间",
                "verbose_name_plural": "作息时间",
                "ordering": ["-from_on"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("morning_from__lt", models.F("morning_to")),
                            ("morning_to__lte", models.F("afternoon_from")),
                            ("afternoon_from__lt", models.F("afternoon_to")),
                        ),
                        name="working_hours_in_order",
                    )
                ],
            },
        ),
    ]
