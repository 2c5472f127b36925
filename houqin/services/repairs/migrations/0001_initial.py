"""Tables of repairs, and the trigger by which the database refuses to change a stock move."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import houqin.foundation.places.models

REFUSE = """
CREATE FUNCTION repairs_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE insufficient_privilege USING MESSAGE = 'stock moves are append-only: ' || TG_OP || ' is refused';
END $$;
CREATE TRIGGER stock_move_append_only BEFORE UPDATE OR DELETE ON repairs_stockmove
  FOR EACH ROW EXECUTE FUNCTION repairs_refuse();
"""
ALLOW = """
DROP TRIGGER stock_move_append_only ON repairs_stockmove;
DROP FUNCTION repairs_refuse();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("affairs", "0002_whole_cases"),
        ("people", "0001_initial"),
        ("places", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Device",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.TextField(unique=True, verbose_name="设备编号")),
                (
                    "qr",
                    models.TextField(
                        default=houqin.foundation.places.models.new_qr,
                        editable=False,
                        unique=True,
                        verbose_name="二维码编号",
                    ),
                ),
                ("name", models.TextField(verbose_name="名称")),
                (
                    "group",
                    models.TextField(
                        choices=[
                            ("water", "水暖"),
                            ("power", "电气"),
                            ("air", "空调"),
                            ("doors", "门窗"),
                            ("lifts", "电梯"),
                            ("network", "弱电网络"),
                            ("furniture", "家具"),
                            ("cleaning", "保洁"),
                            ("other", "其他"),
                        ],
                        verbose_name="工种",
                    ),
                ),
                ("model_name", models.TextField(blank=True, default="", verbose_name="型号")),
                ("supplier", models.TextField(blank=True, default="", verbose_name="维保单位")),
                ("supplier_phone", models.TextField(blank=True, default="", verbose_name="维保电话")),
                ("installed_on", models.DateField(blank=True, null=True, verbose_name="启用日期")),
                (
                    "warranty_until",
                    models.DateField(blank=True, help_text="含当日", null=True, verbose_name="质保至"),
                ),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="停用日期")),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.place",
                        verbose_name="所在地点",
                    ),
                ),
            ],
            options={
                "verbose_name": "设备",
                "verbose_name_plural": "设备",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="FaultKind",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.TextField(unique=True, verbose_name="编码")),
                (
                    "group",
                    models.TextField(
                        choices=[
                            ("water", "水暖"),
                            ("power", "电气"),
                            ("air", "空调"),
                            ("doors", "门窗"),
                            ("lifts", "电梯"),
                            ("network", "弱电网络"),
                            ("furniture", "家具"),
                            ("cleaning", "保洁"),
                            ("other", "其他"),
                        ],
                        verbose_name="工种",
                    ),
                ),
                ("name", models.TextField(verbose_name="故障")),
                ("pinyin", models.TextField(default="", editable=False, verbose_name="拼音")),
                ("initials", models.TextField(default="", editable=False, verbose_name="首字母")),
                (
                    "keywords",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="检索用，空格分隔，如：漏水 跑水",
                        verbose_name="别名",
                    ),
                ),
                ("position", models.IntegerField(default=0, verbose_name="排序")),
                ("active", models.BooleanField(default=True, verbose_name="启用")),
                ("usual_minutes", models.PositiveIntegerField(default=30, verbose_name="通常用时（分钟）")),
                ("hour_fen", models.PositiveIntegerField(default=6000, verbose_name="工时单价（分/小时）")),
                (
                    "joins",
                    models.BooleanField(
                        default=True,
                        help_text="同一地点一天内再次报修时，并入正在办理的工单",
                        verbose_name="同处并单",
                    ),
                ),
                ("says_enough", models.BooleanField(default=True, verbose_name="无需描述")),
            ],
            options={
                "verbose_name": "故障类别",
                "verbose_name_plural": "故障字典",
                "ordering": ["position", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "group__in",
                                [
                                    "water",
                                    "power",
                                    "air",
                                    "doors",
                                    "lifts",
                                    "network",
                                    "furniture",
                                    "cleaning",
                                    "other",
                                ],
                            )
                        ),
                        name="fault_group_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="fault_has_name"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "group",
                    models.TextField(
                        choices=[
                            ("water", "水暖"),
                            ("power", "电气"),
                            ("air", "空调"),
                            ("doors", "门窗"),
                            ("lifts", "电梯"),
                            ("network", "弱电网络"),
                            ("furniture", "家具"),
                            ("cleaning", "保洁"),
                            ("other", "其他"),
                        ],
                        verbose_name="工种",
                    ),
                ),
                ("title", models.TextField(verbose_name="事件")),
                ("until", models.DateTimeField(verbose_name="预计恢复")),
                (
                    "opened_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="发布时间"),
                ),
                (
                    "overdue_told_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="到时提醒"),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="解除时间")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="affairs.case",
                        verbose_name="办件",
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="解除人",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发布人",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.place",
                        verbose_name="影响范围",
                    ),
                ),
            ],
            options={
                "verbose_name": "区域事件",
                "verbose_name_plural": "区域事件",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=["group"],
                        name="incident_open",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("opened_at"))),
                        name="incident_until_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_at__isnull", True),
                            ("closed_at__gte", models.F("opened_at")),
                            _connector="OR",
                        ),
                        name="incident_closed_after_start",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=("case",),
                        name="incident_open_once_a_case",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RepairOrder",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="repair",
                        serialize=False,
                        to="affairs.case",
                        verbose_name="办件",
                    ),
                ),
                ("description", models.TextField(blank=True, default="", verbose_name="描述")),
                ("planned", models.BooleanField(default=False, verbose_name="计划维护")),
                (
                    "reported_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="报修时间"),
                ),
                ("accepted_at", models.DateTimeField(blank=True, null=True, verbose_name="接单时间")),
                ("arrived_at", models.DateTimeField(blank=True, null=True, verbose_name="到场时间")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="修复时间")),
                ("labour_minutes", models.PositiveIntegerField(default=0, verbose_name="工时（分钟）")),
                ("labour_fen", models.PositiveBigIntegerField(default=0, verbose_name="人工费（分）")),
                ("material_fen", models.PositiveBigIntegerField(default=0, verbose_name="材料费（分）")),
                ("under_warranty", models.BooleanField(default=False, verbose_name="质保期内")),
                ("joinable", models.BooleanField(default=False, verbose_name="可并单")),
                (
                    "device",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="repairs.device",
                        verbose_name="设备",
                    ),
                ),
                (
                    "fault",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="repairs.faultkind",
                        verbose_name="故障",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="repairs.incident",
                        verbose_name="区域事件",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.place",
                        verbose_name="地点",
                    ),
                ),
                (
                    "repeat_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="repeats",
                        to="repairs.repairorder",
                        verbose_name="重复故障",
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="维修人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "维修工单",
                "verbose_name_plural": "维修工单",
                "ordering": ["-case_id"],
                "indexes": [
                    models.Index(fields=["reported_at"], name="repair_by_report"),
                    models.Index(fields=["place", "fault", "-finished_at"], name="repair_by_place_fault"),
                    models.Index(
                        condition=models.Q(("device__isnull", False)),
                        fields=["device", "-finished_at"],
                        name="repair_by_device",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("joinable", True)),
                        fields=("place", "fault", "device"),
                        name="repair_one_joinable",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("joinable", False), ("finished_at__isnull", True), _connector="OR"
                        ),
                        name="repair_finished_not_joinable",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("finished_at__isnull", True),
                            ("finished_at__gte", models.F("reported_at")),
                            _connector="OR",
                        ),
                        name="repair_finished_after_report",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StockItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.TextField(unique=True, verbose_name="物料编码")),
                ("name", models.TextField(verbose_name="名称规格")),
                ("pinyin", models.TextField(default="", editable=False, verbose_name="拼音")),
                ("initials", models.TextField(default="", editable=False, verbose_name="首字母")),
                ("unit", models.TextField(verbose_name="单位")),
                (
                    "quantity",
                    models.DecimalField(
                        decimal_places=2, default=0, editable=False, max_digits=12, verbose_name="库存"
                    ),
                ),
                (
                    "minimum",
                    models.DecimalField(decimal_places=2, default=0, max_digits=12, verbose_name="最低库存"),
                ),
                ("price_fen", models.PositiveIntegerField(default=0, verbose_name="单价（分）")),
                ("active", models.BooleanField(default=True, verbose_name="启用")),
                (
                    "keeper",
                    models.ForeignKey(
                        help_text="该科室及其下级的工单可以领用",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.organisation",
                        verbose_name="保管科室",
                    ),
                ),
            ],
            options={
                "verbose_name": "库存物料",
                "verbose_name_plural": "库存物料",
                "ordering": ["pinyin", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gte", 0)), name="stock_never_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minimum__gte", 0)), name="stock_minimum_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MaterialUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="数量")),
                ("price_fen", models.PositiveIntegerField(verbose_name="单价（分）")),
                ("cost_fen", models.PositiveBigIntegerField(verbose_name="金额（分）")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="materials",
                        to="repairs.repairorder",
                        verbose_name="工单",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="repairs.stockitem",
                        verbose_name="物料",
                    ),
                ),
            ],
            options={
                "verbose_name": "用料",
                "verbose_name_plural": "用料",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="material_positive")
                ],
            },
        ),
        migrations.CreateModel(
            name="StockMove",
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
                        choices=[("in", "入库"), ("used", "领用"), ("corrected", "盘点调整")],
                        verbose_name="类别",
                    ),
                ),
                (
                    "quantity",
                    models.DecimalField(
                        decimal_places=2, help_text="领用为负", max_digits=12, verbose_name="数量"
                    ),
                ),
                ("left", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="结存")),
                ("price_fen", models.PositiveIntegerField(default=0, verbose_name="单价（分）")),
                ("actor_name", models.TextField(verbose_name="经办人姓名")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
                ("note", models.TextField(blank=True, default="", verbose_name="备注")),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="repairs.stockitem",
                        verbose_name="物料",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stock_moves",
                        to="repairs.repairorder",
                        verbose_name="工单",
                    ),
                ),
            ],
            options={
                "verbose_name": "出入库",
                "verbose_name_plural": "出入库",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["item", "-id"], name="stock_move_by_item")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "in"), ("quantity__gt", 0)),
                            models.Q(("kind", "used"), ("quantity__lt", 0)),
                            models.Q(("kind", "corrected"), models.Q(("quantity", 0), _negated=True)),
                            _connector="OR",
                        ),
                        name="stock_move_sign",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("left__gte", 0)), name="stock_move_left_not_negative"
                    ),
                ],
            },
        ),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
