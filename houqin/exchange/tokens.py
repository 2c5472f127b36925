"""Making, recognising and revoking API tokens."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.affairs.declare import ITEMS
from houqin.exchange.models import Token
from houqin.foundation import kept
from houqin.foundation.compiled import Compiled
from houqin.foundation.errors import NotFound, Problem
from houqin.foundation.kept.models import Version
from houqin.foundation.people import scope as people_scope
from houqin.foundation.people.models import Person
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import SYSTEM, Actor

PREFIX = "hq_"
DEFAULT_DAYS = 365


def create_token(
    username: str, scope: str | None = None, days: int | None = None, *, actor: Actor = SYSTEM
) -> str:
    """Make a token with which ``username`` can be acted for, and return it: it cannot be read again.

    Raises NotFound for an unknown person, Problem for a scope that is neither empty, ``read`` nor a service.
    """
    person = Person.objects.active().filter(username=username).first()
    if person is None:
        raise NotFound(_("没有登录名为“%(username)s”的在职人员。") % {"username": username})
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
        )
        trail.record(
            actor,
            "exchange.create_token",
            token,
            after={"scope": token.scope, "expires_at": token.expires_at},
        )
    return key


def recognise(key: str) -> Token | None:
    """The token behind a key, unless it has ended or its person has left. One query, which also tells this request
    whether what the process keeps of the configuration still holds."""
    token = _BY_DIGEST.first(_digest(key))
    if token is not None:
        kept.note(token.kept_number)
    if token is None or token.expires_at <= timezone.now() or not token.person.is_active:
        return None
    return token


_BY_DIGEST = Compiled(
    lambda digest: (
        Token.objects.select_related("person")
        .filter(digest=digest, revoked_at__isnull=True)
        .annotate(kept_number=Subquery(Version.objects.values("number")[:1]))
        .order_by()
    ),
    str,
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
