"""Roles and appointments: who may do what, where, from when to when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.errors import NotPermitted, Problem
from houqin.foundation.people import scope, second_factor, sign_in
from houqin.foundation.people.actions import writing
from houqin.foundation.people.installation import is_demo
from houqin.foundation.people.models import Appointment, Person, Role
from houqin.foundation.people.permissions import PERMISSIONS
from houqin.foundation.trail.actors import Actor

MANAGE = "people.manage"


def _authorise(actor: Actor, appointment: Appointment) -> scope.Grant:
    """The right over what the appointment covers; and nobody appoints themselves."""
    if actor.pk is not None and appointment.person_id == actor.pk:
        raise NotPermitted(_("不能调整自己的任职，请由另一位管理员办理。"))
    return scope.authorise(
        actor,
        MANAGE,
        organisation_path=appointment.organisation.path,
        place_path=appointment.place.path if appointment.place else "",
        service=appointment.service,
    )


@transaction.atomic
def appoint(actor: Actor, **values: Any) -> Appointment:
    """Give somebody a role over an organisation and what is below.

    ``values``: person, role, organisation; place and service to narrow it; from_on, to_on (inclusive), high_risk.
    """
    appointment = Appointment(**values, granted_by_id=actor.pk)
    grant = _authorise(actor, appointment)
    scope.forget(appointment.person)
    added = writing.add(actor, "people.appoint", appointment, grant=grant)
    _back_to_the_door([appointment.person])
    return added


@transaction.atomic
def change_appointment(actor: Actor, *, appointment: Appointment, **values: Any) -> Appointment:
    """Change an appointment; the right is needed over what it covered and over what it will cover."""
    stored = writing.locked(Appointment, appointment.pk)
    grant = _authorise(actor, stored)
    _authorise(actor, Appointment(**{**_parts(stored), **values}))
    stored.granted_by_id = actor.pk
    changed = writing.change(actor, "people.change_appointment", stored, values, grant=grant)
    _back_to_the_door([changed.person])
    return changed


def _parts(appointment: Appointment) -> dict[str, Any]:
    return {
        name: getattr(appointment, name) for name in ("person", "role", "organisation", "place", "service")
    }


@transaction.atomic
def end_appointment(actor: Actor, *, appointment: Appointment, on: date | None = None) -> Appointment:
    """Let an appointment end; ``on`` is its last day (default: yesterday, or its first day when that is today)."""
    stored = writing.locked(Appointment, appointment.pk)
    grant = _authorise(actor, stored)
    last = on or max(stored.from_on, timezone.localdate() - timedelta(days=1))
    scope.forget(appointment.person)
    return writing.change(actor, "people.end_appointment", stored, {"to_on": last}, grant=grant)


@transaction.atomic
def add_role(
    actor: Actor, *, code: str, name: str, permissions: Sequence[str] = (), head: bool = False
) -> Role:
    """A new set of permissions."""
    grant = scope.authorise_everywhere(actor, MANAGE)
    role = Role(code=code, name=name, permissions=_known(permissions), head=head)
    return writing.add(actor, "people.add_role", role, grant=grant)


@transaction.atomic
def change_role(actor: Actor, *, role: Role, **values: Any) -> Role:
    """Change a role's name, permissions or headship; it holds at once for everybody who has it."""
    grant = scope.authorise_everywhere(actor, MANAGE)
    if "permissions" in values:
        values["permissions"] = _known(values["permissions"])
        _not_ones_own(actor, role, values["permissions"])
    stored = writing.locked(Role, role.pk)
    changed = writing.change(actor, "people.change_role", stored, values, grant=grant)
    _back_to_the_door(Person.objects.filter(appointments__role=changed, sessions__isnull=False).distinct())
    return changed


def _back_to_the_door(people: Iterable[Person]) -> None:
    """Whoever has come to need a second factor and has none signs in again, and sets it up."""
    if is_demo():
        return
    for person in people:
        if second_factor.is_required(person) and not second_factor.has(person):
            sign_in.end_sessions(person)


def _not_ones_own(actor: Actor, role: Role, permissions: list[str]) -> None:
    """Nobody gives themselves more by way of a role they have."""
    more = set(permissions) - set(role.permissions)
    if actor.pk and more and Appointment.objects.filter(role=role, person_id=actor.pk).exists():
        message = _("您自己担任这个角色，不能为它增加权限，请由另一位安全管理员办理。")
        raise Problem(message, code="own_role", errors={"permissions": [message]})


def _known(permissions: Sequence[str]) -> list[str]:
    unknown = sorted(set(permissions) - set(PERMISSIONS.codes()))
    if unknown:
        message = _("没有这样的权限：%(codes)s") % {"codes": _("、").join(unknown)}
        raise Problem(message, errors={"permissions": [message]})
    return sorted(set(permissions))
