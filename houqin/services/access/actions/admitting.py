"""Opening a door: the pass on a phone, and the decision at the door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils import timezone

from houqin.foundation.errors import NotFound, Text
from houqin.foundation.people import scope
from houqin.foundation.trail.actors import Actor
from houqin.services.access import keys, queries
from houqin.services.access.models import Controller, Direction, Door, Reason, Way
from houqin.services.access.passes import SLACK, WINDOW_SECONDS, Pass, window_of


@dataclass(frozen=True)
class Decision:
    """Whether a door opens, or why not (``reason``, a code of the protocol); whose pass it was and the permit (id) behind it."""

    allowed: bool
    reason: str
    holder: str
    name: str
    permit: int | None

    @property
    def words(self) -> Text:
        """The decision as people read it."""
        return Reason(self.reason).label


def pass_token(holder: str, *, at: datetime | None = None) -> str:
    """The text of a holder's QR code for the present half minute. It opens nothing where no permit does."""
    moment = at or timezone.now()
    window = window_of(moment.timestamp())
    over = (window + 1 + SLACK) * WINDOW_SECONDS
    found = queries.open_areas(holder, moment)
    ends = [int(until.timestamp()) for _permit, until in found.values() if until]
    said = Pass(
        holder, tuple(found), tuple(permit for permit, _until in found.values()), min([over, *ends]), window
    )
    return said.signed(keys.sign)


def admit(
    by: Actor | Controller,
    *,
    door: Door | str,
    direction: str,
    token: str = "",
    holder: str = "",
    at: datetime | None = None,
    sequence: int | None = None,
) -> Decision:
    """Decide at a door (its code) and keep the decision as an event; two queries, no transaction needed around them.

    A window of a pass opens once a direction; nobody enters twice where an area watches for that; both are settled in the
    database, one holder at a time. Leaving needs no permit. ``by`` is a person with the right to check passes there, or the controller of the door, which
    numbers its events: the same number again gives the same decision. Without ``token`` the holder is known otherwise (by a
    card or a plate). Raises NotFound for a door that is not there or not this controller's, NotPermitted.
    """
    moment = at or timezone.now()
    way, code = Direction(direction), door.code if isinstance(door, Door) else door
    window, reason = None, Reason.NONE
    if token:
        holder, window, reason = queries.read_pass(token, moment)
    found = queries.standing(code, holder, moment)
    if found is None or (isinstance(by, Controller) and found.controller != by.pk):
        raise NotFound
    if not isinstance(by, Controller):
        scope.authorise(by, "access.gate", organisation_path=found.keeper_path)
    reason = reason or _held_back(found.reason, way) or _wrong_way(found.way, way)
    allowed, told = _decide(by, sequence, found, way, moment, window, reason)
    return Decision(allowed, told, holder, found.name, found.permit)


def _held_back(reason: Reason, direction: Direction) -> Reason:
    """Nobody is kept inside: a permit is for entering. A door that is switched off does not open either way."""
    return reason if direction == Direction.IN or reason == Reason.DOOR_CLOSED else Reason.NONE


def _wrong_way(way: Way, direction: Direction) -> Reason:
    return Reason.NONE if way in (Way.BOTH, direction.value) else Reason.WRONG_WAY


def _decide(
    by: Actor | Controller,
    sequence: int | None,
    found: queries.Standing,
    way: Direction,
    at: datetime,
    window: int | None,
    reason: Reason,
) -> tuple[bool, str]:
    controller = by.pk if isinstance(by, Controller) and sequence else None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT allowed, reason FROM access_admit(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                found.door,
                controller,
                sequence if controller else None,
                found.holder,
                found.permit,
                way.value,
                at,
                window,
                reason.value,
            ],
        )
        allowed, told = cursor.fetchone()
    return bool(allowed), str(told)
