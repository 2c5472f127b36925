"""What people change about themselves."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.utils.translation import gettext as _

from houqin.foundation.errors import Problem
from houqin.foundation.people import passwords, scope, sign_in
from houqin.foundation.people.actions import writing
from houqin.foundation.people.models import Person
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.address import present_address


@transaction.atomic
def set_preferences(actor: Person, *, language: str | None = None, large_type: bool | None = None) -> Person:
    """Language and large type of one's own pages; what is None stays."""
    values: dict[str, Any] = {"language": language, "large_type": large_type}
    chosen = {field: value for field, value in values.items() if value is not None}
    stored = writing.locked(Person, actor.pk)
    return writing.change(actor, "people.set_preferences", stored, chosen, grant=scope.EVERYTHING)


@transaction.atomic
def change_profile(actor: Person, **values: Any) -> Person:
    """One's own phone, e-mail and usual place; everything else is the administrator's."""
    own: dict[str, Any] = {
        field: values[field] for field in ("phone", "email", "usual_place") if field in values
    }
    stored = writing.locked(Person, actor.pk)
    return writing.change(actor, "people.change_profile", stored, own, grant=scope.EVERYTHING)


def change_password(actor: Person, *, old: str, new: str) -> Person:
    """A new password for the old one. Wrong old ones count at the door, so a borrowed screen cannot guess."""
    name = sign_in.normal(actor.username or "")
    attempt = sign_in.count_attempt(name, present_address.get())
    if not check_password(old, actor.password):
        sign_in.failed(name, attempt)
        raise Problem(errors={"old": [_("原密码不正确，请重新输入。")]})
    sign_in.forgive(name)
    return choose_password(actor, new=new)


@transaction.atomic
def choose_password(actor: Person, *, new: str) -> Person:
    """A password of one's own in place of an initial or an aged one, which has just been shown."""
    stored = writing.locked(Person, actor.pk)
    passwords.store(stored, new, initial=False, field="new")
    trail.record(actor, "people.change_password", stored)
    return stored
