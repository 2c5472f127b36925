"""Showing a masked number: one address for all of them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods

from houqin.foundation.personal import actions
from houqin.portal import problems
from houqin.portal.door import next_address, person_of, signed_in


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def reveal(request: HttpRequest, what: str, key: str) -> HttpResponse:
    """What would be shown, and after a POST the number: as a fragment in the place of its mask, or on this page."""
    actor = person_of(request)
    shown = actions.find(actor, what, key)
    context = {"shown": shown, "what": what, "key": key, "back": next_address(request, "/")}
    if request.method != "POST":
        return _page(request, context)
    try:
        number = actions.reveal(actor, what=what, key=key, reason=request.POST.get("reason", "")).clear
    except actions.ReasonNeeded as problem:
        asked = "reason" in request.POST
        return _page(request, {**context, "error": problem.errors["reason"][0] if asked else ""}, ask=True)
    context |= {"number": number, "dial": number.partition("转")[0]}
    return _page(request, context)


def _page(request: HttpRequest, context: dict[str, object], *, ask: bool = False) -> HttpResponse:
    """A fragment for htmx (into the dialog where the reason is asked for), else the page; kept by no cache."""
    status = 422 if context.get("error") else 200
    if getattr(request, "htmx", False):
        part = "asked" if ask or "number" not in context else "shown"
        answer = render(request, f"portal/reveal.html#{part}", context, status=status)
        if part == "asked":
            answer = problems.fragment(answer)
    else:
        answer = render(request, "portal/reveal.html", context, status=status)
    patch_cache_control(answer, no_store=True, private=True)
    return problems.vary(answer)
