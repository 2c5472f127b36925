"""Keeping lots: what they hold, what somebody counted, charging bays, quotas, screens at the gates."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.errors import Conflict, NotFound, Problem
from houqin.foundation.people import scope
from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.places.models import Place
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import Actor
from houqin.services.parking import queries
from houqin.services.parking.actions.permits import promote
from houqin.services.parking.actions.reserving import OUT
from houqin.services.parking.marks import mark_of
from houqin.services.parking.models import Camera, ChargeState, Count, Display, Lot, Quota, Space, SpaceKind


@transaction.atomic
def make_lot(actor: Person, *, place: Place, keeper: Organisation, capacity: int, **settings: Any) -> Lot:
    """Make a place a lot. Raises NotPermitted, Problem for no spaces, Conflict where it is one already."""
    grant = _may_manage(actor, keeper, place)
    if capacity < 1:
        raise Problem(errors={"capacity": [_("车位数至少为 1。")]})
    if Lot.objects.filter(pk=place.pk).exists():
        raise Conflict(_("%(place)s 已是停车场。") % {"place": place})
    lot = Lot(place=place, keeper=keeper, capacity=capacity, **settings)
    lot.full_clean(exclude=["place", "keeper"])
    lot.save(force_insert=True)
    trail.record(actor, "parking.make_lot", lot, after=trail.values_of(lot), grant=grant)
    return lot


@transaction.atomic
def set_lot(actor: Person, *, lot: int, **settings: Any) -> Lot:
    """Change what a lot holds or how it is guided to. Raises NotFound, Conflict where more spaces are promised already."""
    found = queries.kept_lot(actor, lot, "parking.manage")
    before = trail.values_of(found)
    for name, value in settings.items():
        setattr(found, name, value)
    found.full_clean(exclude=["place", "keeper"])
    try:
        with transaction.atomic():
            found.save(update_fields=list(settings))
    except IntegrityError as error:
        if OUT not in str(error):
            raise
        raise Conflict(_("已预留的车位比这更多，请先调整预留。")) from error
    old, new = trail.difference(before, trail.values_of(found))
    if new:
        trail.record(actor, "parking.set_lot", found, before=old, after=new)
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
def count(actor: Person, *, lot: int, counted: int, note: str = "") -> Count:
    """Somebody went and counted: the database puts the figure right and keeps by how much. Raises NotFound, Problem."""
    found = queries.kept_lot(actor, lot)
    if not 0 <= counted <= found.capacity * 2:
        raise Problem(
            errors={"counted": [_("清点数应在 0 至 %(most)s 之间。") % {"most": found.capacity * 2}]}
        )
    made = Count.objects.create(lot=found, counted=counted, counted_by=actor, note=note.strip())
    made.refresh_from_db(fields=["before", "delta"])
    trail.record(
        actor,
        "parking.count",
        made,
        before={"inside": made.before},
        after={"inside": made.counted, "note": made.note},
    )
    return made


@transaction.atomic
def charge(actor: Actor, *, lot: str, space: str, state: str, at: datetime | None = None) -> Space:
    """A charging bay says how it is; an older word than the one kept changes nothing. Raises NotFound, NotPermitted, Problem."""
    found = (
        Space.objects.select_for_update(of=("self",))
        .filter(lot__place__code=lot, code=space, kind=SpaceKind.EV)
        .select_related("lot__keeper", "lot__place")
        .first()
    )
    if found is None:
        raise NotFound(_("没有这个充电车位。"))
    scope.authorise(
        actor, "parking.cameras", organisation_path=found.lot.keeper.path, place_path=found.lot.place.path,
        service="parking",
    )  # fmt: skip
    if state not in ChargeState.values or not state:
        raise Problem(errors={"state": [_("充电桩状态应为 idle、charging、full 或 faulty。")]})
    at = at or timezone.now()
    if found.charge_at is None or found.charge_at <= at:
        found.charge, found.charge_at = state, at
        found.save(update_fields=["charge", "charge_at"])
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
def make_display(actor: Person, *, name: str, camera: Camera | None = None) -> str:
    """A secret address for a screen at a gate; it is answered this once and never again. Raises NotPermitted."""
    grant = scope.authorise(actor, "parking.manage", organisation_path=None, service="parking")
    if not name.strip():
        raise Problem(errors={"name": [_("请填写入口屏的名称。")]})
    token = secrets.token_urlsafe(16)
    made = Display.objects.create(name=name.strip(), camera=camera, mark=mark_of(token))
    trail.record(
        actor, "parking.make_display", made, after={"camera": camera.pk if camera else None}, grant=grant
    )
    return token


@transaction.atomic
def end_display(actor: Person, *, display: int) -> None:
    """The address answers nobody any more. Raises NotPermitted, NotFound."""
    grant = scope.authorise(actor, "parking.manage", organisation_path=None, service="parking")
    found = queries.displays().select_for_update(of=("self",)).filter(pk=display).first()
    if found is None:
        raise NotFound
    found.ended_at = timezone.now()
    found.save(update_fields=["ended_at"])
    trail.record(actor, "parking.end_display", found, after={"ended_at": found.ended_at}, grant=grant)


def _may_manage(actor: Person, keeper: Organisation, place: Place) -> scope.Grant:
    return scope.authorise(
        actor, "parking.manage", organisation_path=keeper.path, place_path=place.path, service="parking"
    )
