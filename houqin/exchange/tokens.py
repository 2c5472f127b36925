"""Making, recognising and revoking API tokens."""

import hashlib
import secrets
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from houqin.affairs.declare import ITEMS
from houqin.exchange.models import Token
from houqin.foundation import kept
from houqin.foundation.compiled import Compiled
from houqin.foundation.errors import NotFound, NotPermitted, Problem
from houqin.foundation.kept.models import Version
from houqin.foundation.people import actions as people
from houqin.foundation.people import scope as people_scope
from houqin.foundation.people import second_factor
from houqin.foundation.people.installation import is_demo
from houqin.foundation.people.models import Appointment, Person
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import SYSTEM, Actor

PREFIX = "hq_"
DEFAULT_DAYS = 365
#: The most for whose role asks for a second factor: they show it again that often.
PROVED_DAYS = 90


class Unproved(NotPermitted):
    """The token's person has a role that asks for a second factor, and the token was issued without one."""

    code = "token_second_factor"
    message = gettext_lazy(
        "本人的角色登录须动态口令，请凭动态口令重新签发令牌（houqin token create --code）。"
    )


def issue(username: str, scope: str | None = None, days: int | None = None, *, code: str = "") -> str:
    """As :func:`create_token`; for somebody whose role asks for a second factor only with a code of theirs (TOTP or
    recovery code), and for :data:`PROVED_DAYS` at most. The demo compound waives it. Raises Problem in words.
    """
    person = _person(username)
    if is_demo() or not second_factor.is_required(person):
        return create_token(username, scope, days)
    if not code:
        raise Problem(
            _("“%(username)s”的角色登录须动态口令：请本人在 --code 后给出动态口令。") % {"username": username}
        )
    if (days or 0) > PROVED_DAYS:
        raise Problem(_("这类账号的令牌最长 %(days)d 天。") % {"days": PROVED_DAYS})
    try:
        people.prove(person, code=code)
    except Problem as wrong:
        raise Problem("".join(str(text) for texts in wrong.errors.values() for text in texts)) from wrong
    return create_token(username, scope, days or PROVED_DAYS, actor=person, proved=True)


def _person(username: str) -> Person:
    person = Person.objects.active().filter(username=username).first()
    if person is None:
        raise NotFound(_("没有登录名为“%(username)s”的在职人员。") % {"username": username})
    return person


def create_token(
    username: str,
    scope: str | None = None,
    days: int | None = None,
    *,
    actor: Actor = SYSTEM,
    proved: bool = False,
) -> str:
    """Make a token with which ``username`` can be acted for, and return it: it cannot be read again.

    Raises NotFound for an unknown person, Problem for a scope that is neither empty, ``read`` nor a service.
    """
    person = _person(username)
    services = {item.service for item in ITEMS}
    if scope and scope != "read" and scope not in services:
        known = _("、").join(["read", *sorted(services)])
        raise Problem(
            _("没有“%(scope)s”这个范围，可用：%(known)s；不填为全部。") % {"scope": scope, "known": known}
        )
    key = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        token = Token.objects.create(
            person=person,
            digest=_digest(key),
            hint=key[-4:],
            scope=scope or "",
            expires_at=timezone.now() + timedelta(days=days or DEFAULT_DAYS),
            proved=proved,
        )
        trail.record(
            actor,
            "exchange.create_token",
            token,
            after={"scope": token.scope, "expires_at": token.expires_at, "proved": proved},
        )
    return key


def recognise(key: str) -> Token | None:
    """The token behind a key, unless it has ended or its person has left. One query, which also tells this request
    whether what the process keeps of the configuration still holds. Raises :class:`Unproved`."""
    token = _BY_DIGEST.first(_digest(key), timezone.localdate())
    if token is not None:
        kept.note(token.kept_number)
    if token is None or token.expires_at <= timezone.now() or not token.person.is_active:
        return None
    if token.asks_for_factor and not token.proved and not is_demo():
        raise Unproved
    return token


def _asks(today: date) -> Exists:
    """Whether a present appointment of the token's person asks for a second factor."""
    current = Appointment.objects.current(today)
    return Exists(current.filter(person=OuterRef("person"), role__second_factor=True))


_BY_DIGEST = Compiled(
    lambda digest, today: (
        Token.objects.select_related("person")
        .filter(digest=digest, revoked_at__isnull=True)
        .annotate(kept_number=Subquery(Version.objects.values("number")[:1]), asks_for_factor=_asks(today))
        .order_by()
    ),
    str,
    date,
)


def revoke(actor: Actor, token: Token) -> None:
    """End a token now."""
    with transaction.atomic():
        Token.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())
        trail.record(actor, "exchange.revoke_token", token)


def end_token(actor: Person, token: Token) -> None:
    """End a token of one's own, or of somebody over whom ``actor`` manages tokens; raises ``NotPermitted``."""
    if token.person_id != actor.pk:
        people_scope.authorise(actor, "exchange.manage", organisation_path=token.person.organisation.path)
    revoke(actor, token)


def alive(person: Person) -> QuerySet[Token]:
    """The tokens with which one can still be acted for."""
    return Token.objects.filter(person=person, revoked_at__isnull=True, expires_at__gt=timezone.now())


def revoke_tokens(username: str, ending: str = "", *, actor: Actor = SYSTEM) -> int:
    """End the tokens of ``username`` now, or only those whose last letters are ``ending``. Returns how many.

    Raises NotFound for an unknown person; somebody who has left is known still.
    """
    if not Person.objects.filter(username=username).exists():
        raise NotFound(_("没有登录名为“%(username)s”的人员。") % {"username": username})
    found = Token.objects.filter(person__username=username, revoked_at__isnull=True)
    ended = list(found.filter(hint__endswith=ending[-4:]) if ending else found)
    for token in ended:
        revoke(actor, token)
    return len(ended)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
