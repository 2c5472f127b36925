"""What doors and parking hold for a meeting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from houqin.services.access import queries as doors
from houqin.services.meetings.models import Meeting, Participant
from houqin.services.parking import queries as parking
from houqin.services.visitors import queries as visitors

#: Doors and spaces are open this long before the start and after the end.
BEFORE, AFTER = timedelta(minutes=45), timedelta(minutes=30)


@dataclass(frozen=True)
class Gates:
    """From when to when one may pass, into which areas, how many may; how many spaces are kept and in which lot; what each lot
    could still keep then, in the order of guidance.
    """

    from_at: datetime
    until_at: datetime
    areas: list[str]
    passing: int
    spaces: int
    lot: str
    rooms: list[tuple[str, int]]


def source_of(meeting: Meeting) -> str:
    """By what doors and parking know what belongs to a meeting."""
    return f"meetings.meeting:{meeting.pk}"


def visit_of(participant: Participant) -> Any:
    """A guest's visit as visitors know it, once they are expected."""
    if not participant.visit_id:
        return None
    return visitors.of_source(source_of(participant.meeting)).filter(pk=participant.visit_id).first()


def gates_of(meeting: Meeting) -> Gates:
    """A bounded number of queries, however many come."""
    from_at, until_at = meeting.starts_at - BEFORE, meeting.ends_at + AFTER
    kept = parking.reserved_for(source_of(meeting)).first()
    return Gates(
        from_at=from_at,
        until_at=until_at,
        areas=[str(area) for area in doors.areas_of(meeting.room.place)],
        passing=doors.permits_for(source_of(meeting)).count(),
        spaces=kept.spaces if kept else 0,
        lot=str(kept.lot) if kept else "",
        rooms=[(room.name, room.free) for room in parking.rooms(from_at, until_at)],
    )
