"""The week of all rooms: what takes each, and for how long on each day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from houqin.services.meetings.models import Room
from houqin.services.meetings.queries.grid import Bar, bars, day_of
from houqin.services.meetings.queries.rooms import bookable_rooms

DAYS = 7


@dataclass(frozen=True)
class RoomWeek:
    """One room's seven days: what takes it, how many hours of each day, and how many hours a day it is open."""

    room: Room
    taken: list[Bar]
    hours: tuple[float, ...]
    open_hours: float

    @property
    def total(self) -> float:
        """The hours of all seven days."""
        return sum(self.hours)


def weeks(first: date) -> Iterator[RoomWeek]:
    """Every open room with its seven days from ``first`` on. Two queries, however many rooms."""
    rooms = list(bookable_rooms().select_related("place__parent"))
    begins, ends = day_of(first)[0], day_of(first + timedelta(days=DAYS))[0]
    taken = bars(begins, ends, [room.pk for room in rooms])
    for room in rooms:
        days = (first + timedelta(days=number) for number in range(DAYS))
        hours = tuple(_hours(room, day, taken[room.pk]) for day in days)
        opened = _at(first, room.closes_at) - _at(first, room.opens_at)
        yield RoomWeek(room, taken[room.pk], hours, opened / timedelta(hours=1))


def _hours(room: Room, day: date, taken: list[Bar]) -> float:
    """How long the room is taken within its hours."""
    at, closes, held = _at(day, room.opens_at), _at(day, room.closes_at), timedelta()
    for bar in taken:
        begins, ends = max(bar.starts_at, at), min(bar.ends_at, closes)
        if ends > begins:
            held += ends - begins
            at = ends
    return held / timedelta(hours=1)


def _at(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))
