"""The catalogue of services, searched as one types."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from houqin.affairs import actions
from houqin.portal import queries
from houqin.portal.door import next_address, person_of, signed_in
from houqin.portal.problems import vary
from houqin.portal.shell import shell


@require_safe
@signed_in
def services(request: HttpRequest) -> HttpResponse:
    """Every item in its group, or those that fit ``q``; htmx gets the list alone."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    offered = queries.offered_to(person_of(request))
    favourites = shell(request)["shell"].standing.favourites
    context = {"q": text, "count": len(offered), "groups": [], "found": []}
    if text:
        context["found"] = queries.tiles(queries.find_items(offered, text), favourites)
    else:
        context["groups"] = queries.groups(offered, favourites)
    htmx = getattr(request, "htmx", None)
    template = "portal/services.html#list" if htmx and not htmx.boosted else "portal/services.html"
    return vary(render(request, template, context))


@require_POST
@signed_in
def star(request: HttpRequest, code: str) -> HttpResponse:
    """Put an item on my home page, or take it off."""
    person = person_of(request)
    offer = queries.offer_of(person, code)
    kept = list(shell(request)["shell"].standing.favourites)
    on = code not in kept
    kept = [*kept, code] if on else [each for each in kept if each != code]
    actions.set_favourites(person, items=kept)
    if getattr(request, "htmx", False):
        return vary(render(request, "portal/services.html#star", {"tile": queries.tiles([offer], kept)[0]}))
    return redirect(next_address(request, "/services"))
