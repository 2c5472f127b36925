"""Who stands before a page: a person who has signed in, or a passer-by who has proved a case to be theirs."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from houqin.foundation.errors import Problem
from houqin.foundation.people.models import Person
from houqin.foundation.sealed.envelope import seal, unseal
from houqin.foundation.trail.actors import Outsider

View = Callable[..., HttpResponse]
_TRACKED = "tracked"
#: A browser remembers this many cases of passers-by; the oldest go first.
_TRACKED_MOST = 20


def signed_in(view: View) -> View:
    """Let in who has signed in; send others to the door and back again afterwards, fragments by the whole page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        return view(request, *args, **more) if request.user.is_authenticated else to_the_door(request)

    return guarded


def to_the_door(request: HttpRequest) -> HttpResponse:
    """The way to the sign-in page. A fragment makes the page it stands in go there, so that drafts stay where they are."""
    asked = request.headers.get("HX-Current-URL") if _is_fragment(request) else None
    back = urlsplit(asked)._replace(scheme="", netloc="").geturl() if asked else request.get_full_path()
    address = f"{settings.LOGIN_URL}?{urlencode({'next': back})}"
    if _is_fragment(request):
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def person_of(request: HttpRequest) -> Person:
    """Whoever has signed in; for views behind :func:`signed_in`."""
    assert isinstance(request.user, Person)
    return request.user


def remember_joined(request: HttpRequest, number: str, *, name: str) -> None:
    """This browser's report joined a case: it may read its receipt. That proves nothing about whose case it is."""
    if number not in request.session.get(_TRACKED, {}):
        remember_case(request, number, name=name, phone="")


def remember_case(request: HttpRequest, number: str, *, name: str, phone: str) -> None:
    """This browser showed number and phone of a passer-by's case: it may open it until the session ends.

    Sessions lie in the database, so the number goes there encrypted.
    """
    tracked = dict(request.session.get(_TRACKED, {}))
    tracked.pop(number, None)
    tracked[number] = [name, seal(phone, _TRACKED).hex() if phone else ""]
    request.session[_TRACKED] = dict(list(tracked.items())[-_TRACKED_MOST:])


def viewer_of(request: HttpRequest, number: str) -> Person | Outsider | None:
    """Whoever looks at case ``number``: the signed-in person, the passer-by who proved it theirs, or nobody."""
    if isinstance(request.user, Person):
        return request.user
    known = request.session.get(_TRACKED, {}).get(number)
    return _outsider(*known) if known else None


def passers_by(request: HttpRequest) -> list[Outsider]:
    """As whom this browser has proved cases to be theirs, each name and phone once."""
    tracked = request.session.get(_TRACKED, {})
    return list(dict.fromkeys(_outsider(*each) for each in tracked.values()))


def _outsider(name: str, sealed: str) -> Outsider:
    try:
        return Outsider(name=name, phone=unseal(bytes.fromhex(sealed), _TRACKED) if sealed else "")
    except (
        Problem,
        ValueError,
    ):  # its key is gone, or it is of an earlier version: they show number and phone again
        return Outsider(name=name)


def next_address(request: HttpRequest, fallback: str) -> str:
    """Where to go on after a form: its ``next`` where that is an address of ours, else ``fallback``."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else fallback


def _is_fragment(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))
