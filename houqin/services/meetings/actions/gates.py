"""Doors and parking of a meeting: participants may pass for its time only, a share of a lot is kept; all of it moves and ends with it."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from houqin.foundation.errors import Conflict
from houqin.foundation.notices.actions import tell
from houqin.foundation.people.models import Person
from houqin.foundation.trail.actors import SYSTEM
from houqin.services.access import actions as access
from houqin.services.access import queries as doors
from houqin.services.meetings.actions import booking
from houqin.services.meetings.models import Meeting, Reply
from houqin.services.meetings.queries.gates import AFTER, BEFORE, source_of
from houqin.services.parking import actions as parking
from houqin.services.visitors import actions as visitors


@transaction.atomic
def open_doors(meeting: int) -> int:
    """Let those of ours who are asked and did not decline through the doors before the room; answers how many may pass.

    Guests come as visitors and pass as such. A few statements, however many there are; again: nothing new.
    """
    found = (
        Meeting.objects.select_for_update(of=("self",))
        .select_related("room__place")
        .filter(pk=meeting)
        .first()
    )
    if found is None or not found.keeps_room:
        return 0
    areas = doors.areas_of(found.room.place)
    if not areas:
        return 0
    source = source_of(found)
    asked = found.participants.filter(person__isnull=False).select_related("person")
    gone = [doors.person_holder(each.person) for each in asked.filter(reply=Reply.NO) if each.person]
    access.end(SYSTEM, source=source, holders=gone, reason=_("不参加"))
    holders = [
        (doors.person_holder(each.person), each.name, each.person)
        for each in asked.exclude(reply=Reply.NO)
        if each.person
    ]
    permits = access.grant_many(
        SYSTEM, source=source, holders=holders, areas=areas, from_at=found.starts_at - BEFORE,
        until_at=found.ends_at + AFTER, reason=found.title if not found.private else "",
    )  # fmt: skip
    return len(permits)


def close_doors(meeting: Meeting, person: Person) -> None:
    """Somebody is not asked any more."""
    access.end(
        SYSTEM, source=source_of(meeting), holders=[doors.person_holder(person)], reason=_("已移出参会名单")
    )


@transaction.atomic
def reserve_parking(actor: Person, *, meeting: int, spaces: int) -> str:
    """Keep so many spaces of a lot for the meeting's time, and answer which; once more changes how many, none gives them
    back. Raises NotFound, NotPermitted, Conflict naming lots that have room, or where the meeting is over.
    """
    found = booking.locked(actor, meeting)
    if not found.is_open:
        raise Conflict(_("会议现为“%(state)s”，不能预留车位。") % {"state": found.get_state_display()})
    if spaces == 0:
        parking.release(actor, source=source_of(found))
        return ""
    made = parking.reserve(
        actor, source=source_of(found), from_at=found.starts_at - BEFORE, until_at=found.ends_at + AFTER, spaces=spaces
    )  # fmt: skip
    return str(made.lot)


def move_gates(meeting: Meeting, by: timedelta) -> None:
    """The meeting is at another time. Where no lot has the spaces then, they are given back and the organiser is told."""
    source, from_at, until_at = source_of(meeting), meeting.starts_at - BEFORE, meeting.ends_at + AFTER
    access.move(SYSTEM, source=source, from_at=from_at, until_at=until_at)
    visitors.move(SYSTEM, source=source, from_at=from_at, until_at=until_at)
    try:
        parking.move(SYSTEM, source=source, from_at=from_at, until_at=until_at)
    except Conflict:  # no lot has room then
        parking.release(SYSTEM, source=source)
        tell(
            [meeting.organiser],
            kind="meetings.no_parking",
            title=lambda: _("会议改期后没有可预留的车位"),
            body=lambda: _("%(title)s：原来预留的车位已退回，请另行安排。") % {"title": meeting.title},
            url=f"/meetings/{meeting.pk}/needs",
            record=meeting,
        )


def close_gates(meeting: Meeting) -> None:
    """The meeting was over early: doors and spaces are too, after the time to leave."""
    source, from_at, until_at = source_of(meeting), meeting.starts_at - BEFORE, meeting.ends_at + AFTER
    access.move(SYSTEM, source=source, from_at=from_at, until_at=until_at)
    visitors.move(SYSTEM, source=source, from_at=from_at, until_at=until_at)
    parking.move(SYSTEM, source=source, from_at=from_at, until_at=until_at)


def end_gates(meeting: Meeting) -> None:
    """The meeting is off: nobody passes for it, its spaces are free, no guest is expected."""
    visitors.cancel(SYSTEM, source=source_of(meeting), reason=meeting.gave_back_reason)
    access.end(SYSTEM, source=source_of(meeting), reason=meeting.gave_back_reason)
    parking.release(SYSTEM, source=source_of(meeting))
