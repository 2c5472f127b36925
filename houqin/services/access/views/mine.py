"""My pass and my permits."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from houqin.foundation.places.codes import drawing
from houqin.portal import problems
from houqin.portal.door import person_of, signed_in
from houqin.services.access import actions, hours, queries
from houqin.services.access.models import Permit
from houqin.services.access.passes import window_of


@signed_in
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The QR code of this half minute, what it opens, and my permits. It asks for itself anew; 204 while it is still good."""
    holder, now = queries.person_holder(person_of(request)), timezone.now()
    window = window_of(now.timestamp())
    fragment = bool(getattr(request, "htmx", False))
    if fragment and request.GET.get("w") == str(window):
        return problems.vary(HttpResponse(status=204))
    opened = queries.open_areas(holder, now)
    context: dict[str, Any] = {"window": window, "opened": queries.areas_named(opened)}
    if opened or queries.permits_of(holder).exists():  # after hours one still has to get out
        context["qr"] = drawing(actions.pass_token(holder, at=now))
    if not fragment:
        context["permits"] = rows_of(list(queries.permits_of(holder)[:50]))
        context["asked"] = queries.asked_by(person_of(request))
    template = "access/mine.html#live" if fragment else "access/mine.html"
    response = render(request, template, context)
    response["Cache-Control"] = "no-store"
    return problems.vary(response)


def rows_of(permits: list[Permit]) -> list[dict[str, Any]]:
    """Permits with the names of their areas and their hours in words: one query."""
    names = {area.pk: area for area in queries.areas_by_id({pk for each in permits for pk in each.areas})}
    return [
        {
            "permit": each,
            "areas": [names[pk] for pk in each.areas],
            "hours": hours.in_words(each.hours),
        }
        for each in permits
    ]
