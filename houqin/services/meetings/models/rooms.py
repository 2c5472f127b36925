"""Meeting rooms: what they hold, who keeps them, when booking one needs somebody's approval."""

from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as _n
from django.utils.translation import pgettext_lazy

from houqin.foundation.people.models import Organisation
from houqin.foundation.places.models import Place


class Layout(models.TextChoices):
    """How chairs and tables stand."""

    BOARD = "board", _("回字形")
    U_SHAPE = "u_shape", _("U 形")
    CLASSROOM = "classroom", _("课桌式")
    THEATRE = "theatre", _("剧院式")
    ROUND = "round", _("分组圆桌")


class Equipment(models.Model):
    """What a room may be equipped with; a dictionary that administrators keep."""

    code = models.TextField(_("编码"), unique=True)
    name = models.TextField(_("名称"))
    position = models.IntegerField(_("排序"), default=0)

    class Meta:
        verbose_name = _("会议室设备")
        verbose_name_plural = pgettext_lazy("plural", "会议室设备")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


#: The names that a new installation begins with (second migration), so that the catalogues have them.
EQUIPMENT = (
    _n("投影"), _n("大屏"), _n("视频会议"), _n("话筒"), _n("录音录像"), _n("直播"), _n("同声传译"), _n("白板"), _n("助听环路"), _n("无障碍"),
)  # fmt: skip


class Room(models.Model):
    """A meeting room: one a place. A joined room (A+B) has other rooms as its parts and no walls of its own.

    Set-up and clearing minutes are kept free before and after each meeting. ``release_minutes`` after the start an
    unused room goes to others (``None``: never).
    """

    place = models.OneToOneField(
        Place, models.PROTECT, primary_key=True, related_name="meeting_room", verbose_name=_("场所")
    )
    keeper = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("管理科室"))
    capacity = models.PositiveIntegerField(_("座位数"))
    layouts = ArrayField(
        models.TextField(choices=Layout), verbose_name=_("可摆放形式"), default=list, blank=True
    )
    equipment = ArrayField(models.TextField(), verbose_name=_("设备"), default=list, blank=True)
    setup_minutes = models.PositiveSmallIntegerField(_("会前布置（分钟）"), default=0)
    clearing_minutes = models.PositiveSmallIntegerField(_("会后清理（分钟）"), default=0)
    opens_at = models.TimeField(_("开放时间"), default=time(7, 30))
    closes_at = models.TimeField(_("关闭时间"), default=time(21, 0))
    horizon_days = models.PositiveSmallIntegerField(_("可提前预订（天）"), default=90)
    longest_minutes = models.PositiveIntegerField(_("单次最长（分钟）"), default=4 * 24 * 60)
    release_minutes = models.PositiveSmallIntegerField(
        _("未签到自动释放（分钟）"), default=15, null=True, blank=True, help_text=_("留空为不自动释放")
    )
    only_for = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("限定单位"),
        help_text=_("只有该单位的人员可以自行预订；留空为全院区"),
    )  # fmt: skip
    bookable = models.BooleanField(_("开放预订"), default=True)
    note = models.TextField(_("使用说明"), blank=True)

    class Meta:
        verbose_name = _("会议室")
        verbose_name_plural = pgettext_lazy("plural", "会议室")
        ordering = ["place__position", "place_id"]
        indexes = [GinIndex(fields=["equipment"], name="room_by_equipment")]
        constraints = [
            models.CheckConstraint(condition=Q(capacity__gt=0), name="room_has_seats"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="room_closes_after_opening"
            ),
            models.CheckConstraint(condition=Q(longest_minutes__gt=0), name="room_longest_positive"),
        ]

    def __str__(self) -> str:
        return str(self.place)


class RoomPart(models.Model):
    """What a room is made of: itself, or for a joined room the rooms between which the walls open.

    Only parts are occupied, so A, B and A+B can never be used by two meetings at once.
    """

    room = models.ForeignKey(
        Room, models.CASCADE, related_name="parts", verbose_name=_("会议室"), db_index=False
    )
    part = models.ForeignKey(Room, models.PROTECT, related_name="wholes", verbose_name=_("组成部分"))

    class Meta:
        verbose_name = _("会议室组成")
        verbose_name_plural = pgettext_lazy("plural", "会议室组成")
        constraints = [models.UniqueConstraint(fields=["room", "part"], name="room_part_once")]

    def __str__(self) -> str:
        return f"{self.room} ⊃ {self.part}"


class ApprovalRule(models.Model):
    """When booking needs approval: every condition that a rule names must hold; any one rule is enough.

    A rule may name a room or a keeping section, the size of the room, the booking unit, the length, and hours that lie
    outside working time.
    """

    name = models.TextField(_("规则"))
    room = models.ForeignKey(
        Room, models.CASCADE, null=True, blank=True, related_name="approval_rules", verbose_name=_("会议室")
    )
    seats_from = models.PositiveIntegerField(_("座位数不少于"), null=True, blank=True)
    unit = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("预订单位")
    )
    minutes_over = models.PositiveIntegerField(_("时长超过（分钟）"), null=True, blank=True)
    after_hours = models.BooleanField(_("仅限非工作时间"), default=False)
    external = models.BooleanField(_("仅限外部主办"), default=False)
    active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("预订审批规则")
        verbose_name_plural = pgettext_lazy("plural", "预订审批规则")
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="approval_rule_has_name")]

    def __str__(self) -> str:
        return self.name


class Quota(models.Model):
    """How much one unit may hold of the rooms at a time: minutes of meetings that begin in one calendar month."""

    unit = models.OneToOneField(
        Organisation, models.PROTECT, related_name="meeting_quota", verbose_name=_("单位")
    )
    minutes_a_month = models.PositiveIntegerField(_("每月时长上限（分钟）"))

    class Meta:
        verbose_name = _("会议室用量限额")
        verbose_name_plural = pgettext_lazy("plural", "会议室用量限额")

    def __str__(self) -> str:
        return f"{self.unit} {self.minutes_a_month}"
