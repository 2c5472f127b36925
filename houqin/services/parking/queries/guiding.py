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
from houqin.services.parking.plates import as_read, is_new_energy, neighbours
from houqin.services.parking.queries.lots import EARLY, LotNow, lots_now

_KNOWN = """
SELECT 'stay', plate, id, lot_id, false FROM parking_stay WHERE out_at IS NULL AND plate LIKE ANY(%(like)s)
UNION ALL
SELECT 'permit', plate, id, lot_id, accessible FROM parking_platepermit
  WHERE state = 'open' AND from_on <= %(day)s AND until_on >= %(day)s AND plate LIKE ANY(%(like)s)
UNION ALL
SELECT 'reservation', plate, id, lot_id, false FROM parking_reservation
  WHERE released_at IS NULL AND starts_at <= %(early)s AND ends_at > %(at)s AND plate LIKE ANY(%(like)s)
UNION ALL
SELECT 'partner', x.plate, x.id, NULL, false FROM parking_partnerpermit x JOIN parking_partner y ON y.id = x.partner_id
  WHERE x.revoked_at IS NULL AND y.revoked_at IS NULL AND x.from_on <= %(day)s AND x.until_on >= %(day)s
    AND x.plate LIKE ANY(%(like)s)
ORDER BY 1, 3
"""


class Known(NamedTuple):
    """Something that a plate, or one like it, is known by: ``stay``, ``permit``, ``reservation``, ``partner``. ``accessible``: a permit
    whose driver needs an accessible bay."""

    what: str
    plate: str
    id: int
    lot: int | None
    accessible: bool = False


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


def guide(
    plate: str, at: datetime | None = None, *, charging: bool = False, accessible: bool = False
) -> Guidance:
    """Which lot for this plate now: its reservation's, else one with the bay that it needs, its permit's before others. Two queries.

    Who drives a new-energy vehicle is led to a free charging bay, who has a permit for it to an accessible one; ``charging`` and
    ``accessible`` say that somebody asks for such a bay. A reserved space is kept, so a lot that is full for others is not for who has one.
    """
    at = at or timezone.now()
    number = as_read(plate)[0] if plate else ""
    known = known_by(number, at) if number else []
    every = lots_now(at)
    by_lot = {each.lot: each for each in every}
    for each in known:
        lot = by_lot.get(each.lot or 0)
        if each.what == "reservation" and lot:
            return Guidance(lot, _("已为您预留车位"), max(lot.free, 1), Standing.RESERVATION)
    own = {each.lot for each in known if each.what == "permit"}
    standing = standing_of(known, 0)[0]
    open_to = [
        lot
        for lot in every
        if lot.free and (lot.visitors or lot.lot in own or standing is not Standing.STRANGER)
    ]
    if not open_to:
        return Guidance(None, _("各停车场已满，请停放在院区外"), 0, standing)
    charging = charging or is_new_energy(number)
    accessible = accessible or any(each.accessible for each in known)
    best = min(
        open_to,
        key=lambda lot: (
            accessible and not lot.accessible_free,
            charging and not lot.bays_idle,
            lot.lot not in own,
        ),
    )
    if best.lot in own:
        standing = Standing.PERMIT
    return Guidance(best, _why(best, own, charging=charging, accessible=accessible), best.free, standing)


def _why(lot: LotNow, own: set[int | None], *, charging: bool, accessible: bool) -> Text:
    if accessible:
        return _("有空余无障碍车位") if lot.accessible_free else _("无障碍车位已满，此处有空余车位")
    if charging:
        return _("有空闲充电车位") if lot.bays_idle else _("充电车位已满，此处有空余车位")
    if lot.lot in own:
        return _("您的通行证在此停车场")
    return _("您的停车场已满，请停此处") if own else _("有空余车位")
