"""Meetings as bookings of rooms, what they occupy, series, blockings and the waiting list."""

import uuid
from datetime import timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from houqin.affairs.models import Case
from houqin.foundation.people.models import Organisation, Person
from houqin.services.meetings.models.rooms import Room


class MeetingState(models.TextChoices):
    """Where a booking stands. The first four keep the room; the others have given it back."""

    PENDING = "pending", _("待审批")
    BOOKED = "booked", _("已预订")
    RUNNING = "running", _("进行中")
    ENDED = "ended", _("已结束")
    RELEASED = "released", _("未使用已释放")
    CANCELLED = "cancelled", _("已取消")
    REFUSED = "refused", _("未通过")


#: States in which a meeting keeps its room; the trigger of the second migration goes by the same list.
OCCUPYING = (MeetingState.PENDING, MeetingState.BOOKED, MeetingState.RUNNING, MeetingState.ENDED)


class MeetingClass(models.TextChoices):
    """Classes of meetings, 《中央和国家机关会议费管理办法》（财行〔2016〕214号）第六条; localities grade theirs alike."""

    WORK = "", _("日常工作会议")
    ONE = "one", _("一类会议")
    TWO = "two", _("二类会议")
    THREE = "three", _("三类会议")
    FOUR = "four", _("四类会议")


class ClassLimit(models.Model):
    """What a class of meeting may be at most; going past it needs a reason. Seeded with the national figures of
    财行〔2016〕214号 第八条、第十四条 (as amended locally: administrators keep the table). Empty: no limit.
    """

    meeting_class = models.TextField(_("会议类别"), choices=MeetingClass, unique=True)
    days_most = models.PositiveSmallIntegerField(_("会期上限（天）"), null=True, blank=True)
    people_most = models.PositiveIntegerField(_("人数上限"), null=True, blank=True)
    fen_a_head_day = models.PositiveIntegerField(_("综合定额（分/人·天）"), null=True, blank=True)
    source = models.TextField(_("依据"), blank=True)

    class Meta:
        verbose_name = _("会议标准")
        verbose_name_plural = pgettext_lazy("plural", "会议标准")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.get_meeting_class_display())


class Series(models.Model):
    """A recurring meeting: an RFC 5545 rule in the compound's local time, and the meetings made of it.

    ``starts_at`` is the first start. Meetings are rows of their own; a single one moved or dropped leaves the rule as it is.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    rule = models.TextField(_("重复规则"))
    starts_at = models.DateTimeField(_("首次开始"))
    minutes = models.PositiveIntegerField(_("时长（分钟）"))
    skip_holidays = models.BooleanField(_("跳过法定节假日"), default=False)
    ended_at = models.DateTimeField(_("终止时间"), null=True, blank=True)
    case = models.OneToOneField(
        Case, models.PROTECT, null=True, blank=True, related_name="meeting_series", verbose_name=_("办件")
    )

    class Meta:
        verbose_name = _("系列会议")
        verbose_name_plural = pgettext_lazy("plural", "系列会议")
        constraints = [
            models.CheckConstraint(condition=~Q(rule=""), name="series_has_rule"),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="series_lasts"),
        ]

    def __str__(self) -> str:
        return self.rule


class Meeting(models.Model):
    """One meeting in one room: the booking, and what everything else of the meeting hangs on.

    ``organiser`` answers for it, ``booked_by`` is who booked on their behalf. ``section`` is the organiser's at the time.
    Times are the meeting's own; the room is kept for set-up before and clearing after as well.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    title = models.TextField(_("会议名称"))
    private = models.BooleanField(_("不公开会议名称"), default=False)
    room = models.ForeignKey(
        Room, models.PROTECT, related_name="meetings", verbose_name=_("会议室"), db_index=False
    )
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    all_day = models.BooleanField(_("全天"), default=False)
    setup_minutes = models.PositiveSmallIntegerField(_("会前布置（分钟）"), default=0)
    clearing_minutes = models.PositiveSmallIntegerField(_("会后清理（分钟）"), default=0)
    state = models.TextField(_("状态"), choices=MeetingState, default=MeetingState.BOOKED)
    organiser = models.ForeignKey(
        Person, models.PROTECT, related_name="meetings", verbose_name=_("组织者"), db_index=False
    )
    booked_by = models.ForeignKey(
        Person, models.PROTECT, related_name="booked_meetings", verbose_name=_("预订人")
    )
    section = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("主办科室"), db_index=False
    )
    external_organiser = models.TextField(_("外部主办方"), blank=True)
    expected = models.PositiveIntegerField(_("预计人数"), default=0)
    layout = models.TextField(_("摆放形式"), blank=True)
    meeting_class = models.TextField(
        _("会议类别"), choices=MeetingClass, default=MeetingClass.WORK, blank=True
    )
    fen_a_head_day = models.PositiveIntegerField(_("预算（分/人·天）"), default=0)
    exceeds = models.TextField(_("超出规定的理由"), blank=True)
    series = models.ForeignKey(
        Series,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="meetings",
        verbose_name=_("系列"),
        db_index=False,
    )
    original_start = models.DateTimeField(_("原定开始"), null=True, blank=True)
    event = models.ForeignKey(
        "meetings.BigEvent",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="meetings",
        verbose_name=_("大型活动"),
    )
    is_main = models.BooleanField(_("主会场"), default=False)
    sequence = models.PositiveIntegerField(_("变更次数"), default=0)
    case = models.OneToOneField(
        Case, models.PROTECT, null=True, blank=True, related_name="meeting", verbose_name=_("办件")
    )
    opened_at = models.DateTimeField(_("首次签到"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("提醒时间"), null=True, blank=True, editable=False)
    gave_back_at = models.DateTimeField(_("归还时间"), null=True, blank=True)
    gave_back_reason = models.TextField(_("取消或释放原因"), blank=True)
    created_at = models.DateTimeField(_("预订时间"), default=timezone.now)

    class Meta:
        verbose_name = _("会议")
        verbose_name_plural = pgettext_lazy("plural", "会议")
        ordering = ["starts_at", "id"]
        indexes = [
            models.Index(fields=["room", "starts_at"], name="meeting_by_room"),
            models.Index(fields=["starts_at"], name="meeting_by_start"),
            models.Index(fields=["organiser", "starts_at"], name="meeting_by_organiser"),
            models.Index(fields=["section", "starts_at"], name="meeting_by_section"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="meeting_has_title"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="meeting_ends_after_start"),
            models.CheckConstraint(
                condition=Q(ends_at__lte=F("starts_at") + timedelta(days=14)),
                name="meeting_within_a_fortnight",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OCCUPYING, gave_back_at__isnull=True)
                | (~Q(state__in=OCCUPYING) & Q(gave_back_at__isnull=False)),
                name="meeting_gave_back_when_it_did",
            ),
            models.UniqueConstraint(fields=["series", "original_start"], name="meeting_once_in_series"),
            models.CheckConstraint(
                condition=Q(series__isnull=True) | Q(original_start__isnull=False),
                name="meeting_of_series_has_place_in_it",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def keeps_room(self) -> bool:
        """Whether the room is still its own."""
        return self.state in OCCUPYING

    @property
    def is_open(self) -> bool:
        """Whether people may still be asked, needs told and spaces kept: it has its room and is not over."""
        return self.keeps_room and self.ends_at > timezone.now()

    @property
    def approval(self) -> Case | None:
        """The case that decides on it, or on its whole series."""
        return self.case or (self.series.case if self.series else None)

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


class Blocking(models.Model):
    """A room that nobody may book for a while, and why: repairs, an inspection, a visit."""

    room = models.ForeignKey(Room, models.PROTECT, related_name="blockings", verbose_name=_("会议室"))
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    reason = models.TextField(_("原因"))
    blocked_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("登记人"))
    lifted_at = models.DateTimeField(_("解除时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("会议室停用")
        verbose_name_plural = pgettext_lazy("plural", "会议室停用")
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="blocking_has_reason"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="blocking_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.room} {self.reason}"


class Occupation(models.Model):
    """When one part is taken, buffers included. Triggers keep it in step with meetings and blockings (second migration);
    nothing else writes it. The exclusion constraint is what makes a double booking impossible.
    """

    part = models.ForeignKey(Room, models.PROTECT, related_name="+", db_index=False)
    during = DateTimeRangeField()
    meeting = models.ForeignKey(Meeting, models.CASCADE, null=True, related_name="occupations")
    blocking = models.ForeignKey(Blocking, models.CASCADE, null=True, related_name="occupations")

    class Meta:
        verbose_name = _("会议室占用")
        verbose_name_plural = pgettext_lazy("plural", "会议室占用")
        indexes = [GistIndex(fields=["during"], name="occupation_by_time")]  # for the day of all rooms
        constraints = [
            ExclusionConstraint(
                name="room_taken_once",
                expressions=[
                    (
                        Func(F("part"), F("part"), models.Value("[]"), function="int8range"),
                        RangeOperators.EQUAL,
                    ),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(meeting__isnull=True, blocking__isnull=False)
                | Q(meeting__isnull=False, blocking__isnull=True),
                name="occupation_by_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part_id} {self.during}"


class WaitState(models.TextChoices):
    """Whether somebody still waits."""

    WAITING = "waiting", _("候补中")
    PROMOTED = "promoted", _("已候补成功")
    WITHDRAWN = "withdrawn", _("已取消候补")
    EXPIRED = "expired", _("已过期")


class Wait(models.Model):
    """Somebody waits for a room at a time; the first in the queue gets what is given back."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("候补人"))
    room = models.ForeignKey(Room, models.PROTECT, related_name="waits", verbose_name=_("会议室"))
    title = models.TextField(_("会议名称"))
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    expected = models.PositiveIntegerField(_("预计人数"), default=1)
    state = models.TextField(_("状态"), choices=WaitState, default=WaitState.WAITING)
    meeting = models.OneToOneField(
        Meeting, models.PROTECT, null=True, blank=True, related_name="waited", verbose_name=_("会议")
    )
    created_at = models.DateTimeField(_("登记时间"), default=timezone.now)

    class Meta:
        verbose_name = _("候补")
        verbose_name_plural = pgettext_lazy("plural", "候补")
        ordering = ["created_at", "id"]
        indexes = [
            models.Index(fields=["starts_at"], name="wait_open", condition=Q(state="waiting")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="wait_ends_after_start"),
            models.CheckConstraint(
                condition=(Q(state="promoted") & Q(meeting__isnull=False))
                | (~Q(state="promoted") & Q(meeting__isnull=True)),
                name="wait_promoted_to_a_meeting",
            ),
            models.UniqueConstraint(
                fields=["person", "room", "starts_at", "ends_at"],
                condition=Q(state="waiting"),
                name="wait_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title
