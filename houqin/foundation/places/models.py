"""Sites, buildings, floors and spaces: one tree, each node with a QR code."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from houqin.foundation.tree import PathField

_QR_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def new_qr() -> str:
    """A code that cannot be guessed from its neighbours, without letters that look alike."""
    return "".join(secrets.choice(_QR_ALPHABET) for _ in range(10))


class PlaceKind(models.TextChoices):
    """The levels of the tree: 院区, 楼, 层, 房间 or area."""

    SITE = "site", _("院区")
    BUILDING = "building", _("楼")
    FLOOR = "floor", _("层")
    SPACE = "space", _("房间")


class SpaceKind(models.TextChoices):
    """What a space is used for; it decides whether passers-by may pick it."""

    OFFICE = "office", _("办公室")
    MEETING = "meeting", _("会议室")
    CORRIDOR = "corridor", _("走廊")
    TOILET = "toilet", _("卫生间")
    TEA = "tea", _("开水间")
    LIFT = "lift", _("电梯厅")
    CANTEEN = "canteen", _("食堂")
    KITCHEN = "kitchen", _("厨房")
    PLANT = "plant", _("设备机房")
    STORE = "store", _("库房")
    DUTY = "duty", _("值班室")
    LOBBY = "lobby", _("大厅")
    PARKING = "parking", _("停车场")
    OUTDOOR = "outdoor", _("室外")
    OTHER = "other", _("其他")


class Place(models.Model):
    """A site, building, floor or space. The actions keep ``full_name``, from the building down."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    path = PathField()
    kind = models.TextField(_("类别"), choices=PlaceKind)
    code = models.TextField(_("编码"), unique=True)
    name = models.TextField(_("名称"))
    full_name = models.TextField(_("全称"), editable=False, default="")
    pinyin = models.TextField(_("拼音"), editable=False, default="")
    initials = models.TextField(_("首字母"), editable=False, default="")
    space_kind = models.TextField(_("用途"), choices=SpaceKind, blank=True)
    area_m2 = models.DecimalField(_("面积（平方米）"), max_digits=9, decimal_places=2, null=True, blank=True)
    capacity = models.PositiveIntegerField(_("容纳人数"), null=True, blank=True)
    position = models.IntegerField(_("排序"), default=0)
    qr = models.TextField(_("二维码编号"), unique=True, default=new_qr, editable=False)
    ended_on = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("场所")
        verbose_name_plural = pgettext_lazy("plural", "场所")
        ordering = ["position", "pinyin", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="place_has_name"),
            models.CheckConstraint(
                condition=(Q(kind="site") & Q(parent__isnull=True))
                | (~Q(kind="site") & Q(parent__isnull=False)),
                name="place_only_sites_are_roots",
            ),
            models.CheckConstraint(
                condition=Q(kind="space") | Q(space_kind=""), name="place_only_spaces_have_a_use"
            ),
            models.CheckConstraint(
                condition=Q(area_m2__isnull=True) | Q(area_m2__gt=0), name="place_area_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.name
