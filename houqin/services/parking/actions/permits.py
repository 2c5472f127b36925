"""Plate permits: asked for by a case, opened within quotas, waited for in order, ended."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.affairs.models import Case
from houqin.foundation import tree
from houqin.foundation.errors import Conflict, NotFound
from houqin.foundation.notices.actions import tell
from houqin.foundation.people import scope
from houqin.foundation.people.models import Organisation, OrganisationKind, Person
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import SYSTEM, Actor
from houqin.services.parking import queries
from houqin.services.parking.models import HOLDING, Lot, PermitState, PlatePermit, Rotation
from houqin.services.parking.problems import PlateTaken

#: What the database says when a quota is used up, and when a plate has a permit.
QUOTA, ONE_A_PLATE = "permit_quota", "permit_one_a_plate"
#: So many of those who wait are looked at when a place is given back: a unit at its quota must not hold up the others.
LOOKED_AT = 50


@transaction.atomic
def ask(
    case: Case, *, person: Person, plate: str, lot: Lot, from_on: date, until_on: date, accessible: bool = False
) -> PlatePermit:  # fmt: skip
    """The permit beside a new case. Raises PlateTaken while the plate has one, or is waiting for one."""
    return _make(person, plate, lot, from_on, until_on, case=case, accessible=accessible)


@transaction.atomic
def approve(case: Case) -> PlatePermit:
    """All have agreed: the permit is open, or waits in line where the quota is used up."""
    permit = _of_case(case)
    if not _open(permit):
        permit.state, permit.waits_since = PermitState.WAITING, timezone.now()
        permit.save(update_fields=["state", "waits_since"])
        _tell(permit, "parking.waiting")
    return permit


@transaction.atomic
def drop(case: Case, state: PermitState, why: str) -> None:
    """The case ended without a permit: it was refused or taken back."""
    permit = _of_case(case)
    if permit.state in HOLDING:
        permit.state, permit.ended_at, permit.ended_why = state, timezone.now(), why
        permit.save(update_fields=["state", "ended_at", "ended_why"])


@transaction.atomic
def give(
    actor: Actor, *, person: Person, plate: str, lot: Lot, from_on: date, until_on: date, rotation: Rotation | None = None,
    accessible: bool = False,
) -> PlatePermit:  # fmt: skip
    """A permit without a case, by a keeper or a draw. Raises NotPermitted, PlateTaken, Conflict where the quota is used up."""
    grant = scope.authorise(
        actor, "parking.keep", organisation_path=lot.keeper.path, place_path=lot.place.path, service="parking"
    )
    permit = _make(person, plate, lot, from_on, until_on, rotation=rotation, accessible=accessible)
    if not _open(permit):
        raise Conflict(_("%(lot)s的通行证配额已用完。") % {"lot": lot}, code="quota_used_up")
    after = {"lot": lot.pk, "person": person.pk, "until_on": until_on}
    trail.record(actor, "parking.give", permit, after=after, grant=grant)
    return permit


@transaction.atomic
def end(actor: Person, *, permit: int, why: str = "") -> PlatePermit:
    """The permit is over; who waits comes next. Its owner may, and who keeps the lot. Raises NotFound; a second time nothing."""
    found = PlatePermit.objects.select_for_update(of=("self",)).select_related("lot__place", "person").filter(pk=permit).first()  # fmt: skip
    if found is None or not (
        found.person_id == actor.pk or queries.lots_kept(actor).filter(pk=found.lot_id).exists()
    ):
        raise NotFound
    if found.state not in (PermitState.OPEN, PermitState.WAITING):
        return found
    _end(actor, found, why or (_("本人交回") if found.person_id == actor.pk else _("管理员收回")))
    if found.person_id != actor.pk:
        _tell(found, "parking.ended")
    promote(found.lot_id)
    return found


@transaction.atomic
def promote(lot: int) -> int:
    """Give what is free to those who wait, in the order in which they began to; answers how many."""
    waiting = (
        PlatePermit.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(lot=lot, state=PermitState.WAITING, until_on__gte=timezone.localdate())
        .select_related("lot__place", "person")
        .order_by("waits_since", "id")[:LOOKED_AT]
    )
    opened = 0
    for permit in waiting:
        if _open(permit):
            opened += 1
            trail.record(SYSTEM, "parking.promote", permit, after={"state": permit.state})
            _tell(permit, "parking.opened")
    return opened


def lapse(today: date | None = None) -> int:
    """End what is past its last day, and let those who wait come next; answers how many ended. Twice does no harm."""
    today = today or timezone.localdate()
    ended = 0
    over = PlatePermit.objects.filter(state__in=HOLDING[1:], until_on__lt=today)
    for lot in sorted(set(over.values_list("lot_id", flat=True))):
        with transaction.atomic():
            for permit in over.filter(lot=lot).select_for_update(skip_locked=True):
                _end(SYSTEM, permit, _("到期"))
                ended += 1
        promote(lot)
    return ended


def unit_of(organisation: Organisation) -> Organisation:
    """The unit whose quota counts: the nearest above that is one, else the organisation itself."""
    above = Organisation.objects.filter(pk__in=tree.ids(organisation.path), kind=OrganisationKind.UNIT)
    return above.first() or organisation


def _make(
    person: Person, plate: str, lot: Lot, from_on: date, until_on: date, *, case: Case | None = None,
    rotation: Rotation | None = None, accessible: bool = False,
) -> PlatePermit:  # fmt: skip
    stale = PlatePermit.objects.filter(plate=plate, state=PermitState.OPEN, until_on__lt=timezone.localdate())
    stale.update(state=PermitState.ENDED, ended_at=timezone.now(), ended_why=_("到期"))
    try:
        with transaction.atomic():
            return PlatePermit.objects.create(
                plate=plate, person=person, unit=unit_of(person.organisation), lot=lot, from_on=from_on,
                until_on=until_on, case=case, rotation=rotation, accessible=accessible,
            )  # fmt: skip
    except IntegrityError as error:
        if ONE_A_PLATE not in str(error):
            raise
        raise PlateTaken(_("这个车牌已有通行证或正在申请，一个车牌只能有一张。")) from error


def _open(permit: PlatePermit) -> bool:
    """Open it within the quotas; whether that could be. Another client may be quicker."""
    before = permit.state
    permit.state = PermitState.OPEN
    try:
        with transaction.atomic():
            permit.save(update_fields=["state"])
    except IntegrityError as error:
        if QUOTA not in str(error):
            raise
        permit.state = before
        return False
    return True


def _end(actor: Actor, permit: PlatePermit, why: str) -> None:
    before = permit.state
    permit.state, permit.ended_at, permit.ended_why = PermitState.ENDED, timezone.now(), why
    permit.save(update_fields=["state", "ended_at", "ended_why"])
    trail.record(
        actor,
        "parking.end",
        permit,
        before={"state": before},
        after={"state": permit.state, "why": why},
    )


def _of_case(case: Case) -> PlatePermit:
    return PlatePermit.objects.select_for_update(of=("self",)).select_related("lot__place", "person").get(case=case)  # fmt: skip


def _tell(permit: PlatePermit, kind: str) -> None:
    titles = {
        "parking.opened": lambda: _("车辆通行证已生效"),
        "parking.waiting": lambda: _("车辆通行证已通过，正在排队"),
        "parking.ended": lambda: _("车辆通行证已收回"),
    }
    words = {
        "parking.opened": lambda: _("%(plate)s 可停放 %(lot)s。"),
        "parking.waiting": lambda: _("%(lot)s 的配额已用完，%(plate)s 按先后顺序排队，有空额时自动生效。"),
        "parking.ended": lambda: _("%(plate)s 不再可停放 %(lot)s。"),
    }
    named = {"plate": permit.masked, "lot": permit.lot}
    tell(
        [permit.person],
        kind=kind,
        title=titles[kind],
        body=lambda: words[kind]() % named,
        url="/parking/mine",
        record=permit,
    )
