"""Accounts: by which name and password somebody signs in. The security administrator's work."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from houqin.foundation.errors import NotPermitted
from houqin.foundation.people import passwords, scope, second_factor, sign_in
from houqin.foundation.people.actions import writing
from houqin.foundation.people.models import Appointment, Person, SignedInSession
from houqin.foundation.people.moments import ACCOUNT_RESET
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
    """Give somebody an initial password, which they change when they sign in; every session of theirs ends."""
    stored = writing.locked(Person, person.pk)
    grant = authorise(actor, stored)
    passwords.store(stored, password, initial=True)
    sign_in.end_sessions(stored)
    trail.record(actor, "people.reset_password", stored, grant=grant)
    _tell(stored, "password")
    return stored


@transaction.atomic
def reset_second_factor(actor: Actor, *, person: Person) -> Person:
    """The phone is gone: take the second factor away. Every session ends; a new one is set up at the next sign-in."""
    stored = writing.locked(Person, person.pk)
    grant = authorise(actor, stored)
    if second_factor.forget(stored):
        trail.record(actor, "people.reset_second_factor", stored, grant=grant)
        _tell(stored, "second_factor")
    sign_in.end_sessions(stored)
    return stored


def _tell(person: Person, what: str) -> None:
    for tell in ACCOUNT_RESET:
        tell(person, what)


@transaction.atomic
def sign_out_everywhere(actor: Actor, *, person: Person) -> Person:
    """End every session of somebody."""
    stored = writing.locked(Person, person.pk)
    grant = authorise(actor, stored)
    sign_in.end_sessions(stored)
    trail.record(actor, "people.sign_out_everywhere", stored, grant=grant)
    return stored


def end_session(actor: Actor, *, session: SignedInSession) -> None:
    """End one session: one's own, or somebody else's with the right over their account."""
    grant = None if actor.pk == session.person_id else authorise(actor, session.person)
    sign_in.end_session(actor, session, grant)


@transaction.atomic
def unlock(actor: Actor, *, person: Person) -> Person:
    """Let somebody who typed wrong too often try again at once."""
    stored = writing.locked(Person, person.pk)
    grant = authorise(actor, stored)
    sign_in.forgive(sign_in.normal(stored.username or ""))
    trail.record(actor, "people.unlock", stored, grant=grant)
    return stored
