"""Accounts: by which name and password somebody signs in. The security administrator's work."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from houqin.foundation.errors import NotPermitted, Problem
from houqin.foundation.people import scope, sign_in
from houqin.foundation.people.actions import writing
from houqin.foundation.people.models import Appointment, Person
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import Actor

MANAGE = "people.manage"


def authorise(actor: Actor, person: Person) -> scope.Grant:
    """The right over somebody's account.

    It opens whatever they are appointed to, so the right is needed over all of that as well. One's own is not
    changed here: passwords by the profile, everything else by another security administrator.
    """
    if actor.pk is not None and actor.pk == person.pk:
        raise NotPermitted(
            _("不能在这里调整自己的账号。修改密码请到“个人设置”，其他请由另一位安全管理员办理。")
        )
    grant = scope.authorise(actor, MANAGE, organisation_path=person.organisation.path)
    for each in Appointment.objects.current().filter(person=person).select_related("organisation"):
        scope.authorise(actor, MANAGE, organisation_path=each.organisation.path)
    return grant


@transaction.atomic
def name_account(actor: Actor, *, person: Person, username: str) -> Person:
    """Give somebody the name they sign in with, or none; every session of theirs ends when it changes."""
    stored = writing.locked(Person, person.pk)
    grant = authorise(actor, stored)
    wanted = sign_in.normal(username) or None
    if wanted != stored.username:
        sign_in.end_sessions(stored)
    return writing.change(actor, "people.name_account", stored, {"username": wanted}, grant=grant)


@transaction.atomic
def reset_password(actor: Actor, *, person: Person, password: str) -> Person:
    """Give somebody a new password; every session of theirs ends."""
    stored = writing.locked(Person, person.pk)
    grant = authorise(actor, stored)
    set_checked_password(stored, password)
    stored.save(update_fields=["password"])
    sign_in.end_sessions(stored)
    trail.record(actor, "people.reset_password", stored, grant=grant)
    return stored


def set_checked_password(person: Person, password: str, field: str = "password") -> None:
    """Set a password that is good enough, or raise a ``Problem`` naming ``field``."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Problem(errors={field: error.messages}) from error
    person.set_password(password)
