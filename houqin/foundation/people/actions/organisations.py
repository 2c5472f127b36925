"""Organisations: set up, renamed, moved, ended."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation import tree
from houqin.foundation.errors import Problem
from houqin.foundation.people import scope
from houqin.foundation.people.actions import writing
from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.people.pinyin import pinyin_key
from houqin.foundation.trail.actors import Actor

MANAGE = "people.import"


def _authorise_below(actor: Actor, parent: Organisation | None) -> scope.Grant:
    if parent is None:
        return scope.authorise_everywhere(actor, MANAGE)
    return scope.authorise(actor, MANAGE, organisation_path=parent.path)


@transaction.atomic
def add_organisation(
    actor: Actor, *, kind: str, code: str, name: str, parent: Organisation | None = None, **values: Any
) -> Organisation:
    """Set up an organisation below ``parent`` (without one: a root). ``values``: short_name, phone, position."""
    grant = _authorise_below(actor, parent)
    organisation = Organisation(kind=kind, code=code, name=name, parent=parent, **values)
    organisation.pinyin, organisation.initials = pinyin_key(name)
    return writing.add(actor, "people.add_organisation", organisation, grant=grant)


@transaction.atomic
def change_organisation(actor: Actor, *, organisation: Organisation, **values: Any) -> Organisation:
    """Change what is known of an organisation; a new ``parent`` moves it with everything below."""
    stored = writing.locked(Organisation, organisation.pk)
    grant = scope.authorise(actor, MANAGE, organisation_path=stored.path)
    if "parent" in values:
        move_organisation(actor, organisation=stored, parent=values.pop("parent"))
        stored = writing.locked(Organisation, organisation.pk)
    if "name" in values:
        stored.pinyin, stored.initials = pinyin_key(values["name"])
    return writing.change(actor, "people.change_organisation", stored, values, grant=grant)


def rename_organisation(
    actor: Actor, *, organisation: Organisation, name: str, short_name: str = ""
) -> Organisation:
    """Give an organisation a new name; its history keeps the old one."""
    return change_organisation(actor, organisation=organisation, name=name, short_name=short_name)


@transaction.atomic
def move_organisation(
    actor: Actor, *, organisation: Organisation, parent: Organisation | None
) -> Organisation:
    """Put an organisation, with everything below it, under another; the right is needed at both ends."""
    stored = writing.locked(Organisation, organisation.pk)
    grant = scope.authorise(actor, MANAGE, organisation_path=stored.path)
    _authorise_below(actor, parent)
    if parent is not None and stored.pk in tree.ids(parent.path):
        message = _("不能移动到自己或自己的下级之下。")
        raise Problem(message, code="circle", errors={"parent": [message]})
    moved = writing.change(actor, "people.move_organisation", stored, {"parent": parent}, grant=grant)
    moved.refresh_from_db(fields=["path"])
    return moved


@transaction.atomic
def end_organisation(actor: Actor, *, organisation: Organisation, on: date | None = None) -> Organisation:
    """Close an organisation from a day on (default: today). It must stand empty."""
    stored = writing.locked(Organisation, organisation.pk)
    grant = scope.authorise(actor, MANAGE, organisation_path=stored.path)
    if Person.objects.active().filter(organisation__path__startswith=stored.path).exists():
        raise Problem(_("该组织仍有在职人员，请先调整人员所在科室。"), code="not_empty")
    if stored.children.filter(ended_on__isnull=True).exists():
        raise Problem(_("该组织仍有下级组织，请先撤销下级组织。"), code="not_empty")
    day = on or timezone.localdate()
    return writing.change(actor, "people.end_organisation", stored, {"ended_on": day}, grant=grant)
