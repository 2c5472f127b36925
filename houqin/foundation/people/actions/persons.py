"""People: who belongs here, and until when."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.errors import NotPermitted, Problem
from houqin.foundation.people import passwords, scope, sign_in
from houqin.foundation.people.actions import accounts, writing
from houqin.foundation.people.models import Appointment, Organisation, Person
from houqin.foundation.people.permissions import ADMINISTRATORS
from houqin.foundation.people.pinyin import name_key
from houqin.foundation.sealed.keys import present
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import Actor, System

MANAGE = "people.import"


def _clean(values: dict[str, Any]) -> dict[str, Any]:
    """Sign-in names in their one form; an empty name or number is none, since both are unique."""
    clean = dict(values)
    if "username" in clean:
        clean["username"] = sign_in.normal(clean["username"] or "") or None
    if "staff_number" in clean:
        clean["staff_number"] = (clean["staff_number"] or "").strip() or None
    return clean


def _once(person: Person) -> None:
    """Nobody else has the ID number, under whichever key. Raises Problem, as the constraint does for those under one key."""
    if not person.id_number or len(present().lookup) == 1:
        return
    if Person.objects.filter(id_number=person.id_number).exclude(pk=person.pk).exists():
        raise Problem(errors={"id_number": [_("这个身份证号已登记在另一人名下，请核对。")]})


@transaction.atomic
def add_person(
    actor: Actor, *, organisation: Organisation, name: str, password: str = "", **values: Any
) -> Person:
    """Somebody new. ``values``: username, staff_number, post, phone, email, language, usual_place.

    Without ``username`` and ``password`` the person is known but cannot sign in; giving them is the security
    administrator's right, not that of whoever keeps the roster.
    """
    grant = scope.authorise(actor, MANAGE, organisation_path=organisation.path)
    if password or values.get("username"):
        scope.authorise(actor, accounts.MANAGE, organisation_path=organisation.path)
    person = Person(organisation=organisation, name=name, **_clean(values))
    person.pinyin, person.initials = name_key(name)
    person.set_unusable_password()
    _once(person)
    added = writing.add(actor, "people.add_person", person, grant=grant)
    if password:
        passwords.store(added, password, initial=True)
    return added


@transaction.atomic
def change_person(actor: Actor, *, person: Person, **values: Any) -> Person:
    """Change what is known of somebody; a new ``organisation`` needs the right at both ends.

    How they sign in is not part of it: see ``accounts``.
    """
    stored = writing.locked(Person, person.pk)
    grant = scope.authorise(actor, MANAGE, organisation_path=stored.organisation.path)
    if "organisation" in values:
        scope.authorise(actor, MANAGE, organisation_path=values["organisation"].path)
    if "name" in values:
        stored.pinyin, stored.initials = name_key(values["name"])
    if "username" in values:
        raise NotPermitted(_("登录名由安全管理员在“账号”中设置。"))
    if "id_number" in values:
        _once(Person(pk=stored.pk, id_number=values["id_number"]))
    return writing.change(actor, "people.change_person", stored, _clean(values), grant=grant)


@transaction.atomic
def end_person(actor: Actor, *, person: Person, on: date | None = None) -> Person:
    """Somebody leaves: from that day (default: today) no sign-in, no appointment and no duty counts."""
    stored = writing.locked(Person, person.pk)
    grant = scope.authorise(actor, MANAGE, organisation_path=stored.organisation.path)
    day = on or timezone.localdate()
    _no_administrator(actor, stored, day)
    _end_appointments(actor, stored, day, grant)
    if day <= timezone.localdate():
        sign_in.end_sessions(stored)
    scope.forget(person)
    return writing.change(actor, "people.end_person", stored, {"ended_on": day}, grant=grant)


def _no_administrator(actor: Actor, person: Person, day: date) -> None:
    """Whoever keeps the roster removes no administrator by it."""
    held = Appointment.objects.filter(person=person, role__office__in=ADMINISTRATORS)
    if held.filter(Q(to_on__isnull=True) | Q(to_on__gt=day)).exists() and not isinstance(actor, System):
        raise NotPermitted(_("此人现任管理员。请先由安全管理员结束其管理员任职，再办理离开。"))


def _end_appointments(actor: Actor, person: Person, day: date, grant: scope.Grant) -> None:
    ending = list(
        Appointment.objects.filter(Q(to_on__isnull=True) | Q(to_on__gt=day), person=person)
        .select_for_update(of=("self",))
        .select_related("person", "role", "organisation")
    )
    entries = []
    for appointment in ending:
        before = {"to_on": appointment.to_on}
        appointment.to_on = max(appointment.from_on, day)
        entries.append(
            trail.entry(
                actor,
                "people.end_appointment",
                appointment,
                before=before,
                after={"to_on": appointment.to_on},
                grant=grant,
            )
        )
    with writing.judged():
        Appointment.objects.bulk_update(ending, ["to_on"])
    trail.record_many(entries)
