"""The door: passwords, lockout and sessions.

An attempt is counted in PostgreSQL *before* its password is looked at, under a lock of its name and its
address; so a hundred attempts at once are no better than a hundred in a row, on however many web processes.
What is told, and after how long, is the same for a wrong password, an unknown name and somebody who left.
"""

from __future__ import annotations

import time
import unicodedata
from datetime import datetime, timedelta
from zlib import crc32

from django.conf import settings
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.sessions.models import Session
from django.db import connection, models, transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.errors import TooMany
from houqin.foundation.people import devices, scope, second_factor, sessions
from houqin.foundation.people.models import Person, SignedInSession, SignInFailure
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import Actor, Outsider
from houqin.foundation.trail.address import present_address

WINDOW = timedelta(minutes=15)
PER_NAME = 5
PER_ADDRESS = 30
SESSIONS = 5
# Each names itself after those before it too, so the order matters.
_BROWSERS = [
    ("DingTalk", "钉钉"),
    ("MicroMessenger", "微信"),
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
]
_SYSTEMS = [
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
]
_LOCK_NAME, _LOCK_ADDRESS = 7201, 7202


class DoorBackend:
    """Django's authentication backend: the password behind the door, permissions from appointments."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None
    ) -> Person | None:
        """The person, or None when name and password do not fit; ``TooMany`` while the door is shut."""
        if not username or password is None:
            return None
        name = normal(username)
        attempt = count_attempt(name, present_address.get())
        person = _check(name, password)
        if person is None:
            failed(name, attempt)
        else:
            attempt.delete()  # those before it count until the person is in: a second factor may still be asked for
        return person

    def get_user(self, pk: int) -> Person | None:
        """Who a session belongs to; asked by Django once a request."""
        person = Person.objects.select_related("organisation").filter(pk=pk).first()
        return person if person is not None and person.is_active else None

    def has_perm(self, person: Person, permission: str, record: models.Model | None = None) -> bool:
        return scope.holds(person, permission)


def normal(username: str) -> str:
    """A sign-in name as it is stored: full-width letters made plain, lower case, no spaces around."""
    return unicodedata.normalize("NFKC", username).strip().lower()[:150]


def count_attempt(name: str, address: str | None) -> SignInFailure:
    """Count one attempt as failed, until it turns out well; raises ``TooMany`` when there were too many."""
    attempt = SignInFailure(username=name, address=address)
    with transaction.atomic():
        _lock(_LOCK_NAME, name)
        if address:
            _lock(_LOCK_ADDRESS, address)
        opens = _opens_at(name, address)
        if opens is None:
            attempt.save()
    if opens is not None:
        minutes = max(1, -int((timezone.now() - opens).total_seconds() // 60))
        raise TooMany(
            _("登录失败次数过多，为保护账号已暂停登录。请 %(minutes)d 分钟后（%(time)s）再试。")
            % {"minutes": minutes, "time": f"{timezone.localtime(opens):%H:%M}"},
            code="sign_in_paused",
        )
    return attempt


def failed(name: str, attempt: SignInFailure, what: str = "password") -> None:
    """Tell the trail of an attempt that failed. Whoever is nobody's name is not kept: it may be a password typed too early."""
    person = Person.objects.filter(username=name).first()
    actor = Outsider(name if person else "—")
    trail.record(actor, "people.sign_in_failed", person or attempt, after={"what": what}, name=actor.name)


def forgive(name: str) -> None:
    """Count the failures of a name no longer."""
    SignInFailure.objects.filter(username=name).delete()


def _lock(kind: int, text: str) -> None:
    """Until the end of the transaction; always the name before the address, so that no circle can arise."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [kind, crc32(text.encode()) - 2**31])


def _opens_at(name: str, address: str | None) -> datetime | None:
    """When the door opens again: once the oldest failure that fills the count is past the window."""
    since = timezone.now() - WINDOW
    moments: list[datetime] = []
    for condition, limit in ((Q(username=name), PER_NAME), (Q(address=address), PER_ADDRESS)):
        if address is None and limit == PER_ADDRESS:
            continue
        newest = SignInFailure.objects.filter(condition, at__gt=since).order_by("-at")
        moments += newest.values_list("at", flat=True)[limit - 1 : limit]
    return max(moments) + WINDOW if moments else None


def _check(name: str, password: str) -> Person | None:
    person = Person.objects.filter(username=name).select_related("organisation").first()
    if person is None or not person.has_usable_password():
        make_password(password)  # takes the time a check would take
        return None
    fits = check_password(password, person.password, setter=lambda raw: _rehash(person, raw))
    return person if fits and person.is_active else None


def _rehash(person: Person, password: str) -> None:
    """A hash of an older kind is renewed while the password is at hand."""
    Person.objects.filter(pk=person.pk).update(password=make_password(password))


def begin(request: HttpRequest, person: Person, *, via: str = "password") -> None:
    """Sign ``person`` in on this browser; of more than five sessions the oldest end.

    The session has a new key, ends twelve hours from now, and after a time without use.
    """
    for word in (sessions.PENDING, sessions.IDLED):
        request.session.pop(word, None)
    login(request, person, backend="houqin.foundation.people.sign_in.DoorBackend")
    limit = settings.IDLE_MINUTES if second_factor.is_required(person) else settings.IDLE_MINUTES_OTHERS
    request.session[sessions.SEEN] = time.time()
    request.session[sessions.IDLE] = limit * 60
    request.session.set_expiry(timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE))
    request.session.save()
    with transaction.atomic():
        Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
        forgive(normal(person.username or ""))
        session = _note(request, person)
        devices.meet(request, person, session)
        surplus = SignedInSession.objects.filter(person=person).order_by("-started_at", "-id")[SESSIONS:]
        _end([kept.session_key for kept in surplus])
        trail.record(person, "people.sign_in", person, after={"via": via, "device": session.device})


def _note(request: HttpRequest, person: Person) -> SignedInSession:
    return SignedInSession.objects.create(
        person=person,
        session_key=str(request.session.session_key),
        address=present_address.get(),
        device=device_name(request.headers.get("User-Agent", "")),
    )


def device_name(user_agent: str) -> str:
    """What people call the thing they sit at: ``Chrome · Windows``; empty when it does not say."""
    found = [
        next((name for mark, name in marks if mark in user_agent), "") for marks in (_BROWSERS, _SYSTEMS)
    ]
    return " · ".join(name for name in found if name)


def end(request: HttpRequest) -> None:
    """Sign out of this browser."""
    person = request.user
    SignedInSession.objects.filter(session_key=request.session.session_key or "").delete()
    if isinstance(person, Person):
        trail.record(person, "people.sign_out", person)
    logout(request)


def keep_only_this(request: HttpRequest, person: Person) -> None:
    """After a change of password: this browser stays signed in, all others do not."""
    update_session_auth_hash(request, person)
    request.session.save()
    end_sessions(person)
    _note(request, person)


def end_session(actor: Actor, session: SignedInSession, grant: scope.Grant | None = None) -> None:
    """Sign somebody out of one browser, at once and in every process."""
    with transaction.atomic():
        _end([session.session_key])
        after = {"device": session.device, "started_at": session.started_at}
        trail.record(actor, "people.end_session", session.person, after=after, grant=grant)


def end_sessions(person: Person) -> None:
    """End every session of a person."""
    _end(list(SignedInSession.objects.filter(person=person).values_list("session_key", flat=True)))


def _end(keys: list[str]) -> None:
    Session.objects.filter(session_key__in=keys).delete()
    SignedInSession.objects.filter(session_key__in=keys).delete()
