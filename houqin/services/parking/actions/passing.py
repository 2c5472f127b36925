"""What cameras report: who it was, which stay it begins or ends. The database keeps the count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.errors import NotFound, Problem
from houqin.foundation.files.actions import attach
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.foundation.standards import mask_plate
from houqin.foundation.standards import plate as checked_plate
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import Actor
from houqin.services.parking import queries
from houqin.services.parking.models import Camera, Corrected, Direction, Passage, Standing, Stay
from houqin.services.parking.plates import SURE, as_read
from houqin.services.parking.queries.guiding import Known, known_by, standing_of

#: What near plates are looked for among, in this order: who leaves is inside, who comes is expected.
_SOUGHT = {
    Direction.OUT: (("stay", Corrected.STAY),),
    Direction.IN: (
        ("reservation", Corrected.RESERVATION),
        ("permit", Corrected.PERMIT),
        ("partner", Corrected.PERMIT),
    ),
}
#: The lock under which stays change: two cameras that see one plate in the same second come one after the other.
_STAYS = 730


@dataclass(frozen=True)
class Event:
    """One event of a camera. ``sequence`` is the camera's own number; ``confidence`` from 0 to 1 or unknown."""

    sequence: int
    at: datetime
    direction: Direction
    read: str = ""
    confidence: float | None = None
    picture: UUID | None = None


@dataclass
class Taken:
    """What became of a batch: how many were new, how many had come before, how many plates were put right."""

    new: int = 0
    repeated: int = 0
    corrected: int = 0
    passages: list[Passage] = field(default_factory=list)


def passage(
    actor: Actor, *, camera: str, sequence: int, at: datetime, direction: Direction, read: str = "",
    confidence: float | None = None, picture: UUID | None = None,
) -> Passage:  # fmt: skip
    """One event of a camera, once whatever is repeated; answers what is kept of it. Raises as :func:`passages`."""
    event = Event(sequence, at, Direction(direction), read, confidence, picture)
    passages(actor, camera=camera, events=[event])
    return Passage.objects.select_related("lot__place", "stay").get(camera__code=camera, sequence=sequence)


@transaction.atomic
def passages(actor: Actor, *, camera: str, events: Sequence[Event]) -> Taken:
    """Events of one camera, each once by its sequence; none at all is a heartbeat. A picture is one that the actor uploaded before.

    Raises NotFound for a camera that is not there, NotPermitted, Problem for a picture that is not theirs to give.
    """
    found = (
        Camera.objects.select_related("lot__place", "lot__keeper").filter(code=camera, active=True).first()
    )
    if found is None:
        raise NotFound(_("没有编码为 %(code)s 的相机，或已停用。") % {"code": camera})
    lot = found.lot
    scope.authorise(
        actor,
        "parking.cameras",
        organisation_path=lot.keeper.path,
        place_path=lot.place.path,
        service="parking",
    )
    Camera.objects.filter(pk=found.pk).update(heard_at=timezone.now())
    if not events:
        return Taken()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_STAYS])
    known = set(
        found.passages.filter(sequence__in=[event.sequence for event in events]).values_list(
            "sequence", flat=True
        )
    )
    taken = Taken()
    for event in sorted(events, key=lambda each: each.sequence):
        if event.sequence in known:
            taken.repeated += 1
            continue
        known.add(event.sequence)
        made = _taken(found, event)
        taken.passages.append(made)
        taken.corrected += bool(made.corrected)
    Passage.objects.bulk_create(taken.passages)
    for made in taken.passages:
        if made.picture:
            attach(actor, [made.picture], record=made)
    taken.new = len(taken.passages)
    return taken


@transaction.atomic
def correct(actor: Person, *, passage: int, plate: str, note: str) -> Passage:
    """A keeper says whose plate it was; what the camera read stays. Raises NotFound, Problem without a reason."""
    found = (
        Passage.objects.select_for_update(of=("self",))
        .filter(pk=passage, lot__in=queries.lots_kept(actor))
        .select_related("lot__place", "stay")
        .first()
    )
    if found is None:
        raise NotFound
    number = checked_plate(plate)
    if not note.strip():
        raise Problem(errors={"note": [_("请写明更正依据。")]})
    if number == found.plate:
        return found
    before = {"plate": mask_plate(found.plate)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_STAYS])
    standing, source = standing_of(known_by(number, found.at), found.lot_id)
    found.plate, found.standing = number, standing
    found.corrected = Corrected.PERSON if number != found.read else Corrected.NO
    found.corrected_note = note.strip()
    if found.direction == Direction.IN and found.stay and found.stay.out_at is None:
        _close(number, found.at, but=found.stay_id)
        _name(found.stay, number, standing, source)
    elif found.direction == Direction.OUT and found.stay_id is None:
        found.stay = _left(number, found.at)
    found.save(update_fields=["plate", "standing", "corrected", "corrected_note", "stay"])
    trail.record(
        actor, "parking.correct", found, before=before, after={"plate": mask_plate(number), "why": found.corrected_note}
    )  # fmt: skip
    return found


@transaction.atomic
def dismiss(actor: Person, *, stay: int) -> Stay:
    """A keeper looked: the vehicle is gone, though no camera saw it leave. The count is not touched. Raises NotFound."""
    found = (
        Stay.objects.select_for_update(of=("self",))
        .filter(pk=stay, out_at__isnull=True, lot__in=queries.lots_kept(actor))
        .first()
    )
    if found is None:
        raise NotFound
    found.out_at, found.missed = timezone.now(), True
    found.save(update_fields=["out_at", "missed"])
    trail.record(actor, "parking.dismiss", found, after={"out_at": found.out_at})
    return found


def _taken(camera: Camera, event: Event) -> Passage:
    """The passage of an event, its stay begun or ended."""
    read, is_plate = as_read(event.read)
    made = Passage(
        camera=camera, sequence=event.sequence, lot=camera.lot, direction=event.direction, at=event.at, read=read,
        plate=read, confidence=event.confidence, picture=event.picture,
    )  # fmt: skip
    if not read:
        return made
    unsure = not is_plate or event.confidence is None or event.confidence < SURE
    known = known_by(read, event.at, like=unsure)
    made.plate, made.corrected = _put_right(read, known, event.direction)
    known = [each for each in known if each.plate == made.plate]
    made.standing, source = standing_of(known, camera.lot_id)
    if event.direction == Direction.IN:
        made.stay = _came(made, source)
    else:
        made.stay = _left(made.plate, event.at)
        made.standing = Standing(made.stay.standing) if made.stay else made.standing
    return made


def _put_right(read: str, known: Sequence[Known], direction: Direction) -> tuple[str, Corrected]:
    """The plate meant, and why it is another than was read. Only where exactly one is near and none is the same."""
    if any(each.plate == read for each in known):
        return read, Corrected.NO
    for what, why in _SOUGHT[direction]:
        near = _distinct(each for each in known if each.what == what)
        if len(near) == 1:
            return near[0], why
        if near:
            break
    return read, Corrected.NO


def _distinct(known: Iterable[Known]) -> list[str]:
    return list(dict.fromkeys(each.plate for each in known))


def _came(made: Passage, source: Known | None) -> Stay | None:
    """A stay begins; one that was never seen to end, ends. An event that comes late begins nothing."""
    if Stay.objects.filter(plate=made.plate, in_at__gt=made.at).exists():
        return None
    _close(made.plate, made.at)
    stay = Stay(lot=made.lot, plate=made.plate, in_at=made.at)
    _name(stay, made.plate, made.standing, source)
    return stay


def _name(stay: Stay, plate: str, standing: str, source: Known | None) -> None:
    stay.plate, stay.standing = plate, standing
    stay.permit_id = source.id if source and source.what == "permit" else None
    stay.reservation_id = source.id if source and source.what == "reservation" else None
    stay.save()


def _close(plate: str, at: datetime, but: int | None = None) -> None:
    still = Stay.objects.filter(plate=plate, out_at__isnull=True, in_at__lte=at)
    if but is not None:
        still = still.exclude(pk=but)
    still.update(out_at=at, missed=True)


def _left(plate: str, at: datetime) -> Stay | None:
    stay = Stay.objects.filter(plate=plate, out_at__isnull=True, in_at__lte=at).first()
    if stay:
        stay.out_at = at
        stay.save(update_fields=["out_at"])
    return stay
