"""What lies between a right password and the house: a second factor, a password of one's own.

Whoever is there is not signed in: their session says only who has proved what, and for ten minutes at most.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from houqin.foundation.people import passwords, second_factor
from houqin.foundation.people.installation import is_demo
from houqin.foundation.people.models import Person
from houqin.foundation.people.passwords import Standing
from houqin.foundation.people.sessions import PENDING

PATIENCE_S = 600


@dataclass(frozen=True)
class Pending:
    """Somebody at the door. ``via``: how they came (``password``, ``oidc``…); ``proved``: the second factor is done."""

    person: Person
    via: str
    next: str
    proved: bool


def hold(request: HttpRequest, person: Person, *, via: str, next: str, proved: bool = False) -> Pending:
    """Remember in this browser that ``person`` came as far as this; its session gets a new key."""
    request.session.cycle_key()
    request.session[PENDING] = {
        "person": person.pk,
        "hash": person.get_session_auth_hash(),
        "at": time.time(),
        "via": via,
        "next": next,
        "proved": proved,
    }
    return Pending(person, via, next, proved)


def pending(request: HttpRequest) -> Pending | None:
    """Who is at the door of this browser; nobody when it took too long, or the password has changed meanwhile."""
    kept = request.session.get(PENDING)
    if not kept or time.time() - kept["at"] > PATIENCE_S:
        return None
    person = Person.objects.filter(pk=kept["person"]).select_related("organisation").first()
    if person is None or not person.is_active:
        return None
    if not constant_time_compare(kept["hash"], person.get_session_auth_hash()):
        return None
    return Pending(person, kept["via"], kept["next"], kept["proved"])


def next_stage(at: Pending) -> str:
    """The name of the page that comes next; empty when nothing is left. The demo compound waives all of it."""
    if is_demo():
        return ""
    has_factor = second_factor.has(at.person)
    if has_factor and not at.proved:
        return "people:code"
    if at.via == "password" and passwords.standing(at.person) in (Standing.INITIAL, Standing.AGED):
        return "people:new_password"
    if not has_factor and second_factor.is_required(at.person):
        return "people:enrol"
    return ""
