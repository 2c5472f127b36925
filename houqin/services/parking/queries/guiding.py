"""Where a vehicle should go now, and by what right it is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.errors import Text
from houqin.services.parking.models import Standing
from houqin.services.parking.plates import as_read, neighbours
from houqin.services.parking.queries.lots import EARLY, LotNow, lots_now

_KNOWN = """
SELECT 'stay', plate, id, lot_id FROM parking_stay WHERE out_at IS NULL AND plate LIKE ANY(%(like)s)
UNION ALL
SELECT 'permit', plate, id, lot_id FROM parking_platepermit
  WHERE state = 'open' AND from_on <= %(day)s AND until_on >= %(day)s AND plate LIKE ANY(%(like)s)
UNION ALL
SELECT 'reservation', plate, id, lot_id FROM parking_reservation
  WHERE released_at IS NULL AND starts_at <= %(early)s AND ends_at > %(at)s AND plate LIKE ANY(%(like)s)
UNION ALL
SELECT 'partner', x.plate, x.id, NULL FROM parking_partnerpermit x JOIN parking_partner y ON y.id = x.partner_id
  WHERE x.revoked_at IS NULL AND y.revoked_at IS NULL AND x.from_on <= %(day)s AND x.until_on >= %(day)s
    AND x.plate LIKE ANY(%(like)s)
ORDER BY 1, 3
"""


class Known(NamedTuple):
    """Something that a plate, or one like it, is known by: ``stay``, ``permit``, ``reservation``, ``partner``."""

    what: str
    plate: str
    id: int
    lot: int | None


@dataclass(frozen=True)
class Guidance:
    """The lot to drive to (none: all are full), why this one, and how many spaces it has."""

    lot: LotNow | None
    why: Text
    free: int
    standing: Standing = Standing.STRANGER


def known_by(plate: str, at: datetime, *, like: bool = False) -> list[Known]:
    """What ``plate`` is known by at a moment; with ``like`` also what is known of plates one character away. One query."""
    # An exact plate is found by the unique indexes; patterns read the tables, so only an unsure reading asks for them.
    known = _KNOWN if like else _KNOWN.replace("LIKE ANY", "= ANY")
    patterns = neighbours(plate) if like else [plate]
    given: dict[str, Any] = {"like": patterns, "day": timezone.localdate(at), "at": at, "early": at + EARLY}
    with connection.cursor() as cursor:
        cursor.execute(known, given)
        return [Known(*row) for row in cursor.fetchall()]


def standing_of(known: Sequence[Known], lot: int) -> tuple[Standing, Known | None]:
    """By what right a plate known so is in ``lot``: what is good for this lot comes first."""
    order = (
        ("permit", True, Standing.PERMIT),
        ("reservation", True, Standing.RESERVATION),
        ("partner", False, Standing.PARTNER),
        ("permit", False, Standing.ELSEWHERE),
        ("reservation", False, Standing.RESERVATION),
    )
    for what, here, standing in order:
        for each in known:
            if each.what == what and (each.lot == lot or not here):
                return standing, each
    return Standing.STRANGER, None


def guide(plate: str, at: datetime | None = None) -> Guidance:
    """Which lot for this plate now: its reservation's, its permit's, else the first with room. Two queries.

    A reserved space is kept, so a lot that is full for others is not for who has one.
    """
    at = at or timezone.now()
    known = known_by(as_read(plate)[0], at) if plate else []
    every = lots_now(at)
    by_lot = {each.lot: each for each in every}
    for what, standing, why in (
        ("reservation", Standing.RESERVATION, _("已为您预留车位")),
        ("permit", Standing.PERMIT, _("您的通行证在此停车场")),
    ):
        for each in known:
            lot = by_lot.get(each.lot or 0)
            if each.what == what and lot and (what == "reservation" or lot.free):
                return Guidance(lot, why, max(lot.free, int(what == "reservation")), standing)
    standing = standing_of(known, 0)[0]
    staff = standing is not Standing.STRANGER
    fitting = next((lot for lot in every if lot.free and (lot.visitors or staff)), None)
    if fitting is None:
        return Guidance(None, _("各停车场已满，请停放在院区外"), 0, standing)
    instead = any(each.what == "permit" for each in known)
    return Guidance(
        fitting, _("您的停车场已满，请停此处") if instead else _("有空余车位"), fitting.free, standing
    )
