"""What is closed off: areas within areas, the doors that lead into them, and the controllers at the doors."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from houqin.foundation.people.models import Organisation
from houqin.foundation.places.models import Place
from houqin.foundation.tree import PathField


class Area(models.Model):
    """A part of the compound behind doors. Whoever may enter it may pass the areas around it too, not those within.

    ``passback_minutes``: who has entered cannot enter again within so many minutes without having left; 0: not watched.
    """

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("外围区域"),
        help_text=_("进入本区域前先经过的区域"),
    )  # fmt: skip
    path = PathField()
    code = models.TextField(_("编码"), unique=True)
    name = models.TextField(_("名称"))
    keeper = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("管理科室"))
    places = models.ManyToManyField(
        Place, related_name="access_areas", verbose_name=_("包含场所"), blank=True
    )
    passback_minutes = models.PositiveIntegerField(
        _("防反传（分钟）"), default=0, help_text=_("进入后未离开，在此时间内不能再次进入；0 为不限制")
    )
    on_request = models.BooleanField(_("可在线申请"), default=True)

    class Meta:
        verbose_name = _("门禁区域")
        verbose_name_plural = pgettext_lazy("plural", "门禁区域")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(code=""), name="area_has_name"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="area_not_around_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Controller(models.Model):
    """A device that opens doors. It speaks HTTP with a secret of which only the hash is kept (``secret_hash``, SHA-256).

    ``synced_version``: up to which version of the permits it has the list; ``through``: up to which of its own sequence
    numbers no event is missing; ``clock_off_seconds``: how far its clock is ahead of ours; ``trusts``: fingerprint of the
    public key it checks passes with, as it says itself.
    """

    code = models.TextField(_("编码"), unique=True)
    name = models.TextField(_("名称"))
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("安装位置")
    )
    secret_hash = models.TextField(default="", blank=True, editable=False)
    trusts = models.TextField(_("所用公钥"), default="", blank=True, editable=False)
    software = models.TextField(_("程序版本"), default="", blank=True, editable=False)
    seen_at = models.DateTimeField(_("最近心跳"), null=True, blank=True, editable=False)
    synced_version = models.BigIntegerField(_("名单版本"), default=0, editable=False)
    through = models.BigIntegerField(_("已收齐至"), default=0, editable=False)
    clock_off_seconds = models.IntegerField(_("时钟偏差（秒）"), default=0, editable=False)
    active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("门禁控制器")
        verbose_name_plural = pgettext_lazy("plural", "门禁控制器")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(code=""), name="controller_has_name"),
            models.UniqueConstraint(
                fields=["secret_hash"], condition=~Q(secret_hash=""), name="controller_secret_once"
            ),
            models.CheckConstraint(condition=Q(through__gte=0), name="controller_through_positive"),
        ]

    def __str__(self) -> str:
        return self.name


class Way(models.TextChoices):
    """Which ways a door can be passed."""

    IN = "in", _("只进")
    OUT = "out", _("只出")
    BOTH = "both", _("进出")


class Door(models.Model):
    """A door into ``area`` out of the area around it. ``gate``: people stand there, who check passes by hand too."""

    code = models.TextField(_("编码"), unique=True)
    name = models.TextField(_("名称"))
    area = models.ForeignKey(Area, models.PROTECT, related_name="doors", verbose_name=_("通向区域"))
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("位置")
    )
    controller = models.ForeignKey(
        Controller, models.PROTECT, null=True, blank=True, related_name="doors", verbose_name=_("控制器")
    )
    way = models.TextField(_("方向"), choices=Way, default=Way.BOTH)
    gate = models.BooleanField(_("门岗"), default=False)
    active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("门")
        verbose_name_plural = pgettext_lazy("plural", "门")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(code=""), name="door_has_name"),
            models.CheckConstraint(condition=Q(way__in=Way.values), name="door_way_known"),
        ]

    def __str__(self) -> str:
        return self.name
