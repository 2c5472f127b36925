"""Whether this installation is the demo compound; a process asks the database once a minute at most."""

from __future__ import annotations

import time
from datetime import date

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from houqin.foundation.errors import Problem
from houqin.foundation.people import sign_in
from houqin.foundation.people.models import Installation, Person
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import SYSTEM

KEPT_SECONDS = 60
_kept: tuple[float, Installation | None] | None = None


def is_demo() -> bool:
    """Whether the flag in the database says demo."""
    return _demo() is not None


def is_closed_demo() -> bool:
    """Whether this is a demo that answers to its own machine alone, because its passwords are known to everybody."""
    demo = _demo()
    return demo is not None and not demo.lan


@transaction.atomic
def open_demo(password: str) -> None:
    """Open the demo to the local network: every account gets ``password``, every session ends.

    Raises Problem unless this is a demo, or when the password is too weak or the one everybody knows.
    """
    demo = Installation.objects.select_for_update().filter(demo=True).first()
    if demo is None:
        raise Problem(_("只有演示环境可以这样开放。"))
    people = list(Person.objects.filter(username__isnull=False))
    if any(check_password(password, person.password) for person in people[:1]):
        raise Problem(_("这是人人皆知的演示密码，请另设一个。"))
    try:
        validate_password(password)
    except ValidationError as error:
        raise Problem(_("；").join(error.messages)) from None
    Person.objects.filter(pk__in=[person.pk for person in people]).update(password=make_password(password))
    for person in people:
        sign_in.end_sessions(person)
    demo.lan = True
    demo.save(update_fields=["lan"])
    trail.record(SYSTEM, "demo.open", demo, after={"lan": True})
    forget()


def _demo() -> Installation | None:
    global _kept
    if _kept is None or time.monotonic() - _kept[0] > KEPT_SECONDS:
        _kept = (time.monotonic(), Installation.objects.filter(demo=True).first())
    return _kept[1]


def mark_demo(*, today: date, seed: int) -> Installation:
    """Say that this is a demo from now on."""
    installation = Installation(demo=True, demo_today=today, seed=seed)
    installation.save(force_insert=True)
    forget()
    return installation


def forget() -> None:
    """Ask the database again next time."""
    global _kept
    _kept = None
