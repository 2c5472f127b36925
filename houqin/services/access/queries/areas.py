"""Areas, doors and controllers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.db.models import Prefetch, QuerySet

from houqin.foundation import tree
from houqin.foundation.people import scope
from houqin.foundation.places.models import Place
from houqin.foundation.trail.actors import Actor
from houqin.services.access.models import Area, Controller, Door


def areas_kept(actor: Actor, permission: str = "access.keep") -> QuerySet[Area]:
    """The areas over whose keepers ``actor`` holds ``permission``."""
    return Area.objects.filter(scope.within(actor, permission, organisation="keeper__path"))


def areas_of(place: Place) -> list[Area]:
    """The innermost areas a place lies in: what a visitor of that room needs. Empty where no door stands before it."""
    found = (
        Area.objects.filter(places__in=tree.ids(place.path))
        .distinct()
        .select_related("keeper")
        .order_by("path")
    )
    return [
        area
        for area in found
        if not any(other.path.startswith(area.path) and other != area for other in found)
    ]


def areas_to_ask_for() -> QuerySet[Area]:
    """What can be asked for online."""
    return Area.objects.filter(on_request=True).select_related("keeper").order_by("code")


def door_of(code: str) -> Door | None:
    """A door by the code that stands on it."""
    return Door.objects.select_related("area__keeper", "controller").filter(code=code).first()


def gates() -> QuerySet[Door]:
    """The doors at which people stand and check passes."""
    return Door.objects.filter(gate=True, active=True).select_related("area").order_by("code")


def controller_of_secret(secret: str) -> Controller | None:
    """The controller that shows ``secret``; none when it is switched off or unknown. One query."""
    return Controller.objects.filter(secret_hash=hash_of(secret), active=True).first()


def hash_of(secret: str) -> str:
    """What is kept of a secret. It is 32 random bytes, so a plain hash is as good as a slow one."""
    return hashlib.sha256(secret.encode()).hexdigest()


def board(actor: Actor) -> QuerySet[Controller]:
    """The controllers with doors into areas that ``actor`` manages or watches, each with those doors; two queries."""
    seen = scope.within(actor, "access.manage", organisation="area__keeper__path") | scope.within(
        actor, "access.view", organisation="area__keeper__path"
    )
    doors = Door.objects.filter(seen).select_related("area").order_by("code")
    return (
        Controller.objects.filter(pk__in=doors.order_by().values("controller"))
        .select_related("place")
        .prefetch_related(Prefetch("doors", doors, to_attr="shown_doors"))
        .order_by("code")
    )


def areas_by_id(ids: Iterable[int]) -> list[Area]:
    """Areas by id, as they lie within each other."""
    return list(Area.objects.filter(pk__in=list(ids)).select_related("keeper").order_by("path"))


def areas_named(codes: Iterable[str]) -> list[Area]:
    """Areas by code, as they lie within each other."""
    return list(Area.objects.filter(code__in=list(codes)).order_by("path"))


def areas_managed(actor: Actor) -> QuerySet[Area]:
    """The areas that ``actor`` sets up, each with its doors: two queries."""
    doors = Prefetch("doors", Door.objects.select_related("controller").order_by("code"))
    found = areas_kept(actor, "access.manage").select_related("keeper", "parent")
    return found.prefetch_related(doors).order_by("code")
