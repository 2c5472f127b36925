"""One's own API tokens, from the profile: which there are, and ending them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from houqin.exchange import tokens
from houqin.foundation.errors import NotFound
from houqin.foundation.people.models import Person
from houqin.foundation.people.moments import PROFILE_PARTS, ProfilePart
from houqin.portal.door import person_of, signed_in


@signed_in
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """The tokens with which other systems act as me."""
    return render(request, "portal/tokens.html", {"tokens": tokens.alive(person_of(request))})


@signed_in
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of them."""
    person = person_of(request)
    token = tokens.alive(person).filter(pk=pk).first()
    if token is None:
        raise NotFound(_("这个令牌已经撤销。"))
    tokens.end_token(person, token)
    messages.success(request, _("令牌 …%(hint)s 已撤销，立即失效。") % {"hint": token.hint})
    return redirect("portal:tokens")


def _part(person: Person) -> ProfilePart | None:
    count = tokens.alive(person).count()
    says = ngettext("%(n)d 个有效", "%(n)d 个有效", count) % {"n": count}
    return ProfilePart(_("接口令牌"), says, reverse("portal:tokens"), "transfer") if count else None


PROFILE_PARTS.add("tokens", _part)
