"""Keeping lots: what somebody counted, charging bays, screens at the gates."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.errors import NotFound, Problem
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import Actor
from houqin.services.parking import queries
from houqin.services.parking.marks import mark_of
from houqin.services.parking.models import Camera, ChargeState, Count, Display, Space, SpaceKind


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
