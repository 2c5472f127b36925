"""What may be booked: the room's own bounds, approval, quotas, and what regulations ask of a meeting. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import DurationField, ExpressionWrapper, F, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation import tree
from houqin.foundation.calendar import clock
from houqin.foundation.errors import Problem
from houqin.foundation.kept import Kept
from houqin.foundation.people import scope
from houqin.foundation.people.models import Organisation, OrganisationKind, Person
from houqin.services.meetings.models import (
    OCCUPYING,
    ApprovalRule,
    ClassLimit,
    Meeting,
    MeetingClass,
    Quota,
    Room,
)

#: A meeting may be entered this long after it has begun: people meet first and book then.
LATE_ENTRY = timedelta(minutes=30)
_LASTS = ExpressionWrapper(F("ends_at") - F("starts_at"), output_field=DurationField())


@dataclass(frozen=True)
class Wish:
    """What somebody wants to hold: the room, when, how many, and who answers for it."""

    room: Room
    organiser: Person
    starts_at: datetime
    ends_at: datetime
    expected: int = 0
    layout: str = ""
    meeting_class: str = MeetingClass.WORK
    exceeds: str = ""
    external_organiser: str = ""
    fen_a_head_day: int = 0

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def all_day(self) -> bool:
        """Whether it takes all of the room's hours; people come and go then, and nobody is late."""
        starts, ends = timezone.localtime(self.starts_at), timezone.localtime(self.ends_at)
        until_closing = ends.date() > starts.date() or ends.time() >= self.room.closes_at
        return starts.time() <= self.room.opens_at and until_closing


@dataclass(frozen=True)
class Choice:
    """What to do about one clash: another room or time, or (without both) drop the date."""

    room: Room | None = None
    starts_at: datetime | None = None

    @property
    def drop(self) -> bool:
        return self.room is None and self.starts_at is None


def in_reason(moment: datetime | date) -> bool:
    """Whether a moment or day lies within what meetings are reckoned in."""
    return 2000 <= moment.year <= 2100


def check(actor: Person, wish: Wish) -> None:
    """Raise Problem, by field, where the wish breaks a bound. Who serves the room's meetings may go past its hours,
    horizon and circle, never past its walls.
    """
    serves = serves_room(actor, wish.room)
    errors = {
        **_when(wish, serves=serves),
        **_who(wish, serves=serves),
        **_what(wish),
        **_regulated(wish),
    }
    if errors:
        raise Problem(errors=errors)


def serves_room(actor: Person, room: Room) -> bool:
    """Whether ``actor`` does the meeting service of this room."""
    return (
        scope.grant_for(
            actor, "meetings.serve", organisation_path=room.keeper.path, place_path=room.place.path,
            service="meetings",
        )
        is not None
    )  # fmt: skip


def _when(wish: Wish, *, serves: bool) -> dict[str, list[str]]:
    room, now = wish.room, timezone.now()
    if wish.ends_at <= wish.starts_at:
        return {"ends_at": [_("结束时间应晚于开始时间。")]}
    if wish.starts_at < now - LATE_ENTRY:
        return {"starts_at": [_("开始时间已过，请选择今后的时间。")]}
    if wish.minutes > room.longest_minutes:
        return {
            "ends_at": [_("此会议室单次最长可订 %(hours)g 小时。") % {"hours": room.longest_minutes / 60}]
        }
    if serves:
        return {}
    last = timezone.localdate(now) + timedelta(days=room.horizon_days)
    if timezone.localdate(wish.starts_at) > last:
        return {
            "starts_at": [
                _("此会议室可提前 %(days)d 天预订，最晚可选 %(last)s。")
                % {"days": room.horizon_days, "last": f"{last:%Y-%m-%d}"}
            ]
        }
    starts, ends = timezone.localtime(wish.starts_at), timezone.localtime(wish.ends_at)
    if starts.time() < room.opens_at or (ends.time() > room.closes_at and ends.date() == starts.date()):
        return {
            "starts_at": [
                _("此会议室开放时间为 %(from)s–%(to)s，其他时间请联系会务。")
                % {"from": f"{room.opens_at:%H:%M}", "to": f"{room.closes_at:%H:%M}"}
            ]
        }
    return {}


def _who(wish: Wish, *, serves: bool) -> dict[str, list[str]]:
    room = wish.room
    if not room.bookable or room.place.ended_on:
        return {"room": [_("此会议室暂停预订，请选择其他会议室。")]}
    only = room.only_for
    if only and not serves and not wish.organiser.organisation.path.startswith(only.path):
        return {"room": [_("此会议室由%(unit)s专用，请选择其他会议室。") % {"unit": only}]}
    return {}


def _what(wish: Wish) -> dict[str, list[str]]:
    room = wish.room
    if wish.expected > room.capacity:
        return {
            "expected": [
                _("此会议室有 %(seats)d 个座位，请减少人数或另选会议室。") % {"seats": room.capacity}
            ]
        }
    if wish.layout and wish.layout not in room.layouts:
        return {"layout": [_("此会议室不能摆成这种形式，请另选。")]}
    return {}


def _regulated(wish: Wish) -> dict[str, list[str]]:
    """What the class of a meeting allows; going past it needs a reason, which stays with the meeting."""
    if wish.exceeds.strip():
        return {}
    warnings = beyond_regulation(wish)
    if not warnings:
        return {}
    said = "".join(warnings)
    return {"exceeds": [_("%(warning)s确需召开的，请写明理由和批准依据。") % {"warning": said}]}


def beyond_regulation(wish: Wish) -> list[str]:
    """What the meeting goes past, in words, by the limits of its class (:class:`ClassLimit`)."""
    limit = _limit_of(wish.meeting_class) if wish.meeting_class else None
    if limit is None:
        return []
    name = limit.get_meeting_class_display()
    days = (timezone.localdate(wish.ends_at) - timezone.localdate(wish.starts_at)).days + 1
    found = []
    if limit.days_most and days > limit.days_most:
        found.append(_("%(class)s会期不超过 %(days)d 天。") % {"class": name, "days": limit.days_most})
    if limit.people_most and wish.expected > limit.people_most:
        found.append(
            _("%(class)s参会人员不超过 %(people)d 人。") % {"class": name, "people": limit.people_most}
        )
    if limit.fen_a_head_day and wish.fen_a_head_day > limit.fen_a_head_day:
        found.append(
            _("%(class)s综合定额为每人每天 ¥%(yuan).2f。")
            % {"class": name, "yuan": limit.fen_a_head_day / 100}
        )
    return found


def approval_needed(wish: Wish) -> str:
    """The name of the first rule by which the wish needs approval, or nothing."""
    above = tree.ids(wish.organiser.organisation.path)
    for rule in _approval_rules():
        if (
            rule.room_id in (None, wish.room.pk)
            and (rule.unit_id is None or rule.unit_id in above)
            and (rule.seats_from is None or rule.seats_from <= wish.room.capacity)
            and (rule.minutes_over is None or rule.minutes_over < wish.minutes)
            and (not rule.external or wish.external_organiser)
            and (not rule.after_hours or after_hours(wish.starts_at, wish.ends_at))
        ):
            return rule.name
    return ""


@Kept
def _approval_rules() -> tuple[ApprovalRule, ...]:
    return tuple(ApprovalRule.objects.filter(active=True).order_by("id"))


@Kept
def _limit_of(meeting_class: str) -> ClassLimit | None:
    return ClassLimit.objects.filter(meeting_class=meeting_class).first()


@Kept
def _units_with_quota() -> frozenset[int]:
    return frozenset(Quota.objects.values_list("unit_id", flat=True))


def after_hours(starts_at: datetime, ends_at: datetime) -> bool:
    """Whether any of it lies outside the working time of a working day (the lunch pause counts as inside)."""
    calendar = clock.load()
    starts, ends = timezone.localtime(starts_at), timezone.localtime(ends_at)
    spans = calendar.spans_of(starts.date())
    if not spans or ends.date() != starts.date():
        return True
    return (
        starts.hour * 3600 + starts.minute * 60 < spans[0][0]
        or ends.hour * 3600 + ends.minute * 60 > spans[-1][1]
    )


def check_quota(organiser: Person, starts_at: datetime, minutes: int) -> None:
    """Raise Problem where the organiser's unit would hold more minutes in that month than it may.

    The quota's row is locked, so that two bookings of one unit do not both take what is left.
    """
    units = _units_with_quota() & set(tree.ids(organiser.organisation.path))
    if not units:
        return
    quota = (
        Quota.objects.select_for_update(of=("self",)).filter(unit__in=units).select_related("unit").first()
    )
    if quota is None:
        return
    first = timezone.localtime(starts_at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = (first + timedelta(days=32)).replace(day=1)
    held = Meeting.objects.filter(
        section__path__startswith=quota.unit.path, starts_at__gte=first, starts_at__lt=following,
        state__in=OCCUPYING,
    ).aggregate(sum=Sum(_LASTS))["sum"]  # fmt: skip
    used = int(held.total_seconds() // 60) if held else 0
    if used + minutes > quota.minutes_a_month:
        raise Problem(
            _(
                "%(unit)s本月会议室用量已达 %(used)g 小时，限额 %(most)g 小时。请另选月份，或联系会务部门调整限额。"
            )
            % {"unit": quota.unit, "used": used / 60, "most": quota.minutes_a_month / 60},
            code="quota_used_up",
        )


def unit_of(organisation: Organisation) -> Organisation:
    """The unit a section belongs to; itself where it is one."""
    above = Organisation.objects.filter(pk__in=tree.ids(organisation.path), kind=OrganisationKind.UNIT)
    return above.first() or organisation
