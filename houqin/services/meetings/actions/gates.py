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
from houqin.services.parking import actions as parking

#: Doors and spaces are open this long before the start and after the end.
BEFORE, AFTER = timedelta(minutes=45), timedelta(minutes=30)


def source_of(meeting: Meeting) -> str:
    """By what doors and parking know what belongs to a meeting."""
    return f"meetings.meeting:{meeting.pk}"


@transaction.atomic
def open_doors(meeting: int) -> int:
    """Let everybody who is asked and did not decline through the doors before the room; answers how many. Again: nothing new."""
    found = Meeting.objects.select_related("room__place").filter(pk=meeting).first()
    if found is None or not found.keeps_room:
        return 0
    areas = doors.areas_of(found.room.place)
    if not areas:
        return 0
    source, count = source_of(found), 0
    for each in found.participants.select_related("person"):
        holder = doors.person_holder(each.person) if each.person else f"participant:{each.pk}"
        if each.reply == Reply.NO:
            access.end(SYSTEM, source=source, holder=holder, reason=_("不参加"))
            continue
        access.grant(
            SYSTEM, source=source, holder=holder, name=each.name, person=each.person, areas=areas,
            from_at=found.starts_at - BEFORE, until_at=found.ends_at + AFTER, reason=found.title if not found.private else "",
        )  # fmt: skip
        count += 1
    return count


@transaction.atomic
def reserve_parking(actor: Person, *, meeting: int, spaces: int) -> str:
    """Keep so many spaces of a lot for the meeting's time, and answer which; once more changes how many. Raises Conflict
    naming lots that have room.
    """
    found = booking.locked(actor, meeting)
    made = parking.reserve(
        actor, source=source_of(found), from_at=found.starts_at - BEFORE, until_at=found.ends_at + AFTER, spaces=spaces
    )  # fmt: skip
    return str(made.lot)


def move_gates(meeting: Meeting, by: timedelta) -> None:
    """The meeting is at another time. Where no lot has the spaces then, they are given back and the organiser is told."""
    source, from_at, until_at = source_of(meeting), meeting.starts_at - BEFORE, meeting.ends_at + AFTER
    access.move(SYSTEM, source=source, from_at=from_at, until_at=until_at)
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


def end_gates(meeting: Meeting) -> None:
    """The meeting is off: nobody passes for it, its spaces are free."""
    access.end(SYSTEM, source=source_of(meeting), reason=meeting.gave_back_reason)
    parking.release(SYSTEM, source=source_of(meeting))
