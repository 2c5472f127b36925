"""Visits and what happened at the gates."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from houqin.affairs.models import Case
from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.personal.fields import PersonalField, TailKey, WholeKey
from houqin.foundation.places.models import Place
from houqin.foundation.standards import mask_plate
from houqin.services.visitors.models.lists import Worker


def new_key() -> str:
    """96 bits for a secret address that still fits into one text message."""
    return secrets.token_urlsafe(12)


class VisitState(models.TextChoices):
    """Where a visit is."""

    PENDING = "pending", _("待审批")
    EXPECTED = "expected", _("待到访")
    INSIDE = "inside", _("在内")
    LEFT = "left", _("已离开")
    MISSED = "missed", _("未到访")
    CANCELLED = "cancelled", _("已取消")
    REFUSED = "refused", _("未批准")


#: What can still be moved and cancelled.
OPEN = (VisitState.PENDING, VisitState.EXPECTED, VisitState.INSIDE)


class Kind(models.TextChoices):
    """What a visit is for."""

    BUSINESS = "business", _("公务联系")
    MEETING = "meeting", _("参加会议")
    SERVICE = "service", _("办事咨询")
    PETITION = "petition", _("来访反映")
    WORKS = "works", _("施工维保")
    DELIVERY = "delivery", _("送货快递")
    PRIVATE = "private", _("私人来访")
    OTHER = "other", _("其他")


class Group(models.Model):
    """Several visitors from one list."""

    name = models.TextField(_("团组名称"))
    host = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("接待人"))
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("登记人"))
    made_at = models.DateTimeField(_("登记时间"), default=timezone.now)

    class Meta:
        verbose_name = _("来访团组")
        verbose_name_plural = pgettext_lazy("plural", "来访团组")
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="visitor_group_has_name")]

    def __str__(self) -> str:
        return self.name


class Visit(models.Model):
    """Somebody from outside comes to a host, in a period. Whether they are inside is what the crossings say (a trigger).

    ``section`` looks after it (the gate's). ``source`` is the record it was made for (``meetings.meeting:123``); all of a source moves
    and ends together. ``exceeds`` says why a host's own right is not enough, so that somebody has to approve. ``held``: nobody lets
    them in before the duty office has said so (``cleared_at``). ``key`` is in the secret address of the pass. ``space`` is where a parking space is
    kept, if one is.
    """

    case = models.OneToOneField(
        Case, models.PROTECT, null=True, blank=True, related_name="visit", verbose_name=_("办件")
    )
    source = models.TextField(_("来源"), blank=True, default="")
    section = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("管理科室"))
    host = models.ForeignKey(
        Person, models.PROTECT, related_name="visits_hosted", verbose_name=_("接待人"), db_index=False
    )
    made_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("登记人")
    )
    group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="visits", verbose_name=_("团组")
    )
    worker = models.ForeignKey(
        Worker, models.PROTECT, null=True, blank=True, related_name="visits", verbose_name=_("施工人员")
    )
    name = models.TextField(_("姓名"))
    phone = PersonalField(_("手机号"), kind="phone", blank=True)
    id_number = PersonalField(_("身份证号"), kind="id_number", blank=True)
    organisation = models.TextField(_("来访单位"), blank=True)
    kind = models.TextField(_("来访类别"), choices=Kind, default=Kind.BUSINESS)
    purpose = models.TextField(_("事由"), blank=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("到访地点"))
    from_at = models.DateTimeField(_("开始时间"))
    until_at = models.DateTimeField(_("结束时间"))
    companions = models.PositiveSmallIntegerField(_("随行人数"), default=0)
    items = models.TextField(_("携带物品"), blank=True)
    plate = models.TextField(_("车牌号"), blank=True, default="")
    space = models.TextField(_("预留停车场"), blank=True, default="")
    state = models.TextField(_("状态"), choices=VisitState, default=VisitState.PENDING)
    exceeds = models.TextField(_("需审批的原因"), blank=True, default="")
    held = models.BooleanField(_("待值班室确认"), default=False)
    cleared_at = models.DateTimeField(_("值班室确认时间"), null=True, blank=True)
    key = models.TextField(default=new_key, unique=True, editable=False)
    made_at = models.DateTimeField(_("登记时间"), default=timezone.now)
    entered_at = models.DateTimeField(_("进入时间"), null=True, blank=True)
    left_at = models.DateTimeField(_("离开时间"), null=True, blank=True)
    ended_why = models.TextField(_("取消原因"), blank=True, default="")
    forgotten_at = models.DateTimeField(_("去标识时间"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("来访")
        verbose_name_plural = pgettext_lazy("plural", "来访")
        ordering = ["from_at", "pk"]
        indexes = [
            models.Index(fields=["from_at"], name="visit_by_start"),
            models.Index(fields=["host", "from_at"], name="visit_by_host"),
            models.Index(fields=["source"], name="visit_by_source", condition=~Q(source="")),
            models.Index(fields=["until_at"], name="visit_inside", condition=Q(state="inside")),
            models.Index(
                fields=["until_at"], name="visit_expected", condition=Q(state__in=["pending", "expected"])
            ),
            models.Index(fields=["plate"], name="visit_by_plate", condition=~Q(plate="")),
            models.Index(WholeKey("phone"), name="visit_by_phone"),
            models.Index(TailKey("phone"), name="visit_by_phone_tail"),
            models.Index(WholeKey("id_number"), name="visit_by_id_number"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(until_at__gt=F("from_at")), name="visit_ends_after_start"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(key=""), name="visit_says_who"),
            models.CheckConstraint(condition=Q(state__in=VisitState.values), name="visit_state_known"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="visit_kind_known"),
            models.CheckConstraint(
                condition=Q(state="inside", entered_at__isnull=False, left_at__isnull=True)
                | Q(state="left", entered_at__isnull=False, left_at__gte=F("entered_at"))
                | (~Q(state__in=["inside", "left"]) & Q(entered_at__isnull=True, left_at__isnull=True)),
                name="visit_state_fits_times",
            ),
            models.UniqueConstraint(
                "source",
                WholeKey("phone"),
                condition=Q(state__in=["pending", "expected", "inside"]) & ~Q(source=""),
                name="visitor_once_a_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name[:1]}**"  # as the trail keeps it when the name is long forgotten

    @property
    def holder(self) -> str:
        """By what doors know this visitor."""
        return f"visitor:{self.pk}"

    @property
    def own_source(self) -> str:
        """By what doors and parking know what belongs to this visit."""
        return f"visitors.visit:{self.pk}"

    @property
    def people(self) -> int:
        """How many come."""
        return 1 + self.companions

    @property
    def masked_plate(self) -> str:
        return mask_plate(self.plate)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def has_pass(self) -> bool:
        """Whether the visitor may show a pass, as long as it is time."""
        return self.state in (VisitState.EXPECTED, VisitState.INSIDE, VisitState.LEFT) and not self.held

    @property
    def is_overdue(self) -> bool:
        """Whether they are inside although their time is over."""
        return self.state == VisitState.INSIDE and self.until_at < timezone.now()

    def get_absolute_url(self) -> str:
        return f"/visitors/{self.pk}"


class Direction(models.TextChoices):
    """Which way somebody passed a gate."""

    IN = "in", pgettext_lazy("gate", "进入")
    OUT = "out", pgettext_lazy("gate", "离开")


class How(models.TextChoices):
    """By what somebody was known at the gate."""

    PASS = "pass", _("通行码")
    NAME = "name", _("姓名或手机尾号")
    PLATE = "plate", _("车牌")
    WORKER = "worker", _("施工人员名单")
    DOOR = "door", _("自动闸机")


class Crossing(models.Model):
    """Somebody passed a gate. Written once, never changed. ``number`` counts a visit's own: odd ones enter, even ones leave, so nobody
    enters twice without having left, whatever two gates do at the same moment.
    """

    visit = models.ForeignKey(
        Visit, models.PROTECT, related_name="crossings", verbose_name=_("来访"), db_index=False
    )
    number = models.PositiveSmallIntegerField()
    direction = models.TextField(_("方向"), choices=Direction)
    at = models.DateTimeField(_("时间"), default=timezone.now)
    gate = models.TextField(_("门岗"), blank=True, default="")
    how = models.TextField(_("核验方式"), choices=How)
    by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("值守人")
    )
    people = models.PositiveSmallIntegerField(_("人数"), default=1)
    items = models.TextField(_("携带物品"), blank=True, default="")

    class Meta:
        verbose_name = _("进出记录")
        verbose_name_plural = pgettext_lazy("plural", "进出记录")
        ordering = ["visit_id", "number"]
        indexes = [models.Index(fields=["at"], name="crossing_by_time")]
        constraints = [
            models.UniqueConstraint(fields=["visit", "number"], name="crossing_once"),
            models.CheckConstraint(condition=Q(how__in=How.values), name="crossing_how_known"),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.direction} {self.at:%m-%d %H:%M}"
