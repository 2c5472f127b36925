"""One box over services, cases, people and places; each kind only as far as the reader may see it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from houqin.affairs import queries as affairs
from houqin.foundation.people.queries import find_people
from houqin.foundation.places.queries import find_places
from houqin.portal import queries, rows
from houqin.portal.door import person_of, signed_in
from houqin.portal.problems import vary

_SHOWN = 8
_LONGEST = 60


@require_safe
@signed_in
def search(request: HttpRequest) -> HttpResponse:
    """Results in groups; htmx gets them alone, as one types."""
    person = person_of(request)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:_LONGEST]
    context: dict[str, object] = {"q": text}
    if text:
        found = queries.find_items(queries.offered_to(person), text)[:_SHOWN]
        context |= {
            "items": queries.tiles(found, ()),
            "cases": rows.case_rows(affairs.search_cases(person, text)[:_SHOWN]),
            "people": find_people(person, text, limit=_SHOWN),
            "places": find_places(text, limit=_SHOWN),
        }
        context["nothing"] = not any(context[key] for key in ("items", "cases", "people", "places"))
    htmx = getattr(request, "htmx", None)
    template = "portal/search.html#results" if htmx and not htmx.boosted else "portal/search.html"
    return vary(render(request, template, context))
