"""Recurring meetings by RFC 5545 rules: planned, booked as a whole, changed from one of them on.

The rule speaks in the compound's local time (no summer time there since 1991). Each meeting is a row; the series' row is
locked before its meetings, so that a change of the series and one of a single meeting never pass each other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dateutil.rrule import rruleset, rrulestr
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from houqin.affairs.models import Case
from houqin.foundation.calendar import clock
from houqin.foundation.errors import Conflict, Problem
from houqin.foundation.people.models import Person
from houqin.foundation.trail import actions as trail
from houqin.services.meetings import queries, rules
from houqin.services.meetings.actions import booking
from houqin.services.meetings.models import Meeting, MeetingState, Occupation, Room, Series
from houqin.services.meetings.problems import Clash, SeriesClash, Taken
from houqin.services.meetings.rules import Choice, Wish

#: A series is at most so many meetings, within so many days.
MOST = 260
FARTHEST = timedelta(days=400)
_FREQUENCY = re.compile(r"FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)\b")


@dataclass(frozen=True)
class Occurrence:
    """One meeting of a series as it would be: its place in the rule, the wish, and what stands in its way."""

    original_start: datetime
    wish: Wish
    clash: Clash | None = None


def starts_of(
    rule: str, first: datetime, *, skip_holidays: bool = False, until: datetime | None = None
) -> list[datetime]:
    """The starts a rule gives from ``first`` on, the first one included whatever the rule says of it.

    Raises Problem for a rule that cannot be read, has no end or makes too many. ``skip_holidays`` leaves out what the statutory
    calendar does not count as a workday.
    """
    local = timezone.localtime(first).replace(tzinfo=None)
    try:
        parsed = rrulestr(rule, dtstart=local)
    except (ValueError, TypeError) as error:
        raise Problem(errors={"rule": [_("重复规则无法识别，请重新选择。")]}) from error
    if isinstance(parsed, rruleset) or not _FREQUENCY.search(rule):
        raise Problem(errors={"rule": [_("重复规则只支持按天、周、月、年。")]})
    calendar, found = clock.load(), []
    farthest = local + FARTHEST
    for start in parsed:
        if start > farthest:
            break
        at = timezone.make_aware(start)
        if until is not None and at >= until:
            break
        if skip_holidays and not calendar.is_workday(start.date()):
            continue
        found.append(at)
        if len(found) > MOST:
            raise Problem(errors={"rule": [_("系列会议最多 %(most)d 次，请缩短期限。") % {"most": MOST}]})
    if not found:
        raise Problem(errors={"rule": [_("按此规则没有可开会的日期，请调整。")]})
    return found


def plan_series(
    actor: Person,
    *,
    wish: Wish,
    rule: str,
    skip_holidays: bool = False,
    choices: Mapping[datetime, Choice] | None = None,
) -> list[Occurrence]:
    """The meetings a series would be, each with what stands in its way and what else would do. Reads only.

    ``choices`` by original start take the place of what the rule says. Raises Problem as :func:`starts_of`.
    """
    choices = choices or {}
    planned = []
    for start in starts_of(rule, wish.starts_at, skip_holidays=skip_holidays):
        choice = choices.get(start)
        if choice and choice.drop:
            continue
        planned.append(Occurrence(start, _as_chosen(wish, start, choice)))
    taken = _taken_among([each.wish for each in planned])
    return [
        replace(each, clash=_clash(actor, each.wish)) if place in taken else each
        for place, each in enumerate(planned)
    ]


def series_needs_approval(
    actor: Person,
    *,
    wish: Wish,
    rule: str,
    skip_holidays: bool = False,
    choices: Mapping[datetime, Choice] | None = None,
) -> bool:
    """Whether somebody has to decide on any of its meetings; then the whole series is one case."""
    planned = plan_series(actor, wish=wish, rule=rule, skip_holidays=skip_holidays, choices=choices)
    return any(rules.approval_needed(each.wish) for each in planned)


@transaction.atomic
def book_series(
    actor: Person,
    *,
    wish: Wish,
    title: str,
    rule: str,
    skip_holidays: bool = False,
    choices: Mapping[datetime, Choice] | None = None,
    private: bool = False,
    case: Case | None = None,
) -> Series:
    """Book a whole series or nothing of it. With ``case`` all of it waits for approval, but keeps its rooms. Raises SeriesClash with proposals where some dates have no room, Problem and
    NotPermitted as :func:`booking.book`.
    """
    booking.may_book_for(actor, wish)
    planned = plan_series(actor, wish=wish, rule=rule, skip_holidays=skip_holidays, choices=choices)
    for each in planned:
        rules.check(actor, each.wish)
    if case is None and any(rules.approval_needed(each.wish) for each in planned):
        raise Problem(errors={"room": [_("此会议室需要审批，请提交预订申请，整个系列一次审批。")]})
    _refuse_clashes(planned)
    rules.check_quota(wish.organiser, wish.starts_at, wish.minutes * len(planned))
    series = Series.objects.create(
        rule=rule, starts_at=wish.starts_at, minutes=wish.minutes, skip_holidays=skip_holidays, case=case
    )
    write(actor, series, planned, title=title, private=private)
    trail.record(
        actor, "meetings.book_series", series, after={"rule": rule, "title": title, "meetings": len(planned)}
    )
    return series


def write(actor: Person, series: Series, planned: Sequence[Occurrence], *, title: str, private: bool) -> None:
    """The meetings of a series in one statement, rooms in one order; who was quicker on one of them stops all."""
    meetings = []
    for each in sorted(planned, key=lambda each: each.wish.room.pk):
        meeting = booking.new_meeting(actor, each.wish, title, private=private, series=series)
        meeting.original_start = each.original_start
        meeting.state = MeetingState.PENDING if series.case else MeetingState.BOOKED
        meetings.append(meeting)
    try:
        with booking.taking(actor, planned[0].wish):
            Meeting.objects.bulk_create(meetings)
    except Taken as taken:
        _refuse_clashes([replace(each, clash=_clash(actor, each.wish)) for each in _now_taken(planned)])
        raise taken


# -- changing ------------------------------------------------------------------------------------------------------


@transaction.atomic
def move_following(
    actor: Person,
    *,
    meeting: int,
    room: Room | None = None,
    shift: timedelta = timedelta(),
    minutes: int | None = None,
) -> Series:
    """ "This and following": the series ends before this meeting, and a new one of the same rule goes on in another
    room, at another hour or for another length. Single exceptions among the following keep their dates that were dropped.

    Raises SeriesClash with proposals and changes nothing where some dates have no room.
    """
    found = booking.locked(actor, meeting)
    if found.series is None or found.original_start is None:
        raise Conflict(_("这不是系列会议。"))
    following = _following(found)
    if timezone.localdate(found.original_start + shift) != timezone.localdate(found.original_start):
        raise Problem(errors={"starts_at": [_("系列会议只能在当天内改时间；换日期请新建系列。")]})
    old = found.series
    series = Series.objects.create(
        rule=_rest_of(old, found.original_start),
        starts_at=found.original_start + shift,
        minutes=minutes or old.minutes,
        skip_holidays=old.skip_holidays,
    )
    old.ended_at = found.original_start
    old.save(update_fields=["ended_at"])
    planned = [_moved(each, room, shift, minutes) for each in following]
    left = [(each.room, each.starts_at, each.ends_at) for each in following]
    _leave(following)
    taken = _taken_among([each.wish for each in planned])
    _refuse_clashes(
        [
            replace(each, clash=_clash(actor, each.wish)) if place in taken else each
            for place, each in enumerate(planned)
        ]
    )
    for each, occurrence in zip(following, planned, strict=True):
        rules.check(actor, occurrence.wish)
        booking.refuse_unapproved(actor, occurrence.wish)
        _put(each, series, occurrence)
    with booking.taking(actor, planned[0].wish):
        Meeting.objects.bulk_update(following, [
            "series", "original_start", "room", "starts_at", "ends_at", "all_day", "setup_minutes", "clearing_minutes", "sequence",
            "state", "gave_back_at", "gave_back_reason",
        ])  # fmt: skip
    trail.record(
        actor, "meetings.move_following", series,
        before={"series": old.pk, "room": found.room_id},
        after={"meetings": len(following), "room": following[0].room_id, "minutes_later": int(shift.total_seconds() // 60)},
    )  # fmt: skip
    for each, place in zip(following, left, strict=True):
        booking.follow(each, *place)
    return series


def _following(found: Meeting) -> list[Meeting]:
    """The booked meetings of its series from ``found`` on, locked. Raises Conflict where there are none."""
    following = list(
        Meeting.objects.select_for_update(of=("self",))
        .filter(series=found.series, original_start__gte=found.original_start, state=MeetingState.BOOKED)
        .select_related("room__place", "room__keeper", "room__only_for", "organiser__organisation")
        .order_by("original_start")
    )
    if following:
        return following
    if found.state == MeetingState.PENDING:
        raise Conflict(_("系列会议正在审批，请审批通过后再改，或撤回后重新申请。"))
    raise Conflict(_("后续会议均已结束或取消。"))


def _leave(meetings: list[Meeting]) -> None:
    """All of them leave their rooms first, so that one may take what another of them leaves."""
    Meeting.objects.filter(pk__in=[each.pk for each in meetings]).update(
        state=MeetingState.CANCELLED,
        gave_back_at=timezone.now(),
        gave_back_reason="moved",
        series=None,
        original_start=None,
    )


def _put(meeting: Meeting, series: Series, occurrence: Occurrence) -> None:
    """The meeting as the new series has it; not written yet."""
    wish = occurrence.wish
    meeting.series, meeting.original_start = series, occurrence.original_start
    meeting.room, meeting.starts_at, meeting.ends_at = wish.room, wish.starts_at, wish.ends_at
    meeting.setup_minutes, meeting.clearing_minutes = wish.room.setup_minutes, wish.room.clearing_minutes
    meeting.all_day = wish.all_day
    meeting.sequence += 1
    meeting.state, meeting.gave_back_at, meeting.gave_back_reason = MeetingState.BOOKED, None, ""


@transaction.atomic
def cancel_following(actor: Person, *, meeting: int, reason: str = "") -> int:
    """Call off this meeting of a series and all after it; answers how many. Raises as :func:`booking.cancel`."""
    seen = queries.meeting_of(actor, meeting)
    if booking.withdraws_case(seen, following=True):
        return booking.withdraw_case(actor, seen, reason)
    found = booking.locked(actor, meeting)
    if found.series is None or found.original_start is None:
        raise Conflict(_("这不是系列会议。"))
    following = (
        Meeting.objects.select_for_update(of=("self",))
        .filter(
            series=found.series,
            original_start__gte=found.original_start,
            state__in=(MeetingState.BOOKED, MeetingState.PENDING),
        )
        .select_related("room__place", "organiser", "section")
        .order_by("original_start")
    )
    count = 0
    for each in following:
        booking.give_back(actor, each, MeetingState.CANCELLED, reason or _("系列会议取消"))
        count += 1
    found.series.ended_at = found.original_start
    found.series.save(update_fields=["ended_at"])
    return count


def _rest_of(series: Series, since: datetime) -> str:
    """The rule for what is left of a series from one of its dates on: the same, with that many dates."""
    left = sum(start >= since for start in starts_of(series.rule, series.starts_at))
    parts = [part for part in series.rule.split(";") if not part.startswith(("COUNT=", "UNTIL="))]
    return ";".join([*parts, f"COUNT={left}"])


def _as_chosen(wish: Wish, start: datetime, choice: Choice | None) -> Wish:
    begins = (choice and choice.starts_at) or start
    room = (choice and choice.room) or wish.room
    return replace(wish, room=room, starts_at=begins, ends_at=begins + timedelta(minutes=wish.minutes))


def _moved(meeting: Meeting, room: Room | None, shift: timedelta, minutes: int | None) -> Occurrence:
    assert meeting.original_start is not None
    begins = meeting.starts_at + shift
    wish = Wish(
        room=room or meeting.room, organiser=meeting.organiser, starts_at=begins,
        ends_at=begins + timedelta(minutes=minutes or meeting.minutes), expected=meeting.expected,
        meeting_class=meeting.meeting_class, exceeds=meeting.exceeds, fen_a_head_day=meeting.fen_a_head_day,
    )  # fmt: skip
    return Occurrence(meeting.original_start + shift, wish)


def _taken_among(wishes: Sequence[Wish]) -> set[int]:
    """Places of the wishes whose room is taken, by one query over all rooms and the whole span."""
    if not wishes:
        return set()
    rooms = {wish.room.pk for wish in wishes}
    span = (
        min(wish.starts_at for wish in wishes) - timedelta(days=1),
        max(wish.ends_at for wish in wishes) + timedelta(days=1),
    )
    taken = Occupation.objects.filter(part__wholes__room__in=rooms, during__overlap=span)
    by_room: dict[int, list[tuple[datetime, datetime]]] = {}
    for room, during in taken.values_list("part__wholes__room", "during"):
        by_room.setdefault(room, []).append((during.lower, during.upper))
    return {
        place
        for place, wish in enumerate(wishes)
        if any(lower < _until(wish) and upper > _from(wish) for lower, upper in by_room.get(wish.room.pk, ()))
    }


def _from(wish: Wish) -> datetime:
    return wish.starts_at - timedelta(minutes=wish.room.setup_minutes)


def _until(wish: Wish) -> datetime:
    return wish.ends_at + timedelta(minutes=wish.room.clearing_minutes)


def _now_taken(planned: Sequence[Occurrence]) -> list[Occurrence]:
    taken = _taken_among([each.wish for each in planned])
    return [each for place, each in enumerate(planned) if place in taken]


def _clash(actor: Person, wish: Wish) -> Clash:
    near = queries.alternatives_to(
        wish.organiser, wish.room, wish.starts_at, wish.ends_at, seats=wish.expected, now=timezone.now()
    )
    why = queries.taken_by(actor, [wish.room.pk], _from(wish), _until(wish)) or _("该时段已被占用")
    return Clash(wish.starts_at, wish.ends_at, why, tuple(near))


def _refuse_clashes(planned: Sequence[Occurrence]) -> None:
    clashes = [each.clash for each in planned if each.clash]
    if clashes:
        said = ngettext(
            "有 %(count)d 次会议的时段已被占用，请逐一选择换会议室、改时间或跳过。",
            "有 %(count)d 次会议的时段已被占用，请逐一选择换会议室、改时间或跳过。",
            len(clashes),
        )
        raise SeriesClash(said % {"count": len(clashes)}, clashes)
