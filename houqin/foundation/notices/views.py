"""The list of notices and its badge."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from houqin.foundation.errors import NotFound
from houqin.foundation.notices import actions, queries
from houqin.foundation.people.models import Person

PAGE = 30


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What I was told, newest first, a page at a time."""
    person = cast(Person, request.user)
    before = request.GET.get("before", "")
    unread_only = request.GET.get("show") == "unread"
    found = queries.page(
        person, before=int(before) if before.isdecimal() and len(before) < 19 else None, unread=unread_only
    )
    notices, more = found[:PAGE], found[PAGE:]
    unread = queries.unread_count(person)
    here = reverse("notices:list")
    shown = {"show": "unread"} if unread_only else {}
    context = {
        "notices": notices,
        "unread": unread,
        "unread_only": unread_only,
        "next_url": f"{here}?{urlencode(shown | {'before': notices[-1].pk})}" if more else "",
        "first_url": f"{here}?{urlencode(shown)}" if before else "",
        "chips": [
            {"label": _("全部"), "url": here, "count": None, "current": not unread_only},
            {"label": _("未读"), "url": f"{here}?show=unread", "count": unread, "current": unread_only},
        ],
    }
    return render(request, "notices/list.html", context)


@login_required
@require_POST
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a notice as read and go on to what it is about."""
    person = cast(Person, request.user)
    notice = queries.of_person(person).filter(pk=pk).first()
    if notice is None:
        raise NotFound
    actions.read(person, [notice.pk])
    stays = url_has_allowed_host_and_scheme(notice.url, allowed_hosts={request.get_host()})
    return HttpResponseRedirect(notice.url if stays else reverse("notices:list"))


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    actions.read(cast(Person, request.user))
    return redirect("notices:list")


@never_cache
@require_safe
def badge(request: HttpRequest) -> HttpResponse:
    """The figure on the bell, polled by every page; empty for whoever is no longer signed in."""
    person = request.user
    unread = queries.unread_count(person) if isinstance(person, Person) else 0
    # No space around it: the style sheet hides a badge that is empty.
    return HttpResponse(render_to_string("notices/badge.html", {"unread": unread}).strip())
