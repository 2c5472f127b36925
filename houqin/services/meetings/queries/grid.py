"""The day of all rooms in one glance: what each holds, who has it when.

A grid is asked for far more often than it changes. So one statement answers, for every room, a mark of what would be
drawn; only rooms whose mark is not known are read and drawn again (:mod:`houqin.services.meetings.views.grid`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.utils import timezone

_MARKS = """
WITH taken AS MATERIALIZED (
  SELECT part.room_id, string_agg(concat_ws('/', o.during, m.sequence, m.state, m.title, m.private, b.reason), ',' ORDER BY o.id) AS said
  FROM meetings_occupation o JOIN meetings_roompart part ON part.part_id = o.part_id
  LEFT JOIN meetings_meeting m ON m.id = o.meeting_id LEFT JOIN meetings_blocking b ON b.id = o.blocking_id
  WHERE o.during && %(day)s::tstzrange
  GROUP BY part.room_id
)
SELECT r.place_id, md5(concat(r::text, p.full_name, p.position, taken.said))
FROM meetings_room r JOIN places_place p ON p.id = r.place_id LEFT JOIN taken ON taken.room_id = r.place_id
WHERE r.bookable AND p.ended_on IS NULL
ORDER BY p.position, r.place_id
"""
_BARS = """
SELECT DISTINCT part.room_id, m.id, m.title, m.private, coalesce(m.starts_at, b.starts_at), coalesce(m.ends_at, b.ends_at),
       m.state, m.room_id, coalesce(nullif(s.short_name, ''), s.name), b.reason
FROM meetings_roompart part
JOIN meetings_occupation o ON o.part_id = part.part_id AND o.during && %(day)s::tstzrange
LEFT JOIN meetings_meeting m ON m.id = o.meeting_id
LEFT JOIN people_organisation s ON s.id = m.section_id
LEFT JOIN meetings_blocking b ON b.id = o.blocking_id
WHERE part.room_id = ANY(%(rooms)s)
ORDER BY 1, 5
"""


@dataclass(frozen=True)
class Bar:
    """A stretch of a room's day that is taken; ``title`` is empty where it is not public."""

    room: int
    meeting: int | None
    title: str
    starts_at: datetime
    ends_at: datetime
    state: str
    elsewhere: bool
    section: str
    reason: str


def day_of(day: date) -> tuple[datetime, datetime]:
    """The local day as two moments."""
    begins = timezone.make_aware(datetime.combine(day, time()))
    return begins, begins + timedelta(days=1)


def marks(day: date) -> list[tuple[int, str]]:
    """Every open room, in the order of the compound, with a mark of all that a drawing of its day shows. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_MARKS, {"day": _range(*day_of(day))})
        return cursor.fetchall()


def bars(starts_at: datetime, ends_at: datetime, rooms: Collection[int]) -> dict[int, list[Bar]]:
    """What takes these rooms then, by room. One query. A joined room is also taken by what its parts hold."""
    found: dict[int, list[Bar]] = {room: [] for room in rooms}
    with connection.cursor() as cursor:
        cursor.execute(_BARS, {"day": _range(starts_at, ends_at), "rooms": list(rooms)})
        for room, meeting, title, private, begins, ends, state, where, section, reason in cursor.fetchall():
            shown = "" if private else title or ""
            elsewhere = where is not None and where != room
            found[room].append(
                Bar(room, meeting, shown, begins, ends, state or "", elsewhere, section or "", reason or "")
            )
    return found


def _range(starts_at: datetime, ends_at: datetime) -> str:
    return f"[{starts_at.isoformat()},{ends_at.isoformat()})"
