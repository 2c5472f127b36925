"""Promising spaces for a time, for a source that moves and ends as one."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.errors import Conflict, NotFound, Problem
from houqin.foundation.people.models import Person
from houqin.foundation.standards import mask_plate
from houqin.foundation.standards import plate as checked_plate
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import Actor
from houqin.services.parking import queries
from houqin.services.parking.models import Lot, Reservation
from houqin.services.parking.problems import LotFull, Room

#: What the database says when a lot has nothing left to promise.
OUT = "lot_reserved_out"
OFFERED = 3
#: What the source of a reservation by hand begins with.
BY_HAND = "parking.keeper:"


@transaction.atomic
def reserve(
    actor: Actor, *, source: str, from_at: datetime, until_at: datetime, plate: str = "", lot: Lot | None = None,
    spaces: int = 1,
) -> Reservation:  # fmt: skip
    """Promise ``spaces`` for a period: in ``lot``, or in the first lot of the guidance that has room.

    ``source`` names what it is for (``visitors.visit:55``); the calling service has asked for the right. A second call for the same
    source and plate changes what the first one made. Raises Problem (:class:`standards.Unfit` for a plate), and
    LotFull with the nearest lots that have room.
    """
    if until_at <= from_at:
        raise Problem(errors={"until_at": [_("结束时间应晚于开始时间。")]})
    if spaces < 1:
        raise Problem(errors={"spaces": [_("至少预留一个车位。")]})
    number = checked_plate(plate) if plate else ""
    wanted = {"spaces": 1 if number else spaces, "starts_at": from_at, "ends_at": until_at}
    made = _held(source).select_for_update().filter(plate=number).first()
    before = _told(made) if made else None
    if made is None:
        made = Reservation(source=source, plate=number, **wanted)
    _place(made, _candidates(lot, from_at, until_at, now_in=made.lot_id), lot, **wanted)
    after = _told(made)
    if after != before:
        trail.record(actor, "parking.reserve", made, before=before, after=after)
    return made


@transaction.atomic
def reserve_for(
    actor: Person, *, lot: Lot, from_at: datetime, until_at: datetime, spaces: int, plate: str = "", note: str
) -> Reservation:  # fmt: skip
    """A keeper promises spaces of a lot by hand, and says what for. Raises NotFound, Problem, and LotFull as :func:`reserve`."""
    found = queries.kept_lot(actor, lot.pk)
    if not note.strip():
        raise Problem(errors={"note": [_("请写明为谁、为什么预留。")]})
    if until_at <= timezone.now():
        raise Problem(errors={"until_at": [_("结束时间应在今后。")]})
    made = reserve(
        actor, source=f"{BY_HAND}{uuid4().hex[:12]}", from_at=from_at, until_at=until_at, plate=plate, lot=found, spaces=spaces
    )  # fmt: skip
    made.note = note.strip()
    made.save(update_fields=["note"])
    return made


@transaction.atomic
def release_one(actor: Person, *, reservation: int) -> None:
    """A keeper gives back what was promised by hand. Raises NotFound, Conflict for what another service holds."""
    found = queries.reservations_kept(actor).filter(pk=reservation).first()
    if found is None:
        raise NotFound
    if not found.source.startswith(BY_HAND):
        raise Conflict(_("这是为会议、来访等预留的，请在那里改期或取消。"))
    release(actor, source=found.source)


@transaction.atomic
def move(actor: Actor, *, source: str, from_at: datetime, until_at: datetime) -> int:
    """All of a source at another time; answers how many. What no longer fits goes to another lot that has room.

    Raises LotFull, and then nothing has moved. A source without reservations, or a second call, changes nothing.
    """
    if until_at <= from_at:
        raise Problem(errors={"until_at": [_("结束时间应晚于开始时间。")]})
    held = list(_held(source).select_for_update().order_by("lot_id", "id"))
    for each in held:
        before = _told(each)
        lots = _candidates(None, from_at, until_at, now_in=each.lot_id)
        _place(each, lots, None, starts_at=from_at, ends_at=until_at)
        if _told(each) != before:
            trail.record(actor, "parking.move", each, before=before, after=_told(each))
    return len(held)


@transaction.atomic
def release(actor: Actor, *, source: str) -> int:
    """Give back all of a source; answers how many. A second call finds nothing."""
    held = list(_held(source).select_for_update().order_by("lot_id", "id"))
    for each in held:
        each.released_at = timezone.now()
        each.save(update_fields=["released_at"])
        trail.record(actor, "parking.release", each, after={"released_at": each.released_at})
    return len(held)


def _held(source: str) -> QuerySet[Reservation]:
    return Reservation.objects.filter(source=source, released_at__isnull=True)


def _candidates(
    lot: Lot | None, from_at: datetime, until_at: datetime, *, now_in: int | None = None
) -> list[int]:
    """The lots to try: the one asked for, else where it is now and then those with room, in the order of guidance."""
    if lot:
        return [lot.pk]
    others = [room.lot for room in queries.rooms(from_at, until_at) if room.free and room.lot != now_in]
    return [now_in, *others] if now_in else others


def _place(made: Reservation, lots: list[int], wanted: Lot | None, **values: object) -> None:
    """Write ``made`` into the first of ``lots`` that takes it; another client may be quicker at each. Raises LotFull."""
    for name, value in values.items():
        setattr(made, name, value)
    for lot in lots:
        made.lot_id = lot
        try:
            with transaction.atomic():
                made.save()
            return
        except IntegrityError as error:
            if OUT not in str(error):
                raise
    raise _full(made, wanted)


def _full(made: Reservation, wanted: Lot | None) -> LotFull:
    rooms: list[Room] = [
        room
        for room in queries.rooms(made.starts_at, made.ends_at)
        if room.free >= made.spaces and (wanted is None or room.lot != wanted.pk)
    ][:OFFERED]
    if not rooms:
        return LotFull(_("该时段各停车场都没有可预留的车位，请换个时间或减少数量。"))
    names = _("、").join(
        _("%(name)s（可留 %(n)s 个）") % {"name": room.name, "n": room.free} for room in rooms
    )
    return LotFull(
        _("%(lot)s该时段车位已满，可改停：%(names)s。") % {"lot": wanted or "", "names": names}, rooms
    )


def _told(made: Reservation) -> dict[str, object]:
    return {
        "lot": made.lot_id, "plate": mask_plate(made.plate), "spaces": made.spaces, "starts_at": made.starts_at,
        "ends_at": made.ends_at, "source": made.source,
    }  # fmt: skip
