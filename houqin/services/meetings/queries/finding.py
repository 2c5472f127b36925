"""Finding a room and a time: what is free, what is nearest to a wish, what suits several people at once (MT11)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from houqin.foundation import tree
from houqin.foundation.people.models import Person
from houqin.foundation.places.models import Place
from houqin.services.meetings.models import Occupation, Room
from houqin.services.meetings.problems import Alternative
from houqin.services.meetings.queries.rooms import bookable_rooms

#: Starts are proposed on the quarter hour, half an hour apart when looked for.
STEP_MINUTES = 30
#: A window is looked through this far.
LONGEST_WINDOW = timedelta(days=31)


@dataclass(frozen=True)
class Found(Alternative):
    """A room and time that suit, and who of those asked for would be missing then."""

    code: str = ""
    busy: tuple[str, ...] = ()


def free_rooms(
    starts_at: datetime,
    ends_at: datetime,
    *,
    seats: int = 0,
    equipment: Collection[str] = (),
    layout: str = "",
    within: Place | None = None,
) -> QuerySet[Room]:
    """The rooms that are free throughout, their buffers included, and offer what is asked; smallest first."""
    rooms = bookable_rooms().filter(capacity__gte=seats, equipment__contains=list(equipment))
    if layout:
        rooms = rooms.filter(layouts__contains=[layout])
    if within:
        rooms = rooms.filter(place__path__startswith=within.path)
    taken = Occupation.objects.filter(part__wholes__room=OuterRef("pk"), during__overlap=(starts_at, ends_at))
    return rooms.filter(~Exists(taken)).order_by("capacity", "place__position", "place_id")


# The nearest ways out when a room is taken: the same room within the day at another time, another room at the same
# time; near means little waste of seats, the same building, little shift. One statement.
_NEAREST = """
WITH wanted AS (
  SELECT r.place_id, r.capacity, p.path, p.parent_id, %(starts)s::timestamptz AS s, %(ends)s::timestamptz AS e
  FROM meetings_room r JOIN places_place p ON p.id = r.place_id WHERE r.place_id = %(room)s
), candidates AS (
  SELECT w.place_id AS room, w.s + make_interval(mins => shift) AS s, w.e + make_interval(mins => shift) AS e,
         abs(shift) / 15 AS cost
  FROM wanted w, generate_series(-240, 240, 15) AS shift
  WHERE shift <> 0 AND w.s + make_interval(mins => shift) > %(now)s
  UNION ALL
  SELECT r.place_id, w.s, w.e,
         CASE WHEN p.parent_id = w.parent_id THEN 0 WHEN split_part(p.path, '/', 3) = split_part(w.path, '/', 3) THEN 2 ELSE 6 END
         + (r.capacity - greatest(%(seats)s, 1)) / 10 + CASE WHEN r.capacity < w.capacity THEN 1 ELSE 0 END
  FROM wanted w, meetings_room r JOIN places_place p ON p.id = r.place_id
  WHERE r.place_id <> w.place_id AND r.bookable AND p.ended_on IS NULL AND r.capacity >= greatest(%(seats)s, w.capacity / 2)
    AND (r.only_for_id IS NULL OR r.only_for_id = ANY(%(above)s))
), ranked AS (
  SELECT c.*, row_number() OVER (PARTITION BY c.room = %(room)s ORDER BY c.cost, c.s) AS place
  FROM candidates c JOIN meetings_room r ON r.place_id = c.room
  WHERE (c.s AT TIME ZONE 'Asia/Shanghai')::time >= r.opens_at
    AND ((c.e AT TIME ZONE 'Asia/Shanghai')::time <= r.closes_at
         OR (c.e AT TIME ZONE 'Asia/Shanghai')::date > (c.s AT TIME ZONE 'Asia/Shanghai')::date)
    AND NOT EXISTS (
    SELECT FROM meetings_roompart part JOIN meetings_occupation o ON o.part_id = part.part_id
    WHERE part.room_id = c.room AND o.during && tstzrange(c.s - make_interval(mins => r.setup_minutes),
                                                           c.e + make_interval(mins => r.clearing_minutes)))
)
SELECT ranked.room, p.full_name, r.capacity, ranked.s, ranked.e
FROM ranked JOIN places_place p ON p.id = ranked.room JOIN meetings_room r ON r.place_id = ranked.room
WHERE ranked.place <= %(most)s
ORDER BY ranked.cost, ranked.s, ranked.room LIMIT %(most)s
"""


def alternatives_to(
    organiser: Person,
    room: Room,
    starts_at: datetime,
    ends_at: datetime,
    *,
    seats: int,
    now: datetime,
    most: int = 3,
) -> list[Alternative]:
    """The nearest other rooms and times for a wish that cannot be met, the best first."""
    values: dict[str, Any] = {
        "room": room.pk, "starts": starts_at, "ends": ends_at, "seats": seats, "now": now, "most": most,
        "above": list(tree_ids(organiser)),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_NEAREST, values)
        return [Alternative(*row) for row in cursor.fetchall()]


# N people, needs and a window: every room that offers what is needed × every start, where the room is free; ranked by
# how many of the people would be missing, then by wasted seats and waiting, where twenty seats weigh as much as two hours.
_FIND = """
WITH starts AS (
  SELECT s, s + make_interval(mins => %(minutes)s) AS e
  FROM generate_series(%(from)s::timestamptz, %(to)s::timestamptz - make_interval(mins => %(minutes)s),
                       make_interval(mins => %(step)s)) AS s
  WHERE s > %(now)s
), engaged AS (
  SELECT who.person, m.starts_at AS s, m.ends_at AS e
  FROM (SELECT id AS meeting, organiser_id AS person FROM meetings_meeting WHERE organiser_id = ANY(%(people)s)
        UNION SELECT meeting_id, person_id FROM meetings_participant WHERE person_id = ANY(%(people)s) AND reply <> 'no') who
  JOIN meetings_meeting m ON m.id = who.meeting
  WHERE m.state IN ('pending', 'booked', 'running') AND m.starts_at < %(to)s AND m.ends_at > %(from)s
), missing AS (
  SELECT starts.s, array_agg(DISTINCT engaged.person) AS busy FROM starts
  JOIN engaged ON engaged.s < starts.e AND engaged.e > starts.s GROUP BY starts.s
), rooms AS (
  SELECT r.place_id, r.capacity, r.opens_at, r.closes_at, r.setup_minutes, r.clearing_minutes, p.full_name, p.position, p.code
  FROM meetings_room r JOIN places_place p ON p.id = r.place_id
  WHERE r.bookable AND p.ended_on IS NULL AND r.capacity >= %(seats)s AND r.equipment @> %(equipment)s::text[]
    AND (%(layout)s = '' OR %(layout)s = ANY(r.layouts)) AND p.path LIKE %(within)s
    AND (r.only_for_id IS NULL OR r.only_for_id = ANY(%(above)s))
), fitting AS (
  SELECT rooms.*, starts.s, starts.e, coalesce(missing.busy, '{}') AS busy,
         row_number() OVER (PARTITION BY starts.s ORDER BY rooms.capacity, rooms.position) AS in_turn
  FROM starts CROSS JOIN rooms LEFT JOIN missing ON missing.s = starts.s
  WHERE (starts.s AT TIME ZONE 'Asia/Shanghai')::time >= rooms.opens_at
    AND (starts.e AT TIME ZONE 'Asia/Shanghai')::time <= rooms.closes_at
    AND (starts.e AT TIME ZONE 'Asia/Shanghai')::date = (starts.s AT TIME ZONE 'Asia/Shanghai')::date
    AND NOT EXISTS (
      SELECT FROM meetings_roompart part JOIN meetings_occupation o ON o.part_id = part.part_id
      WHERE part.room_id = rooms.place_id
        AND o.during && tstzrange(starts.s - make_interval(mins => rooms.setup_minutes),
                                  starts.e + make_interval(mins => rooms.clearing_minutes)))
)
SELECT place_id, full_name, capacity, s, e, code, busy FROM fitting WHERE in_turn <= 3
ORDER BY cardinality(busy), (capacity - %(seats)s) / 20 + extract(epoch FROM s - %(from)s::timestamptz) / 7200, s, capacity,
         position LIMIT %(most)s
"""


def find(
    actor: Person,
    *,
    starts_from: datetime,
    ends_by: datetime,
    minutes: int,
    seats: int,
    now: datetime,
    people: Sequence[Person] = (),
    equipment: Collection[str] = (),
    layout: str = "",
    within: Place | None = None,
    most: int = 12,
) -> list[Found]:
    """Rooms and times in a window that suit, the best first: fewest of ``people`` engaged elsewhere, then little waste of
    seats and little waiting. One query; the window is cut at :data:`LONGEST_WINDOW`.
    """
    ends_by = min(ends_by, starts_from + LONGEST_WINDOW)
    values: dict[str, Any] = {
        "from": starts_from, "to": ends_by, "minutes": minutes, "step": STEP_MINUTES, "now": now, "seats": max(seats, 1),
        "people": [person.pk for person in people], "equipment": list(equipment), "layout": layout,
        "within": f"{within.path if within else '/'}%", "above": list(tree_ids(actor)), "most": most,
    }  # fmt: skip
    names = {person.pk: person.name for person in people}
    with connection.cursor() as cursor:
        cursor.execute(_FIND, values)
        return [
            Found(room, name, capacity, starts, ends, code, tuple(names[pk] for pk in busy))
            for room, name, capacity, starts, ends, code, busy in cursor.fetchall()
        ]


def tree_ids(person: Person) -> Sequence[int]:
    """The organisations above a person's own section, and itself."""
    return tree.ids(person.organisation.path)
