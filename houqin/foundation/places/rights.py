"""Who may keep which places. A place belongs to no organisation, so the appointment's place decides."""

from __future__ import annotations

from houqin.foundation.errors import NotPermitted
from houqin.foundation.people.scope import EVERYTHING, Grant, grants
from houqin.foundation.places.models import Place
from houqin.foundation.trail.actors import Actor, System

PERMISSION = "places.manage"


def keeper_grant(actor: Actor, place: Place | None) -> Grant | None:
    """The appointment by which ``actor`` keeps ``place`` (``None``: the whole compound), if there is one."""
    if isinstance(actor, System):
        return EVERYTHING
    path = place.path if place else ""
    for grant in grants(actor):
        if PERMISSION in grant.permissions and not grant.service and path.startswith(grant.place_path):
            return grant
    return None


def authorise_place(actor: Actor, place: Place | None) -> Grant:
    """As :func:`keeper_grant`, but raises ``NotPermitted`` where there is none."""
    grant = keeper_grant(actor, place)
    if grant is None:
        raise NotPermitted
    return grant
