"""What happened at the doors, and who is inside because of it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from houqin.foundation.people.models import Person
from houqin.services.access.models.areas import Area, Controller, Door
from houqin.services.access.models.permits import Permit


class Direction(models.TextChoices):
    """Which way somebody wants to go."""

    IN = "in", _("进")
    OUT = "out", _("出")


class Reason(models.TextChoices):
    """Why a door stayed closed; nothing where it opened. The codes are the controllers' protocol's."""

    NONE = "", _("放行")
    BAD_PASS = "bad_pass", _("通行码无效")
    PASS_OLD = "pass_old", _("通行码已过期，请刷新")
    PASS_USED = "pass_used", _("通行码已使用，请等待更新")
    NO_PERMIT = "no_permit", _("没有该区域的通行权限")
    NOT_YET = "not_yet", _("通行权限尚未生效")
    EXPIRED = "expired", _("通行权限已到期")
    OUTSIDE_HOURS = "outside_hours", _("不在允许的时段")
    INSIDE_ALREADY = "inside_already", _("已在区域内，未登记离开")
    WRONG_WAY = "wrong_way", _("此门不能从这个方向通行")
    DOOR_CLOSED = "door_closed", _("此门已停用")
    GONE = "gone", _("持有人已离岗")
    UNKNOWN_DOOR = "unknown_door", _("控制器上没有这扇门")
    NUMBER_USED = "number_used", _("编号已用于另一次通行")


class DoorEvent(models.Model):
    """One passage, or one refused. Written once, never changed; a controller's number counts once (``event_once``).

    References carry no constraint of the database, because rows come in by the thousand: doors, controllers and permits are
    never deleted (second migration), and the insert takes their ids from their tables. ``at`` is corrected by how far the controller's
    clock was off (``clock_off_seconds``). ``window`` is the pass's; a window opens once a direction (``pass_once``), except at
    doors that were cut off, where nobody could know.
    """

    controller = models.ForeignKey(
        Controller, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False,
        verbose_name=_("控制器"),
    )  # fmt: skip
    sequence = models.BigIntegerField(null=True)
    door = models.ForeignKey(
        Door, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False,
        verbose_name=_("门"),
    )  # fmt: skip
    at = models.DateTimeField(_("时间"))
    received_at = models.DateTimeField(_("收到时间"), default=timezone.now)
    holder = models.TextField(_("持有人"), default="", blank=True)
    permit = models.ForeignKey(
        Permit, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False,
        verbose_name=_("通行权限"),
    )  # fmt: skip
    direction = models.TextField(_("方向"), choices=Direction)
    allowed = models.BooleanField(_("放行"))
    reason = models.TextField(_("原因"), choices=Reason, default="", blank=True)
    offline = models.BooleanField(_("离线判定"), default=False)
    window = models.BigIntegerField(null=True)
    clock_off_seconds = models.IntegerField(_("时钟偏差（秒）"), default=0)

    class Meta:
        verbose_name = _("通行记录")
        verbose_name_plural = pgettext_lazy("plural", "通行记录")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["door", "at"], name="event_by_door"),
            models.Index(fields=["holder", "at"], name="event_by_holder"),
            models.Index(fields=["permit", "at"], name="event_by_permit", condition=Q(permit__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["controller", "sequence"], name="event_once"),
            models.UniqueConstraint(
                fields=["holder", "direction", "window"],
                condition=Q(allowed=True, offline=False, window__isnull=False),
                name="pass_once",
            ),
            models.CheckConstraint(
                condition=Q(controller__isnull=True, sequence__isnull=True)
                | Q(controller__isnull=False, sequence__gt=0),
                name="event_counted_by_controller",
            ),
            models.CheckConstraint(
                condition=Q(allowed=True, reason="", door__isnull=False) | (Q(allowed=False) & ~Q(reason="")),
                name="event_refused_with_reason",
            ),
            models.CheckConstraint(condition=Q(direction__in=Direction.values), name="event_direction_known"),
        ]

    def __str__(self) -> str:
        return f"{self.holder} {self.door_id} {self.at:%m-%d %H:%M}"


class Presence(models.Model):
    """Where somebody is: the innermost area they entered, none once they have left. Kept by the events alone (a trigger):
    it is what the latest of a holder's passages says, in whatever order they arrive.
    """

    holder = models.TextField(_("持有人"), primary_key=True)
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, related_name="inside", verbose_name=_("所在区域")
    )
    person = models.ForeignKey(
        Person, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, verbose_name=_("人员")
    )
    permit = models.ForeignKey(
        Permit, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False,
        verbose_name=_("通行权限"),
    )  # fmt: skip
    door = models.ForeignKey(
        Door, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False,
        verbose_name=_("门"),
    )  # fmt: skip
    at = models.DateTimeField(_("时间"))
    event = models.BigIntegerField()

    class Meta:
        verbose_name = _("在内人员")
        verbose_name_plural = pgettext_lazy("plural", "在内人员")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Who it is: the person, else the name on the permit."""
        return self.person.name if self.person else self.permit.name if self.permit else self.holder
