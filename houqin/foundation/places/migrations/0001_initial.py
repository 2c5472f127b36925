import django.db.models.deletion
from django.db import migrations, models

import houqin.foundation.places.models
import houqin.foundation.tree
from houqin.foundation.tree import path_triggers


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Place",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "path",
                    houqin.foundation.tree.PathField(
                        db_collation="C", db_index=True, default="", editable=False
                    ),
                ),
                (
                    "kind",
                    models.TextField(
                        choices=[("site", "院区"), ("building", "楼"), ("floor", "层"), ("space", "房间")],
                        verbose_name="类别",
                    ),
                ),
                ("code", models.TextField(unique=True, verbose_name="编码")),
                ("name", models.TextField(verbose_name="名称")),
                ("full_name", models.TextField(default="", editable=False, verbose_name="全称")),
                ("pinyin", models.TextField(default="", editable=False, verbose_name="拼音")),
                ("initials", models.TextField(default="", editable=False, verbose_name="首字母")),
                (
                    "space_kind",
                    models.TextField(
                        blank=True,
                        choices=[
                            ("office", "办公室"),
                            ("meeting", "会议室"),
                            ("corridor", "走廊"),
                            ("toilet", "卫生间"),
                            ("tea", "开水间"),
                            ("lift", "电梯厅"),
                            ("canteen", "食堂"),
                            ("kitchen", "厨房"),
                            ("plant", "设备机房"),
                            ("store", "库房"),
                            ("duty", "值班室"),
                            ("lobby", "大厅"),
                            ("parking", "停车场"),
                            ("outdoor", "室外"),
                            ("other", "其他"),
                        ],
                        verbose_name="用途",
                    ),
                ),
                (
                    "area_m2",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=9, null=True, verbose_name="面积（平方米）"
                    ),
                ),
                ("capacity", models.PositiveIntegerField(blank=True, null=True, verbose_name="容纳人数")),
                ("position", models.IntegerField(default=0, verbose_name="排序")),
                (
                    "qr",
                    models.TextField(
                        default=houqin.foundation.places.models.new_qr,
                        editable=False,
                        unique=True,
                        verbose_name="二维码编号",
                    ),
                ),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="停用日期")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="places.place",
                        verbose_name="上级",
                    ),
                ),
            ],
            options={
                "verbose_name": "场所",
                "verbose_name_plural": "场所",
                "ordering": ["position", "pinyin", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="place_has_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "site"), ("parent__isnull", True)),
                            models.Q(models.Q(("kind", "site"), _negated=True), ("parent__isnull", False)),
                            _connector="OR",
                        ),
                        name="place_only_sites_are_roots",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "space"), ("space_kind", ""), _connector="OR"),
                        name="place_only_spaces_have_a_use",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("area_m2__isnull", True), ("area_m2__gt", 0), _connector="OR"),
                        name="place_area_positive",
                    ),
                ],
            },
        ),
        migrations.RunSQL(*path_triggers("places_place")),
    ]
