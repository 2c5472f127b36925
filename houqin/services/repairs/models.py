"""Repairs: what can be broken, the order that mends it, the parts it takes, and outages of a whole area."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from houqin.affairs.models import Case
from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.places.models import Place, new_qr


def plain(quantity: Decimal) -> str:
    """A quantity without noughts that say nothing: 3, 2.5."""
    text = f"{quantity:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def yuan(fen: int | Decimal) -> str:
    """An amount of fen as people write it: ¥1,280.00."""
    return f"¥{Decimal(fen) / 100:,.2f}"


class FaultGroup(models.TextChoices):
    """The trades. The group is the category by which the case is routed to a section."""

    WATER = "water", _("水暖")
    POWER = "power", _("电气")
    AIR = "air", _("空调")
    DOORS = "doors", _("门窗")
    LIFTS = "lifts", _("电梯")
    NETWORK = "network", _("弱电网络")
    FURNITURE = "furniture", _("家具")
    CLEANING = "cleaning", _("保洁")
    OTHER = "other", _("其他")


class FaultKind(models.Model):
    """One line of the dictionary of faults, kept in the back office. Kinds are switched off, not deleted.

    ``joins`` says whether two reports of it at one place are surely the same fault; ``says_enough`` that nobody need
    describe it further. ``hour_fen`` prices an hour of work on it.
    """

    code = models.TextField(_("编码"), unique=True)
    group = models.TextField(_("工种"), choices=FaultGroup)
    name = models.TextField(_("故障"))
    pinyin = models.TextField(_("拼音"), editable=False, default="")
    initials = models.TextField(_("首字母"), editable=False, default="")
    keywords = models.TextField(
        _("别名"), blank=True, default="", help_text=_("检索用，空格分隔，如：漏水 跑水")
    )
    position = models.IntegerField(_("排序"), default=0)
    active = models.BooleanField(_("启用"), default=True)
    usual_minutes = models.PositiveIntegerField(_("通常用时（分钟）"), default=30)
    hour_fen = models.PositiveIntegerField(_("工时单价（分/小时）"), default=6000)
    joins = models.BooleanField(
        _("同处并单"), default=True, help_text=_("同一地点一天内再次报修时，并入正在办理的工单")
    )
    says_enough = models.BooleanField(_("无需描述"), default=True)

    class Meta:
        verbose_name = _("故障类别")
        verbose_name_plural = pgettext_lazy("plural", "故障字典")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(group__in=FaultGroup.values), name="fault_group_known"),
            models.CheckConstraint(condition=~Q(name=""), name="fault_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Device(models.Model):
    """A thing that breaks and is known by itself (设备): it has a code to scan and perhaps a warranty."""

    code = models.TextField(_("设备编号"), unique=True)
    qr = models.TextField(_("二维码编号"), unique=True, default=new_qr, editable=False)
    name = models.TextField(_("名称"))
    group = models.TextField(_("工种"), choices=FaultGroup)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("所在地点"))
    model_name = models.TextField(_("型号"), blank=True, default="")
    supplier = models.TextField(_("维保单位"), blank=True, default="")
    supplier_phone = models.TextField(_("维保电话"), blank=True, default="")
    installed_on = models.DateField(_("启用日期"), null=True, blank=True)
    warranty_until = models.DateField(_("质保至"), null=True, blank=True, help_text=_("含当日"))
    ended_on = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("设备")
        verbose_name_plural = pgettext_lazy("plural", "设备")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Incident(models.Model):
    """An outage of an area: "C座 15:00 前停水". Reports of its trade within its places join its case."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("影响范围"))
    group = models.TextField(_("工种"), choices=FaultGroup)
    title = models.TextField(_("事件"))
    until = models.DateTimeField(_("预计恢复"))
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", verbose_name=_("办件"))
    opened_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("发布人"))
    opened_at = models.DateTimeField(_("发布时间"), default=timezone.now)
    overdue_told_at = models.DateTimeField(_("到时提醒"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("解除时间"), null=True, blank=True)
    closed_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("解除人")
    )

    class Meta:
        verbose_name = _("区域事件")
        verbose_name_plural = pgettext_lazy("plural", "区域事件")
        ordering = ["-id"]
        indexes = [models.Index(fields=["group"], name="incident_open", condition=Q(closed_at__isnull=True))]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("opened_at")), name="incident_until_after_start"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
                name="incident_closed_after_start",
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(closed_at__isnull=True), name="incident_open_once_a_case"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class RepairOrder(models.Model):
    """What a repair case is about, beside the case itself: fault, place, device, stamps and costs.

    ``reported_at`` repeats the case's moment of submission, so that a period is one range of an index. While it is
    ``joinable`` another report of the same fault joins it; the database holds that there is one such order.
    """

    case = models.OneToOneField(
        Case, models.PROTECT, primary_key=True, related_name="repair", verbose_name=_("办件")
    )
    fault = models.ForeignKey(FaultKind, models.PROTECT, related_name="orders", verbose_name=_("故障"))
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False, verbose_name=_("地点"))
    device = models.ForeignKey(
        Device, models.PROTECT, null=True, blank=True, related_name="orders", db_index=False,
        verbose_name=_("设备"),
    )  # fmt: skip
    description = models.TextField(_("描述"), blank=True, default="")
    planned = models.BooleanField(_("计划维护"), default=False)
    worker = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("维修人员")
    )
    reported_at = models.DateTimeField(_("报修时间"), default=timezone.now)
    accepted_at = models.DateTimeField(_("接单时间"), null=True, blank=True)
    arrived_at = models.DateTimeField(_("到场时间"), null=True, blank=True)
    finished_at = models.DateTimeField(_("修复时间"), null=True, blank=True)
    labour_minutes = models.PositiveIntegerField(_("工时（分钟）"), default=0)
    labour_fen = models.PositiveBigIntegerField(_("人工费（分）"), default=0)
    material_fen = models.PositiveBigIntegerField(_("材料费（分）"), default=0)
    under_warranty = models.BooleanField(_("质保期内"), default=False)
    repeat_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="repeats", verbose_name=_("重复故障")
    )
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, blank=True, related_name="orders", verbose_name=_("区域事件")
    )
    joinable = models.BooleanField(_("可并单"), default=False)

    class Meta:
        verbose_name = _("维修工单")
        verbose_name_plural = pgettext_lazy("plural", "维修工单")
        ordering = ["-case_id"]
        indexes = [
            models.Index(fields=["reported_at"], name="repair_by_report"),
            models.Index(fields=["place", "fault", "-finished_at"], name="repair_by_place_fault"),
            models.Index(
                fields=["device", "-finished_at"], name="repair_by_device", condition=Q(device__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "fault", "device"],
                condition=Q(joinable=True),
                nulls_distinct=False,
                name="repair_one_joinable",
            ),
            models.CheckConstraint(
                condition=Q(joinable=False) | Q(finished_at__isnull=True), name="repair_finished_not_joinable"
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("reported_at")),
                name="repair_finished_after_report",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.fault}"

    @property
    def cost_fen(self) -> int:
        """Labour and material together, in fen."""
        return self.labour_fen + self.material_fen


class StockItem(models.Model):
    """Spare parts of one kind (库存物料) on one keeper's shelf. ``quantity`` is what its moves add up to."""

    keeper = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("保管科室"),
        help_text=_("该科室及其下级的工单可以领用"),
    )  # fmt: skip
    code = models.TextField(_("物料编码"), unique=True)
    name = models.TextField(_("名称规格"))
    pinyin = models.TextField(_("拼音"), editable=False, default="")
    initials = models.TextField(_("首字母"), editable=False, default="")
    unit = models.TextField(_("单位"))
    quantity = models.DecimalField(_("库存"), max_digits=12, decimal_places=2, default=0, editable=False)
    minimum = models.DecimalField(_("最低库存"), max_digits=12, decimal_places=2, default=0)
    price_fen = models.PositiveIntegerField(_("单价（分）"), default=0)
    active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("库存物料")
        verbose_name_plural = pgettext_lazy("plural", "库存物料")
        ordering = ["pinyin", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=0), name="stock_never_negative"),
            models.CheckConstraint(condition=Q(minimum__gte=0), name="stock_minimum_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def shown(self) -> str:
        """What there is, as people write it."""
        return plain(self.quantity)

    @property
    def low(self) -> bool:
        """Whether the shelf is down to its minimum."""
        return self.quantity <= self.minimum


class StockMoveKind(models.TextChoices):
    IN = "in", _("入库")
    USED = "used", _("领用")
    CORRECTED = "corrected", _("盘点调整")


class StockMove(models.Model):
    """Something put on a shelf or taken from it. Written once: the database refuses to change or remove one."""

    item = models.ForeignKey(
        StockItem, models.PROTECT, related_name="moves", db_index=False, verbose_name=_("物料")
    )
    kind = models.TextField(_("类别"), choices=StockMoveKind)
    quantity = models.DecimalField(_("数量"), max_digits=12, decimal_places=2, help_text=_("领用为负"))
    left = models.DecimalField(_("结存"), max_digits=12, decimal_places=2)
    price_fen = models.PositiveIntegerField(_("单价（分）"), default=0)
    order = models.ForeignKey(
        RepairOrder, models.PROTECT, null=True, blank=True, related_name="stock_moves", verbose_name=_("工单")
    )
    actor = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("经办人"))
    actor_name = models.TextField(_("经办人姓名"))
    at = models.DateTimeField(_("时间"), default=timezone.now)
    note = models.TextField(_("备注"), blank=True, default="")

    class Meta:
        verbose_name = _("出入库")
        verbose_name_plural = pgettext_lazy("plural", "出入库")
        ordering = ["-id"]
        indexes = [models.Index(fields=["item", "-id"], name="stock_move_by_item")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="in", quantity__gt=0)
                | Q(kind="used", quantity__lt=0)
                | (Q(kind="corrected") & ~Q(quantity=0)),
                name="stock_move_sign",
            ),
            models.CheckConstraint(condition=Q(left__gte=0), name="stock_move_left_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.quantity}"


class MaterialUse(models.Model):
    """What an order took of a stock item, at the price of that day."""

    order = models.ForeignKey(RepairOrder, models.PROTECT, related_name="materials", verbose_name=_("工单"))
    item = models.ForeignKey(StockItem, models.PROTECT, related_name="+", verbose_name=_("物料"))
    quantity = models.DecimalField(_("数量"), max_digits=12, decimal_places=2)
    price_fen = models.PositiveIntegerField(_("单价（分）"))
    cost_fen = models.PositiveBigIntegerField(_("金额（分）"))
    at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = _("用料")
        verbose_name_plural = pgettext_lazy("plural", "用料")
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="material_positive")]

    def __str__(self) -> str:
        return f"{self.item} × {self.quantity}"
