"""Areas, doors and controllers: made, changed, switched off; never deleted."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction

from houqin.foundation.errors import Problem
from houqin.foundation.people import scope
from houqin.foundation.people.models import Organisation
from houqin.foundation.places.models import Place
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import Actor
from houqin.services.access.models import Area, Controller, Door
from houqin.services.access.queries.areas import hash_of

PREFIX = "hqd_"
Made = TypeVar("Made", Area, Door, Controller)


@transaction.atomic
def make_area(
    actor: Actor, *, code: str, name: str, keeper: Organisation, places: Iterable[Place] = (), **settings: Any
) -> Area:
    """A new area. Raises NotPermitted, Problem for a code that is taken or an area around it that is not there."""
    grant = scope.authorise(actor, "access.manage", organisation_path=keeper.path)
    area = Area(code=code, name=name, keeper=keeper, **settings)
    _checked(area)
    area.save(force_insert=True)
    area.places.set(places)
    _record(actor, "access.make_area", area, grant, places=[place.code for place in area.places.all()])
    return area


@transaction.atomic
def set_area(actor: Actor, *, area: Area, places: Iterable[Place] | None = None, **settings: Any) -> Area:
    """Change an area. Raises as :func:`make_area`."""
    grant = scope.authorise(actor, "access.manage", organisation_path=area.keeper.path)
    changed = _changed(actor, area, grant, settings)
    if places is not None:
        before = sorted(place.code for place in changed.places.all())
        changed.places.set(places)
        after = sorted(place.code for place in changed.places.all())
        if before != after:
            trail.record(
                actor,
                "access.set_area",
                area,
                before={"places": before},
                after={"places": after},
                grant=grant,
            )
    return changed


@transaction.atomic
def make_door(actor: Actor, *, code: str, name: str, area: Area, **settings: Any) -> Door:
    """A new door into an area. Raises NotPermitted, Problem for a code that is taken."""
    grant = scope.authorise(actor, "access.manage", organisation_path=area.keeper.path)
    door = Door(code=code, name=name, area=area, **settings)
    _checked(door)
    door.save(force_insert=True)
    _record(actor, "access.make_door", door, grant)
    return door


@transaction.atomic
def set_door(actor: Actor, *, door: Door, **settings: Any) -> Door:
    """Change a door; one that leads elsewhere now is the business of both keepers."""
    grant = scope.authorise(actor, "access.manage", organisation_path=door.area.keeper.path)
    if area := settings.get("area"):
        scope.authorise(actor, "access.manage", organisation_path=area.keeper.path)
    return _changed(actor, door, grant, settings)


@transaction.atomic
def make_controller(
    actor: Actor, *, code: str, name: str, place: Place | None = None
) -> tuple[Controller, str]:
    """A new controller and its secret, which cannot be read again. Raises NotPermitted, Problem for a code that is taken."""
    grant = scope.authorise(actor, "access.manage", organisation_path=None)
    secret = PREFIX + secrets.token_urlsafe(32)
    controller = Controller(code=code, name=name, place=place, secret_hash=hash_of(secret))
    _checked(controller)
    controller.save(force_insert=True)
    _record(actor, "access.make_controller", controller, grant)
    return controller, secret


@transaction.atomic
def renew_secret(actor: Actor, *, controller: Controller) -> str:
    """A new secret; the old one is worth nothing from now on. Raises NotPermitted."""
    grant = _may_keep(actor, controller)
    secret = PREFIX + secrets.token_urlsafe(32)
    Controller.objects.filter(pk=controller.pk).update(secret_hash=hash_of(secret))
    trail.record(actor, "access.renew_secret", controller, grant=grant)
    return secret


@transaction.atomic
def set_controller(actor: Actor, *, controller: Controller, **settings: Any) -> Controller:
    """Rename, move or switch off a controller. Switched off it is answered no more."""
    return _changed(actor, controller, _may_keep(actor, controller), settings)


def _may_keep(actor: Actor, controller: Controller) -> scope.Grant:
    """Who manages all areas its doors lead into; for one without doors, who manages any."""
    grant = scope.authorise(actor, "access.manage", organisation_path=None)
    for door in controller.doors.select_related("area__keeper"):
        grant = scope.authorise(actor, "access.manage", organisation_path=door.area.keeper.path)
    return grant


def _checked(record: models.Model) -> None:
    try:
        record.full_clean()
    except ValidationError as error:
        raise Problem(errors=error.message_dict) from error


def _changed(actor: Actor, record: Made, grant: scope.Grant, settings: dict[str, Any]) -> Made:
    before = trail.values_of(record)
    for name, value in settings.items():
        setattr(record, name, value)
    _checked(record)
    record.save(update_fields=list(settings))
    old, new = trail.difference(before, trail.values_of(record))
    if new:
        kind = record._meta.model_name
        trail.record(actor, f"access.set_{kind}", record, before=old, after=new, grant=grant)
    return record


def _record(actor: Actor, action: str, record: models.Model, grant: scope.Grant, **more: Any) -> None:
    trail.record(actor, action, record, after={**trail.values_of(record), **more}, grant=grant)
