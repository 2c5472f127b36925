"""Whose number is shown to whom: people's phones to those who may have to call them, ID numbers to who keeps the roster."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.errors import NotFound, NotPermitted
from houqin.foundation.people import scope
from houqin.foundation.people.models import DutyShift, Person
from houqin.foundation.personal.showing import SHOWN, Shown
from houqin.foundation.trail.actors import Actor

#: Who had duty shortly before or has it soon is called about the hand-over.
_AROUND = timedelta(hours=24)


def _person(key: str) -> Person:
    found = None
    if key.isascii() and key.isdigit() and len(key) < 18:
        found = Person.objects.select_related("organisation").filter(pk=key).first()
    if found is None:
        raise NotFound
    return found


def phone(actor: Actor, key: str) -> Shown:
    """One's own; of people whom one may look up; of whoever has duty now, or whose duty one plans or shares."""
    person = _person(key)
    if actor.pk == person.pk:
        return Shown(person, "phone", person.name, _("本人查看"))
    if grant := scope.grant_for(actor, "people.view", organisation_path=person.organisation.path):
        return Shown(person, "phone", person.name, _("通讯录"), grant)
    if not _on_duty_for(actor, person):
        raise NotFound
    return Shown(person, "phone", person.name, _("值班联系"))


def _on_duty_for(actor: Actor, person: Person) -> bool:
    now = timezone.now()
    theirs = Q(substitute=person) | Q(person=person)
    near = DutyShift.objects.filter(theirs, starts_at__lt=now + _AROUND, ends_at__gt=now - _AROUND)
    running = Q(starts_at__lte=now, ends_at__gt=now)
    mine = Q(person_id=actor.pk) | Q(substitute_id=actor.pk)
    planned = scope.within(actor, "duty.manage", organisation="section__path")
    sections = DutyShift.objects.filter(mine, ends_at__gt=now - _AROUND).values("section")
    return (
        near.filter(running | Q(section__in=sections)).exists()
        or DutyShift.objects.filter(theirs, planned, ends_at__gt=now - _AROUND).exists()
    )


def id_number(actor: Actor, key: str) -> Shown:
    """One's own, and of people whose roster one keeps, for a reason."""
    person = _person(key)
    if actor.pk == person.pk:
        return Shown(person, "id_number", person.name, _("本人查看"))
    grant = scope.grant_for(actor, "people.import", organisation_path=person.organisation.path)
    if grant is None:
        if scope.grant_for(actor, "people.view", organisation_path=person.organisation.path):
            raise NotPermitted
        raise NotFound
    return Shown(person, "id_number", person.name, grant=grant)


SHOWN.add("people.phone", phone)
SHOWN.add("people.id_number", id_number)
