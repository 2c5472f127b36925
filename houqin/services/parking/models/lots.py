"""Lots, their numbered spaces, the cameras at their gates, counts made by people."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.places.models import Place


class Lot(models.Model):
    """A car park: one a place.

    ``inside`` is what drove in less what drove out, with the corrections of counts; triggers keep it, and nothing else may.
    It falls below zero when a camera missed vehicles. ``reservable`` spaces at most are promised for any moment.
    """

    place = models.OneToOneField(
        Place, models.PROTECT, primary_key=True, related_name="parking_lot", verbose_name=_("场所")
    )
    keeper = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("管理科室"))
    capacity = models.PositiveIntegerField(_("车位数"))
    reservable = models.PositiveIntegerField(_("可预留车位数"), default=0)
    position = models.IntegerField(_("引导顺序"), default=0)
    visitors = models.BooleanField(_("引导访客车辆"), default=True)
    open = models.BooleanField(_("开放"), default=True)
    longest_hours = models.PositiveIntegerField(
        _("停放超过多少小时算超时"), default=24, validators=[MinValueValidator(1)]
    )
    note = models.TextField(_("入口提示"), blank=True)
    inside = models.IntegerField(_("场内车辆"), default=0, editable=False)

    class Meta:
        verbose_name = _("停车场")
        verbose_name_plural = pgettext_lazy("plural", "停车场")
        ordering = ["position", "place_id"]
        constraints = [
            models.CheckConstraint(condition=Q(capacity__gt=0), name="lot_has_spaces"),
            models.CheckConstraint(
                condition=Q(reservable__lte=F("capacity")), name="lot_reserves_what_it_has"
            ),
            models.CheckConstraint(condition=Q(longest_hours__gt=0), name="lot_longest_positive"),
        ]

    def __str__(self) -> str:
        return self.place.name


class SpaceKind(models.TextChoices):
    """What a numbered space is for."""

    ORDINARY = "ordinary", _("普通车位")
    EV = "ev", _("充电车位")
    ACCESSIBLE = "accessible", _("无障碍车位")
    RESERVED = "reserved", _("专用车位")


class ChargeState(models.TextChoices):
    """What a charging bay says of itself."""

    NONE = "", _("无充电桩")
    IDLE = "idle", _("空闲")
    CHARGING = "charging", _("充电中")
    FULL = "full", _("已充满未驶离")
    FAULTY = "faulty", _("故障")


class Space(models.Model):
    """A numbered space of a lot. A charging bay has a state; others have none."""

    lot = models.ForeignKey(
        Lot, models.PROTECT, related_name="spaces", verbose_name=_("停车场"), db_index=False
    )
    code = models.TextField(_("编号"))
    kind = models.TextField(_("类别"), choices=SpaceKind, default=SpaceKind.ORDINARY)
    charge = models.TextField(_("充电桩状态"), choices=ChargeState, blank=True, default=ChargeState.NONE)
    charge_at = models.DateTimeField(_("状态时间"), null=True, blank=True)
    active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("车位")
        verbose_name_plural = pgettext_lazy("plural", "车位")
        ordering = ["lot_id", "code"]
        constraints = [
            models.UniqueConstraint(fields=["lot", "code"], name="space_code_once_a_lot"),
            models.CheckConstraint(condition=~Q(code=""), name="space_has_code"),
            models.CheckConstraint(
                condition=Q(kind="ev", charge__in=["idle", "charging", "full", "faulty"])
                | (~Q(kind="ev") & Q(charge="")),
                name="space_only_charging_bays_have_a_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot_id}/{self.code}"


class Camera(models.Model):
    """What reads plates at a gate; its events come over the API under this code. ``heard_at``: its last call, also one without events."""

    code = models.TextField(_("编码"), unique=True)
    name = models.TextField(_("名称"), blank=True)
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="cameras", verbose_name=_("停车场"))
    active = models.BooleanField(_("启用"), default=True)
    heard_at = models.DateTimeField(_("最近上报"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("车牌识别相机")
        verbose_name_plural = pgettext_lazy("plural", "车牌识别相机")
        ordering = ["lot_id", "code"]
        constraints = [models.CheckConstraint(condition=~Q(code=""), name="camera_has_code")]

    def __str__(self) -> str:
        return self.name or self.code


class Count(models.Model):
    """What somebody counted in a lot. The database notes what stood there and by how much it was put right."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="counts", verbose_name=_("停车场"))
    counted = models.PositiveIntegerField(_("清点数"))
    before = models.IntegerField(_("清点前"), default=0, editable=False)
    delta = models.IntegerField(_("更正"), default=0, editable=False)
    at = models.DateTimeField(_("时间"), default=timezone.now)
    counted_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("清点人"))
    note = models.TextField(_("说明"), blank=True)

    class Meta:
        verbose_name = _("清点")
        verbose_name_plural = pgettext_lazy("plural", "清点")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.lot} {self.counted}"


class Display(models.Model):
    """A screen at a gate that shows where to park, under a secret address of which only the mark is kept."""

    name = models.TextField(_("名称"))
    mark = models.TextField(unique=True, editable=False)
    camera = models.ForeignKey(
        Camera, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("相机"),
        help_text=_("选了相机，就引导它刚识别的车辆"),
    )  # fmt: skip
    made_at = models.DateTimeField(_("生成时间"), default=timezone.now)
    ended_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("入口屏")
        verbose_name_plural = pgettext_lazy("plural", "入口屏")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
