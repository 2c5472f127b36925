"""Whose number is shown to whom: a visitor's to host and gate, who may have to call; ID numbers only in a trace, for a reason."""

from __future__ import annotations

from django.utils.translation import gettext as _

from houqin.foundation.errors import NotFound, NotPermitted
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.foundation.personal.showing import SHOWN, Shown
from houqin.foundation.trail.actors import Actor
from houqin.services.visitors import queries
from houqin.services.visitors.models import Visit


def _visit(actor: Actor, key: str) -> Visit:
    found = None
    if isinstance(actor, Person) and key.isascii() and key.isdigit() and len(key) < 18:
        found = queries.visits_seen_by(actor).filter(pk=key).first()
    if found is None:
        raise NotFound
    return found


def _grant(actor: Actor, visit: Visit, permission: str) -> scope.Grant | None:
    return scope.grant_for(
        actor,
        permission,
        organisation_path=visit.section.path,
        place_path=visit.place.path,
        service="visitors",
    )


def phone(actor: Actor, key: str) -> Shown:
    """For the host and whoever entered the visit, and at the gate; in a trace with the reason one gives."""
    visit = _visit(actor, key)
    if actor.pk in (visit.host_id, visit.made_by_id):
        return Shown(visit, "phone", visit.name, _("联系访客"))
    if grant := _grant(actor, visit, "visitors.gate"):
        return Shown(visit, "phone", visit.name, _("门岗联系访客"), grant)
    return Shown(visit, "phone", visit.name, grant=_grant(actor, visit, "visitors.view"))


def id_number(actor: Actor, key: str) -> Shown:
    """For whoever traces visits, with a reason."""
    visit = _visit(actor, key)
    grant = _grant(actor, visit, "visitors.view")
    if grant is None:
        raise NotPermitted
    return Shown(visit, "id_number", visit.name, grant=grant)


def denied(actor: Actor, key: str) -> Shown:
    """The phone of somebody not let in, for whoever keeps that list, with a reason."""
    found = (
        queries.denials_kept(actor).filter(pk=key).first()
        if key.isascii() and key.isdigit() and len(key) < 18
        else None
    )
    if found is None:
        raise NotFound
    grant = scope.grant_for(actor, "visitors.deny", organisation_path=found.section.path)
    return Shown(found, "phone", str(found), grant=grant)


SHOWN.add("visitors.phone", phone)
SHOWN.add("visitors.id_number", id_number)
SHOWN.add("visitors.denied", denied)
