"""Browsers people have signed in on before: whoever comes in on another one is told of it."""

from __future__ import annotations

import hashlib
import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from houqin.foundation.people.models import KnownDevice, Person, SignedInSession
from houqin.foundation.people.moments import NEW_DEVICE

COOKIE = "houqin_device"
KEPT_S = 400 * 24 * 60 * 60  # the most that browsers keep
_ASKED = "_houqin_device"


def meet(request: HttpRequest, person: Person, session: SignedInSession) -> None:
    """Know the browser again, or get to know it; the person hears of one that is not their first."""
    token = request.COOKIES.get(COOKIE, "")[:64] or secrets.token_urlsafe(24)
    setattr(request, _ASKED, token)
    digest = hashlib.sha256(token.encode()).hexdigest()
    others = KnownDevice.objects.filter(person=person).exists()
    known, new = KnownDevice.objects.get_or_create(
        person=person, digest=digest, defaults={"name": session.device}
    )
    if not new:
        KnownDevice.objects.filter(pk=known.pk).update(last_at=timezone.now(), name=session.device)
    elif others:
        for tell in NEW_DEVICE:
            tell(person, session)


def keep(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let this browser be known by the cookie that :func:`meet` asked for."""
    token = getattr(request, _ASKED, None)
    if token:
        response.set_cookie(
            COOKIE,
            token,
            max_age=KEPT_S,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def short_address(address: str | None) -> str:
    """As much of an address as somebody needs to know it again: ``10.2.3.*``, ``2001:db8:1:*``."""
    if not address:
        return ""
    mark, parts = (":", 3) if ":" in address else (".", 3)
    return mark.join([*address.split(mark)[:parts], "*"])
