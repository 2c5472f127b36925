"""Figures for who looks after rooms, each over the rooms within ``meetings.insight``: how they are used, who does not come, how
it was. Every function is one query (and one for the rooms) and answers plain rows, ready for a page or a panel.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Avg, Count, F, QuerySet

from houqin.foundation.calendar import clock
from houqin.foundation.people import scope
from houqin.foundation.trail.actors import Actor
from houqin.services.meetings.models import Feedback, Room
from houqin.services.meetings.queries.grid import day_of

FIRST_HOUR, LAST_HOUR = 7, 21

# A meeting counts with the room it was in, from its start to its end; who never came does not use a room.
_BY_ROOM = """
SELECT p.full_name, r.capacity, extract(epoch FROM r.closes_at - r.opens_at) / 60, count(m.id),
       coalesce(sum(extract(epoch FROM m.ends_at - m.starts_at) / 60), 0), coalesce(avg(m.expected), 0)
FROM meetings_room r JOIN places_place p ON p.id = r.place_id
LEFT JOIN meetings_meeting m ON m.room_id = r.place_id AND m.state IN ('running', 'ended')
  AND m.starts_at >= %(from)s AND m.starts_at < %(to)s
WHERE r.place_id = ANY(%(rooms)s)
GROUP BY p.full_name, p.position, r.place_id ORDER BY 5 DESC, p.position
"""
_BY_HOUR = """
SELECT h, coalesce(sum(greatest(extract(epoch FROM least(m.e, d + make_interval(hours => h + 1))
                                                - greatest(m.s, d + make_interval(hours => h))), 0)) / 60, 0)
FROM (SELECT starts_at AT TIME ZONE 'Asia/Shanghai' AS s, ends_at AT TIME ZONE 'Asia/Shanghai' AS e FROM meetings_meeting
      WHERE room_id = ANY(%(rooms)s) AND state IN ('running', 'ended') AND starts_at >= %(from)s AND starts_at < %(to)s) m
CROSS JOIN LATERAL generate_series(date_trunc('day', m.s), m.e, interval '1 day') d
CROSS JOIN generate_series(%(first)s::int, %(last)s::int) h
GROUP BY h ORDER BY h
"""
_BY_UNIT = """
SELECT coalesce(u.name, s.name), count(*) FILTER (WHERE m.state <> 'released'),
       coalesce(sum(extract(epoch FROM m.ends_at - m.starts_at) / 60) FILTER (WHERE m.state <> 'released'), 0),
       count(*) FILTER (WHERE m.state = 'released')
FROM meetings_meeting m JOIN people_organisation s ON s.id = m.section_id
LEFT JOIN people_organisation u ON u.kind = 'unit' AND u.id = ANY(string_to_array(trim(BOTH '/' FROM s.path), '/')::bigint[])
WHERE m.room_id = ANY(%(rooms)s) AND m.state IN ('running', 'ended', 'released')
  AND m.starts_at >= %(from)s AND m.starts_at < %(to)s
GROUP BY 1 ORDER BY 4 DESC, 3 DESC, 1
"""


@dataclass(frozen=True)
class RoomUse:
    """A room in a period: meetings, hours used, and of the hours it was open on workdays how much that is."""

    name: str
    seats: int
    meetings: int
    hours: float
    share: float
    people: float

    @property
    def filled(self) -> float:
        """How much of its seats a meeting took, on average."""
        return self.people / self.seats


@dataclass(frozen=True)
class HourUse:
    """An hour of the day: the share of all rooms that were used on a workday of the period."""

    hour: int
    share: float


@dataclass(frozen=True)
class UnitUse:
    """A unit in a period: meetings held, hours, and those that nobody came to."""

    name: str
    meetings: int
    hours: float
    missed: int

    @property
    def missed_share(self) -> float:
        return self.missed / (self.meetings + self.missed)


def use_by_room(actor: Actor, first: date, last: date) -> list[RoomUse]:
    """The rooms, the most used first."""
    days = workdays(first, last)
    return [
        RoomUse(name, seats, count, float(minutes) / 60, float(minutes) / max(float(opened) * days, 1), float(people))
        for name, seats, opened, count, minutes, people in _rows(actor, _BY_ROOM, first, last)
    ]  # fmt: skip


def use_by_hour(actor: Actor, first: date, last: date) -> list[HourUse]:
    """The hours from :data:`FIRST_HOUR` on; hours without any meeting too."""
    rooms = len(_rooms(actor))
    most = max(rooms * workdays(first, last) * 60, 1)
    used = {hour: float(minutes) for hour, minutes in _rows(actor, _BY_HOUR, first, last)}
    return [HourUse(hour, used.get(hour, 0.0) / most) for hour in range(FIRST_HOUR, LAST_HOUR + 1)]


def use_by_unit(actor: Actor, first: date, last: date) -> list[UnitUse]:
    """The units, those first that most often did not come: the no-show report."""
    return [
        UnitUse(name, meetings, float(minutes) / 60, missed)
        for name, meetings, minutes, missed in _rows(actor, _BY_UNIT, first, last)
    ]


def scores(actor: Actor, first: date, last: date, *, by: str) -> QuerySet[Feedback, dict[str, Any]]:
    """Average stars by ``room``, ``team`` (who keeps the room) or kind of ``need``.

    Rows have ``what``, ``room``, ``service`` and ``count``; the worst first.
    """
    what = {
        "room": "participant__meeting__room__place__full_name",
        "team": "participant__meeting__room__keeper__name",
        "need": "participant__meeting__needs__kind",
    }[by]
    begins, ends = day_of(first)[0], day_of(last)[1]
    rows = Feedback.objects.filter(
        participant__meeting__room__in=_rooms(actor), participant__meeting__starts_at__range=(begins, ends),
        **{f"{what}__isnull": False},
    ).values(what=F(what))  # fmt: skip
    return rows.annotate(
        room=Avg("room_stars"), service=Avg("service_stars"), count=Count("pk", distinct=True)
    ).order_by("service", "room", "what")


def workdays(first: date, last: date) -> int:
    """How many days of the period the statutory calendar works; at the least one."""
    calendar = clock.load()
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return max(sum(calendar.is_workday(day) for day in days), 1)


def _rooms(actor: Actor) -> list[int]:
    seen = scope.within(actor, "meetings.insight", organisation="keeper__path", place="place__path")
    return list(
        Room.objects.filter(seen, place__ended_on__isnull=True).order_by().values_list("pk", flat=True)
    )


def _rows(actor: Actor, statement: str, first: date, last: date) -> list[tuple[Any, ...]]:
    span: dict[str, datetime] = {"from": day_of(first)[0], "to": day_of(last)[1]}
    with connection.cursor() as cursor:
        cursor.execute(statement, {**span, "rooms": _rooms(actor), "first": FIRST_HOUR, "last": LAST_HOUR})
        return cursor.fetchall()
