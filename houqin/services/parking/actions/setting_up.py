"""Setting up lots: what they hold, their numbered spaces and cameras, how many permits. Nothing is deleted; it is switched off."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.errors import Conflict, NotFound, Problem
from houqin.foundation.people import scope
from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.places.models import Place
from houqin.foundation.trail import actions as trail
from houqin.services.parking import queries
from houqin.services.parking.actions.permits import promote
from houqin.services.parking.actions.reserving import OUT
from houqin.services.parking.models import Camera, ChargeState, Lot, Quota, Space, SpaceKind

#: So many spaces are made at once.
MOST_SPACES = 500


@transaction.atomic
def make_lot(actor: Person, *, place: Place, keeper: Organisation, capacity: int, **settings: Any) -> Lot:
    """Make a place a lot. Raises NotPermitted, Problem for what does not fit together, Conflict where it is one already."""
    grant = _may_manage(actor, keeper, place)
    if Lot.objects.filter(pk=place.pk).exists():
        raise Conflict(_("%(place)s 已是停车场。") % {"place": place})
    lot = Lot(place=place, keeper=keeper, capacity=capacity, **settings)
    _checked(lot)
    lot.save(force_insert=True)
    trail.record(actor, "parking.make_lot", lot, after=trail.values_of(lot), grant=grant)
    return lot


@transaction.atomic
def set_lot(actor: Person, *, lot: int, **settings: Any) -> Lot:
    """Change what a lot holds, who keeps it or how it is guided to. Raises NotFound, NotPermitted where the new keeper is not one's own,
    Problem, Conflict where more spaces are promised already."""
    found = queries.kept_lot(actor, lot, "parking.manage")
    grant = _may_manage(actor, settings.get("keeper", found.keeper), found.place)
    before = trail.values_of(found)
    for name, value in settings.items():
        setattr(found, name, value)
    _checked(found)
    try:
        with transaction.atomic():
            found.save(update_fields=list(settings))
    except IntegrityError as error:
        if OUT not in str(error):
            raise
        raise Conflict(_("已预留的车位比这更多，请先调整预留。")) from error
    old, new = trail.difference(before, trail.values_of(found))
    if new:
        trail.record(actor, "parking.set_lot", found, before=old, after=new, grant=grant)
    return found


@transaction.atomic
def add_spaces(actor: Person, *, lot: int, kind: str, letters: str, first: int, many: int) -> list[Space]:
    """Number spaces of a kind: ``C`` from 7 on, three: C007, C008, C009. Raises NotFound, Problem, Conflict for a number that is used."""
    found = queries.kept_lot(actor, lot, "parking.manage")
    if not 1 <= many <= MOST_SPACES:
        raise Problem(errors={"many": [_("一次新增 1 至 %(most)s 个。") % {"most": MOST_SPACES}]})
    if found.spaces.filter(active=True).count() + many > found.capacity:
        raise Problem(
            errors={"many": [_("编号的车位不能多于车位数 %(n)s，请先改车位数。") % {"n": found.capacity}]}
        )
    codes = [f"{letters.strip()}{number:03}" for number in range(first, first + many)]
    used = found.spaces.filter(code__in=codes).order_by("code").first()
    if used:
        raise Conflict(_("编号 %(code)s 已有，请换起始号。") % {"code": used.code})
    made = Space.objects.bulk_create(
        Space(lot=found, code=code, kind=kind, charge=_charge_of(kind)) for code in codes
    )
    after = {"kind": kind, "first": codes[0], "many": many}
    trail.record(actor, "parking.add_spaces", found, after=after)
    return made


@transaction.atomic
def set_space(actor: Person, *, space: int, kind: str, active: bool, charge: str = "") -> Space:
    """Change what a numbered space is for, put it out of use, or say how its charger is. Raises NotFound."""
    found = Space.objects.select_for_update().filter(pk=space).first()
    if found is None:
        raise NotFound
    queries.kept_lot(actor, found.lot_id, "parking.manage")
    before = trail.values_of(found)
    charge = charge if kind == SpaceKind.EV else ""
    if kind == SpaceKind.EV and (charge or _charge_of(kind)) != found.charge:
        found.charge_at = timezone.now()
    found.kind, found.active, found.charge = kind, active, charge or _charge_of(kind)
    found.save(update_fields=["kind", "active", "charge", "charge_at"])
    old, new = trail.difference(before, trail.values_of(found))
    if new:
        trail.record(actor, "parking.set_space", found, before=old, after=new)
    return found


@transaction.atomic
def add_camera(actor: Person, *, lot: int, code: str, name: str = "") -> Camera:
    """Let a camera report for a lot. Raises NotFound, Conflict for a code that is used."""
    found = queries.kept_lot(actor, lot, "parking.manage")
    if not code.strip():
        raise Problem(errors={"code": [_("请填写相机编码。")]})
    camera, made = Camera.objects.get_or_create(
        code=code.strip(), defaults={"lot": found, "name": name.strip()}
    )
    if not made:
        raise Conflict(_("编码 %(code)s 已有相机使用。") % {"code": camera.code})
    trail.record(actor, "parking.add_camera", camera, after={"lot": found.pk})
    return camera


@transaction.atomic
def set_camera(actor: Person, *, camera: int, name: str, active: bool) -> Camera:
    """Rename a camera or switch it off: what it reports is then taken no more. Raises NotFound."""
    found = Camera.objects.select_for_update().filter(pk=camera).first()
    if found is None:
        raise NotFound
    queries.kept_lot(actor, found.lot_id, "parking.manage")
    before = trail.values_of(found)
    found.name, found.active = name.strip(), active
    found.save(update_fields=["name", "active"])
    old, new = trail.difference(before, trail.values_of(found))
    if new:
        trail.record(actor, "parking.set_camera", found, before=old, after=new)
    return found


@transaction.atomic
def set_quota(actor: Person, *, lot: int, unit: Organisation | None, most: int) -> Quota:
    """How many permits a unit (or all together) may have in a lot. Those who are over it keep theirs. Raises NotFound."""
    found = queries.kept_lot(actor, lot, "parking.manage")
    if most < 0:
        raise Problem(errors={"most": [_("上限不能小于 0。")]})
    quota, _made = Quota.objects.update_or_create(lot=found, unit=unit, defaults={"most": most})
    trail.record(actor, "parking.set_quota", quota, after={"unit": unit.pk if unit else None, "most": most})
    promote(found.pk)
    return quota


@transaction.atomic
def end_quota(actor: Person, *, quota: int) -> None:
    """No limit of that kind any more; who waited for it comes in. Raises NotFound."""
    found = queries.quotas_kept(actor).filter(pk=quota).first()
    if found is None:
        raise NotFound
    trail.record(actor, "parking.end_quota", found, before={"unit": found.unit_id, "most": found.most})
    Quota.objects.filter(pk=found.pk).delete()
    promote(found.lot_id)


def _charge_of(kind: str) -> str:
    return ChargeState.IDLE if kind == SpaceKind.EV else ChargeState.NONE


def _checked(lot: Lot) -> None:
    errors: dict[str, list[Any]] = {}
    if lot.capacity < 1:
        errors["capacity"] = [_("车位数至少为 1。")]
    elif lot.reservable > lot.capacity:
        errors["reservable"] = [_("可预留车位数不能多于车位数 %(n)s。") % {"n": lot.capacity}]
    if errors:
        raise Problem(errors=errors)
    try:
        lot.full_clean(exclude=["place", "keeper"])
    except ValidationError as error:
        raise Problem(errors=error.message_dict) from error


def _may_manage(actor: Person, keeper: Organisation, place: Place) -> scope.Grant:
    return scope.authorise(
        actor, "parking.manage", organisation_path=keeper.path, place_path=place.path, service="parking"
    )
