"""Fair rotation where more people want a place than there are: opened, entered, drawn, handed on."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.errors import Conflict, NotFound, Problem
from houqin.foundation.notices.actions import tell
from houqin.foundation.people.models import Person
from houqin.foundation.standards import mask_plate
from houqin.foundation.standards import plate as checked_plate
from houqin.foundation.trail import actions as trail
from houqin.services.parking import drawing, queries
from houqin.services.parking.actions.permits import give
from houqin.services.parking.models import EntryState, Rotation, RotationEntry, RotationState
from houqin.services.parking.problems import PlateTaken

LONGEST_BEACON = 200


@transaction.atomic
def open_rotation(
    actor: Person, *, lot: int, name: str, places: int, from_on: date, until_on: date, enter_until: datetime
) -> Rotation:  # fmt: skip
    """Announce a rotation; the hash of its secret is public from now on. Raises NotFound, Problem."""
    found = queries.kept_lot(actor, lot)
    errors = {}
    if not name.strip():
        errors["name"] = [_("请填写名称。")]
    if not 1 <= places <= found.capacity:
        errors["places"] = [_("车位数应在 1 至 %(most)s 之间。") % {"most": found.capacity}]
    if enter_until <= timezone.now():
        errors["enter_until"] = [_("报名截止时间应在今后。")]
    if not timezone.localdate(enter_until) <= from_on <= until_on:
        errors["from_on"] = [_("使用期应在报名截止之后，且截止日期不早于起始日期。")]
    if errors:
        raise Problem(errors=errors)
    secret = secrets.token_hex(32)
    made = Rotation.objects.create(
        name=name.strip(), lot=found, places=places, from_on=from_on, until_on=until_on, enter_until=enter_until,
        secret=secret, promise=drawing.sha256(secret),
    )  # fmt: skip
    trail.record(
        actor,
        "parking.open_rotation",
        made,
        after={"lot": found.pk, "places": places, "promise": made.promise},
    )
    return made


@transaction.atomic
def enter(actor: Person, *, rotation: int, plate: str) -> RotationEntry:
    """Ask for a place with a plate of one's own. Raises NotFound, Conflict when it is too late or done already."""
    found = _locked(rotation)
    if found.state != RotationState.OPEN or timezone.now() >= found.enter_until:
        raise Conflict(_("报名已经截止。"))
    number = checked_plate(plate)
    lost, held = history(actor, found)
    last: int = found.entries.aggregate(last=Max("number"))["last"] or 0
    try:
        with transaction.atomic():
            made = RotationEntry.objects.create(
                rotation=found, number=last + 1, person=actor, plate=number, lost_before=lost, held_last=held
            )
    except IntegrityError as error:
        raise Conflict(_("您或这个车牌已报名，每人每期报一辆车。")) from error
    trail.record(actor, "parking.enter", made, after={"rotation": found.pk, "plate": mask_plate(number)})
    return made


@transaction.atomic
def leave(actor: Person, *, rotation: int) -> None:
    """Take one's entry back, before the draw or from the waiting list. Raises NotFound."""
    found = _locked(rotation)
    entry = found.entries.filter(
        person=actor, state__in=[EntryState.ENTERED, EntryState.WAITING]
    ).first()  # fmt: skip
    if entry is None:
        raise NotFound
    entry.state = EntryState.WITHDRAWN
    entry.save(update_fields=["state"])
    trail.record(actor, "parking.leave_rotation", entry, after={"state": entry.state})


@transaction.atomic
def draw(actor: Person, *, rotation: int, beacon: str) -> Rotation:
    """Draw, with a public number of after the closing; winners get their permits. Raises NotFound, Problem, Conflict."""
    found = _locked(rotation)
    queries.kept_lot(actor, found.lot_id)
    if found.state != RotationState.OPEN:
        raise Conflict(_("这一期已经抽签或取消。"))
    if timezone.now() < found.enter_until:
        raise Conflict(_("报名还没有截止，截止后才能抽签。"))
    beacon = " ".join(beacon.split())[:LONGEST_BEACON]
    if not beacon:
        raise Problem(errors={"beacon": [_("请填写报名截止后产生的公开数，如当天的彩票开奖号码。")]})
    entries = {
        each.number: each for each in found.entries.filter(state=EntryState.ENTERED).select_related("person")
    }
    tickets = [drawing.Ticket(each.number, each.lost_before, each.held_last) for each in entries.values()]
    for rank, number in enumerate(drawing.draw(tickets, found.secret, beacon), start=1):
        entries[number].rank, entries[number].state = rank, EntryState.WAITING
    found.state, found.beacon, found.drawn_at, found.drawn_by = (
        RotationState.DRAWN,
        beacon,
        timezone.now(),
        actor,
    )
    found.entries_digest = drawing.digest_of(tickets)
    found.save(update_fields=["state", "beacon", "drawn_at", "drawn_by", "entries_digest"])
    RotationEntry.objects.bulk_update(entries.values(), ["rank", "state"])
    _hand_out(actor, found)
    trail.record(
        actor, "parking.draw", found, after={"beacon": beacon, "entries": len(entries), "digest": found.entries_digest}
    )  # fmt: skip
    tell(
        [each.person for each in entries.values()],
        kind="parking.drawn",
        title=lambda: _("车位轮换结果已公布"),
        body=lambda: found.name,
        url=f"/parking/rotations/{found.pk}",
        record=found,
    )
    return found


@transaction.atomic
def hand_on(actor: Person, *, rotation: int) -> int:
    """Places that were given back go to the next of the waiting list; answers how many. Raises NotFound."""
    found = _locked(rotation)
    queries.kept_lot(actor, found.lot_id)
    if found.state != RotationState.DRAWN:
        raise Conflict(_("这一期还没有抽签。"))
    return _hand_out(actor, found)


def history(person: Person, rotation: Rotation) -> tuple[int, bool]:
    """In how many draws of the lot in a row somebody went without, and whether they had a place in the last one."""
    results = (
        RotationEntry.objects.filter(
            rotation__lot=rotation.lot_id, rotation__state=RotationState.DRAWN, person=person
        )
        .exclude(state=EntryState.WITHDRAWN)
        .order_by("-rotation__drawn_at", "-id")
        .values_list("state", "rotation_id")[:20]
    )
    latest = (
        Rotation.objects.filter(lot=rotation.lot_id, state=RotationState.DRAWN)
        .order_by("-drawn_at", "-id")
        .first()
    )
    lost = 0
    for state, _rotation in results:
        if state == EntryState.WON:
            break
        lost += 1
    held = bool(latest and (EntryState.WON, latest.pk) in set(results))
    return lost, held


def _hand_out(actor: Person, rotation: Rotation) -> int:
    """Permits for as many places as are free, in the order of the draw; a plate that has one is passed over."""
    free = rotation.places - rotation.permits.filter(state="open").count()
    given = 0
    waiting = rotation.entries.filter(state=EntryState.WAITING).select_related("person__organisation")
    for entry in waiting.order_by("rank"):
        if given >= free:
            break
        try:
            give(
                actor, person=entry.person, plate=entry.plate, lot=rotation.lot, from_on=rotation.from_on,
                until_on=rotation.until_on, rotation=rotation,
            )  # fmt: skip
        except PlateTaken:
            continue
        entry.state = EntryState.WON
        entry.save(update_fields=["state"])
        given += 1
    return given


def _locked(rotation: int) -> Rotation:
    found = (
        Rotation.objects.select_for_update(of=("self",))
        .select_related("lot__place", "lot__keeper")
        .filter(pk=rotation)
        .first()
    )
    if found is None:
        raise NotFound
    return found
