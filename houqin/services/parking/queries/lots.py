"""Lots as they are now, and what can be promised of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from houqin.services.parking.models import Lot, Reservation
from houqin.services.parking.problems import Room

#: A lot this full is told as nearly full.
NEARLY = 0.9
#: Somebody who comes this much before a reservation begins finds their space.
EARLY = timedelta(minutes=30)

# What is promised for now and has not come yet is no free space. Accessible bays say nothing of themselves: taken are as many as
# there are vehicles inside whose permit asks for one.
_NOW = """
SELECT l.place_id, p.code, p.name, l.capacity, l.inside, l.visitors, l.note, coalesce(h.held, 0),
       coalesce(b.bays, 0), coalesce(b.idle, 0), coalesce(b.accessible, 0), coalesce(w.inside, 0)
FROM parking_lot l
JOIN places_place p ON p.id = l.place_id
LEFT JOIN (
  SELECT lot_id, count(*) FILTER (WHERE kind = 'ev') AS bays, count(*) FILTER (WHERE charge = 'idle') AS idle,
         count(*) FILTER (WHERE kind = 'accessible') AS accessible
  FROM parking_space WHERE active AND kind IN ('ev', 'accessible') GROUP BY lot_id
) b ON b.lot_id = l.place_id
LEFT JOIN (
  SELECT s.lot_id, count(*) AS inside FROM parking_platepermit x JOIN parking_stay s ON s.permit_id = x.id AND s.out_at IS NULL
  WHERE x.accessible AND x.state = 'open' GROUP BY s.lot_id
) w ON w.lot_id = l.place_id
LEFT JOIN (
  SELECT r.lot_id, sum(greatest(r.spaces - (
    SELECT count(*) FROM parking_stay s WHERE s.reservation_id = r.id AND s.out_at IS NULL
  ), 0)) AS held
  FROM parking_reservation r
  WHERE r.released_at IS NULL AND r.starts_at <= %(early)s AND r.ends_at > %(at)s
  GROUP BY r.lot_id
) h ON h.lot_id = l.place_id
WHERE l.open AND p.ended_on IS NULL
ORDER BY l.position, l.place_id
"""
_ROOM = """
SELECT l.place_id, p.code, p.name, l.reservable - parking_reserved_peak(l.place_id, %(from_at)s, %(until_at)s) AS free
FROM parking_lot l JOIN places_place p ON p.id = l.place_id
WHERE l.open AND p.ended_on IS NULL AND (%(lot)s::bigint IS NULL OR l.place_id = %(lot)s)
ORDER BY l.position, l.place_id
"""


@dataclass(frozen=True)
class LotNow:
    """A lot at this moment: vehicles inside, spaces held for who is expected, and what is free for others; charging and accessible
    bays, and how many of them are free."""

    lot: int
    code: str
    name: str
    capacity: int
    inside: int
    held: int
    visitors: bool
    note: str
    bays: int = 0
    bays_idle: int = 0
    accessible: int = 0
    accessible_taken: int = 0

    @property
    def accessible_free(self) -> int:
        """Free accessible bays, never below none."""
        return max(self.accessible - self.accessible_taken, 0)

    @property
    def free(self) -> int:
        """Free spaces, never below none."""
        return max(self.capacity - max(self.inside, 0) - self.held, 0)

    @property
    def level(self) -> str:
        """``full``, ``nearly`` or ``free``."""
        if self.free == 0:
            return "full"
        return "nearly" if self.free < self.capacity * (1 - NEARLY) else "free"


def lots_now(at: datetime | None = None) -> list[LotNow]:
    """All open lots as they are, in the order of guidance: one query."""
    at = at or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_NOW, {"at": at, "early": at + EARLY})
        rows = cursor.fetchall()
    return [
        LotNow(lot, code, name, capacity, inside, int(held), visitors, note, *bays)
        for lot, code, name, capacity, inside, visitors, note, held, *bays in rows
    ]


def free_spaces(lot: Lot | int, from_at: datetime, until_at: datetime) -> int:
    """How many spaces of a lot can still be reserved for the whole period; none where the lot is closed."""
    found = rooms(from_at, until_at, lot=lot if isinstance(lot, int) else lot.pk)
    return found[0].free if found else 0


def rooms(from_at: datetime, until_at: datetime, *, lot: int | None = None) -> list[Room]:
    """What each open lot can still promise for the period, in the order of guidance: one query."""
    with connection.cursor() as cursor:
        cursor.execute(_ROOM, {"from_at": from_at, "until_at": until_at, "lot": lot})
        return [Room(pk, code, name, max(int(free), 0)) for pk, code, name, free in cursor.fetchall()]


def reserved_for(source: str) -> QuerySet[Reservation]:
    """What is promised for a source at present."""
    return (
        Reservation.objects.filter(source=source, released_at__isnull=True)
        .select_related("lot__place")
        .order_by("id")
    )


def as_json(now: LotNow) -> dict[str, Any]:
    """A lot as the API tells it."""
    return {
        "code": now.code,
        "name": now.name,
        "capacity": now.capacity,
        "inside": now.inside,
        "held": now.held,
        "free": now.free,
        "level": now.level,
        "charging_bays": now.bays,
        "charging_free": now.bays_idle,
        "accessible_bays": now.accessible,
        "accessible_free": now.accessible_free,
    }
