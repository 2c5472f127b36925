"""Booking a room, changing and giving it back. That a room is taken once is the database's to hold; here it is said
who has it and what else would do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.affairs.actions import perform
from houqin.affairs.models import Case
from houqin.foundation.errors import Conflict, NotPermitted, Problem
from houqin.foundation.notices.actions import tell
from houqin.foundation.people.models import Person
from houqin.foundation.rows import insert
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import SYSTEM, Actor
from houqin.services.meetings import queries, rules
from houqin.services.meetings.actions import waiting
from houqin.services.meetings.models import OCCUPYING, Meeting, MeetingState, Room, Series
from houqin.services.meetings.problems import Taken
from houqin.services.meetings.rules import Wish

TAKEN = "room_taken_once"
RECORDED = ("title", "room_id", "starts_at", "ends_at", "state", "expected")


def book(
    actor: Person,
    *,
    wish: Wish,
    title: str,
    private: bool = False,
    case: Case | None = None,
) -> Meeting:
    """Book a room for the organiser of ``wish``. With ``case`` the booking waits for approval, but keeps the room.

    Raises Problem with ``errors`` by field where a bound of the room or a regulation is broken, NotPermitted where the actor
    may not book for that organiser, Taken (with the nearest alternatives) where the room is somebody else's then.
    """
    may_book_for(actor, wish)
    rules.check(actor, wish)
    meeting = new_meeting(actor, wish, title, private=private, case=case)
    with taking(actor, wish):
        rules.check_quota(wish.organiser, wish.starts_at, wish.minutes)
        insert(meeting)
        trail.record(actor, "meetings.book", meeting, after=_kept(meeting))
        if actor.pk != wish.organiser.pk:
            _tell_organiser(
                meeting, "meetings.booked", lambda: _("%(who)s 为您预订了会议室") % {"who": actor.name}
            )
    return meeting


def may_book_for(actor: Person, wish: Wish) -> None:
    """On behalf of others books who serves the room, and who sits in the organiser's own section."""
    organiser = wish.organiser
    if actor.pk == organiser.pk or actor.organisation_id == organiser.organisation_id:
        return
    if not rules.serves_room(actor, wish.room):
        raise NotPermitted(_("您只能为本科室的同事预订；代其他科室预订请联系会务部门。"))


def new_meeting(
    actor: Person,
    wish: Wish,
    title: str,
    *,
    private: bool = False,
    case: Case | None = None,
    series: Series | None = None,
) -> Meeting:
    """A meeting that is not written yet."""
    if not title.strip():
        raise Problem(errors={"title": [_("请填写会议名称。")]})
    return Meeting(
        title=title.strip(),
        private=private,
        room=wish.room,
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
        all_day=wish.all_day,
        setup_minutes=wish.room.setup_minutes,
        clearing_minutes=wish.room.clearing_minutes,
        state=MeetingState.PENDING if case else MeetingState.BOOKED,
        organiser=wish.organiser,
        booked_by=actor,
        section=wish.organiser.organisation,
        external_organiser=wish.external_organiser,
        expected=wish.expected,
        layout=wish.layout,
        meeting_class=wish.meeting_class,
        fen_a_head_day=wish.fen_a_head_day,
        exceeds=wish.exceeds,
        series=series,
        original_start=wish.starts_at if series else None,
        case=case,
    )


@contextmanager
def taking(actor: Person, wish: Wish, *, but: int | None = None) -> Iterator[None]:
    """Write what takes the room, in a transaction; where that is impossible say who has it and what else is near."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if TAKEN not in str(error):
            raise
        raise _taken(actor, wish, but) from error


def _taken(actor: Person, wish: Wish, but: int | None) -> Taken:
    who = queries.taken_by(actor, [wish.room.pk], wish.starts_at, wish.ends_at, but=but)
    near = queries.alternatives_to(
        wish.organiser, wish.room, wish.starts_at, wish.ends_at, seats=wish.expected, now=timezone.now()
    )
    what = who or _("该时段刚刚被预订")
    return Taken(_("%(room)s：%(who)s。") % {"room": wish.room, "who": what}, near)


# -- changing ------------------------------------------------------------------------------------------------------


@transaction.atomic
def move(
    actor: Person,
    *,
    meeting: int,
    room: Room | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    seen: int | None = None,
) -> Meeting:
    """Another time or room for one meeting; of a series it becomes an exception. Waiting people get what it leaves.

    ``seen`` is the ``sequence`` the page showed. Raises NotFound, NotPermitted, Conflict where it has changed since or is over,
    Problem and Taken as :func:`book`.
    """
    found = locked(actor, meeting)
    if seen is not None and seen != found.sequence:
        raise Conflict(_("会议已有变动，请刷新后再改。"))
    if found.state not in (MeetingState.BOOKED, MeetingState.PENDING):
        raise Conflict(_("会议现为“%(state)s”，不能改期。") % {"state": found.get_state_display()})
    before = trail.values_of(found)
    left = (found.room, found.starts_at, found.ends_at)
    wish = Wish(
        room=room or found.room,
        organiser=found.organiser,
        starts_at=starts_at or found.starts_at,
        ends_at=ends_at or found.ends_at,
        expected=found.expected,
        layout=found.layout if room is None else "",
        meeting_class=found.meeting_class,
        exceeds=found.exceeds,
        external_organiser=found.external_organiser,
        fen_a_head_day=found.fen_a_head_day,
    )
    rules.check(actor, wish)
    refuse_unapproved(actor, wish)
    found.room, found.starts_at, found.ends_at = wish.room, wish.starts_at, wish.ends_at
    found.setup_minutes, found.clearing_minutes = wish.room.setup_minutes, wish.room.clearing_minutes
    found.all_day = wish.all_day
    found.sequence += 1
    with taking(actor, wish, but=found.pk):
        found.save()
    old, new = trail.difference(before, trail.values_of(found))
    trail.record(actor, "meetings.move", found, before=old, after=new)
    if actor.pk != found.organiser_id:
        _tell_organiser(found, "meetings.moved", lambda: _("您的会议已改期或换了会议室"))
    follow(found, *left)
    return found


def follow(meeting: Meeting, room: Room, starts_at: datetime, ends_at: datetime) -> None:
    """What hangs on a meeting moves along, and who waits gets the room and time it left."""
    for moved in MOVED:
        moved(meeting, meeting.starts_at - starts_at)
    waiting.promote(room, starts_at, ends_at)


def refuse_unapproved(actor: Person, wish: Wish) -> None:
    """A meeting is not moved past approval, but by who serves the room. Raises Problem with the way out."""
    if rules.approval_needed(wish) and not rules.serves_room(actor, wish.room):
        raise Problem(
            errors={"room": [_("此会议室该时段需要审批，请重新提交预订申请，或联系会务部门改期。")]}
        )


@transaction.atomic
def cancel(actor: Person, *, meeting: int, reason: str = "") -> Meeting:
    """Call one meeting off and give its room back. Raises NotFound, NotPermitted, Conflict where it is over."""
    seen = queries.meeting_of(actor, meeting)
    if withdraws_case(seen):
        withdraw_case(actor, seen, reason)
        return queries.meeting_of(actor, meeting)
    found = locked(actor, meeting)
    if found.state not in (MeetingState.BOOKED, MeetingState.PENDING):
        raise Conflict(_("会议现为“%(state)s”，不能取消。") % {"state": found.get_state_display()})
    return give_back(actor, found, MeetingState.CANCELLED, reason or _("组织者取消"))


def withdraws_case(meeting: Meeting, *, following: bool = False) -> bool:
    """Whether calling it off (with ``following``: and all after it) leaves nothing for its approval to decide on."""
    if meeting.state != MeetingState.PENDING or meeting.approval is None:
        return False
    if meeting.case:
        return True
    others = Meeting.objects.filter(series=meeting.series, state=MeetingState.PENDING).exclude(pk=meeting.pk)
    if following:
        others = others.filter(original_start__lt=meeting.original_start)
    return not others.exists()


def withdraw_case(actor: Person, meeting: Meeting, reason: str) -> int:
    """Its case is withdrawn, which gives back what it kept; answers how many meetings. The case is locked before them."""
    case = meeting.approval
    assert case is not None
    count = _pending_of(case).count()
    perform(actor, "withdraw", case=case.number, version=case.version, data={"comment": reason})
    return count


def give_back(actor: Actor, meeting: Meeting, state: MeetingState, reason: str) -> Meeting:
    """The room is free again, what hangs on the meeting ends, the first who waits gets it."""
    before = meeting.state
    meeting.state, meeting.gave_back_at, meeting.gave_back_reason = state, timezone.now(), reason
    meeting.sequence += 1
    meeting.save(update_fields=["state", "gave_back_at", "gave_back_reason", "sequence"])
    trail.record(
        actor,
        f"meetings.{state}",
        meeting,
        before={"state": before},
        after={"state": state, "reason": reason},
    )
    for ended in GIVEN_BACK:
        ended(meeting)
    if state is not MeetingState.RELEASED and actor.pk != meeting.organiser_id:
        _tell_organiser(meeting, "meetings.cancelled", lambda: _("您的会议已取消"))
    waiting.promote(meeting.room, meeting.starts_at, meeting.ends_at)
    return meeting


#: What hangs on a meeting and ends or moves with it: needs, invitations, permits, parking; ``actions/__init__`` fills these in.
#: Called in the transaction, with the meeting locked; for a move with how much later it is now.
GIVEN_BACK: list[Callable[[Meeting], Any]] = []
MOVED: list[Callable[[Meeting, timedelta], Any]] = []
ENDED_EARLY: list[Callable[[Meeting], Any]] = []


# -- as it happens -------------------------------------------------------------------------------------------------


@transaction.atomic
def open_meeting(actor: Actor, *, meeting: int) -> Meeting:
    """Somebody signed in at the door: it runs, and is not given away. A second time changes nothing.

    Raises NotFound, and Conflict where the room was given back already.
    """
    found = _lock(meeting)
    if found.state == MeetingState.BOOKED:
        found.state, found.opened_at = MeetingState.RUNNING, timezone.now()
        found.save(update_fields=["state", "opened_at"])
        trail.record(actor, "meetings.open", found, after={"opened_at": found.opened_at})
    elif found.state not in (MeetingState.RUNNING, MeetingState.ENDED):
        raise Conflict(_("会议现为“%(state)s”，不能签到。") % {"state": found.get_state_display()})
    return found


@transaction.atomic
def end(actor: Person, *, meeting: int) -> Meeting:
    """It is over before its time: the rest goes to who waits. Raises NotFound, NotPermitted, Conflict unless it runs."""
    found = locked(actor, meeting)
    now = timezone.now()
    if found.state != MeetingState.RUNNING or not found.starts_at < now:
        raise Conflict(_("会议现为“%(state)s”，无需结束。") % {"state": found.get_state_display()})
    left_from, left_to = now, found.ends_at
    found.state, found.ends_at = MeetingState.ENDED, min(now, found.ends_at)
    found.save(update_fields=["state", "ends_at"])
    trail.record(actor, "meetings.end", found, before={"ends_at": left_to}, after={"ends_at": found.ends_at})
    for ended in ENDED_EARLY:
        ended(found)
    if left_to > left_from:
        waiting.promote(found.room, left_from, left_to)
    return found


def locked(actor: Person, meeting: int) -> Meeting:
    """The meeting, locked with its series (in this order), if ``actor`` may run it. Raises NotFound and NotPermitted."""
    seen = queries.meeting_of(actor, meeting)
    if not queries.may_run(actor, seen):
        raise NotPermitted
    return _lock(meeting)


def _lock(meeting: int) -> Meeting:
    found = Meeting.objects.select_related(
        "room__place", "room__keeper", "organiser__organisation", "section", "series__case", "case"
    )
    series = Meeting.objects.filter(pk=meeting).values_list("series_id", flat=True).first()
    if series:
        Series.objects.select_for_update().get(pk=series)
    return found.select_for_update(of=("self",)).get(pk=meeting)


def _pending_of(case: Case) -> QuerySet[Meeting]:
    return Meeting.objects.filter(Q(case=case) | Q(series__case=case), state=MeetingState.PENDING)


def approve(case: Case) -> None:
    """The case of a pending booking, or of a whole series, was approved."""
    _pending_of(case).update(state=MeetingState.BOOKED)


def drop(case: Case, state: MeetingState, reason: str) -> None:
    """The case of a booking or a series ended without it: the rooms are given back."""
    kept = Meeting.objects.filter(Q(case=case) | Q(series__case=case), state__in=OCCUPYING)
    for meeting in kept.order_by("starts_at").values_list("pk", flat=True):
        give_back(SYSTEM, _lock(meeting), state, reason)


def _tell_organiser(meeting: Meeting, kind: str, title: Callable[[], str]) -> None:
    begins = timezone.localtime(meeting.starts_at)

    def body() -> str:
        return _("%(title)s，%(room)s，%(when)s。%(why)s") % {
            "title": meeting.title,
            "room": meeting.room,
            "when": f"{begins:%m-%d %H:%M}",
            "why": meeting.gave_back_reason,
        }

    tell(
        [meeting.organiser], kind=kind, title=title, body=body, url=f"/meetings/{meeting.pk}", record=meeting
    )


def _kept(meeting: Meeting) -> dict[str, Any]:
    return {name: getattr(meeting, name) for name in RECORDED}
