"""Who is inside, to print in an emergency; the trace; the figures."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from houqin.foundation.errors import NotFound
from houqin.portal.door import person_of
from houqin.portal.guard import needs
from houqin.services.visitors import queries
from houqin.services.visitors.models import VisitState
from houqin.services.visitors.views.tabs import tabs

SHOWN, MUSTERED = 50, 2000


@needs("visitors.gate", "visitors.view")
@require_safe
def muster(request: HttpRequest) -> HttpResponse:
    """Who is inside now, by building; printed as it stands."""
    actor, code = person_of(request), request.GET.get("building", "")
    buildings = queries.inside_counts(actor)
    chosen = next((place for place, _n in buildings if place.code == code), None)
    if code and chosen is None:
        raise NotFound
    people = list(queries.inside(actor, chosen)[:MUSTERED])
    context = {
        "buildings": buildings,
        "chosen": chosen,
        "people": people,
        "count": sum(visit.people for visit in people),
        "at": timezone.now(),
        "tabs": tabs(request, "muster"),
    }
    return render(request, "visitors/muster.html", context)


@needs("visitors.view")
@require_http_methods(["GET", "HEAD", "POST"])
def trace(request: HttpRequest) -> HttpResponse:
    """By visitor, host and day; numbers masked until somebody says why they need one. Asked by POST, so that no number that is looked
    for stands in an address.
    """
    asked_for = request.POST or request.GET
    given = {name: asked_for.get(name, "").strip()[:50] for name in ("visitor", "host", "on", "state")}
    asked = any(given.values())
    on = _day(given["on"]) if given["on"] else (None if asked else timezone.localdate())
    found = queries.visits(
        person_of(request), visitor=given["visitor"], host=given["host"], on=on, state=given["state"]
    )
    number = asked_for.get("page", "1")
    page = min(int(number), 200) if number.isascii() and number.isdigit() and len(number) < 4 else 1
    page = max(page, 1)
    rows = list(found[(page - 1) * SHOWN : page * SHOWN + 1])
    context: dict[str, Any] = {
        "rows": rows[:SHOWN],
        "count": found.count(),
        "given": {**given, "on": on.isoformat() if on else ""},
        "states": VisitState.choices,
        "more": page + 1 if len(rows) > SHOWN else 0,
        "tabs": tabs(request, "trace"),
    }
    return render(request, "visitors/trace.html", context)


@needs("visitors.insight")
@require_safe
def insight(request: HttpRequest) -> HttpResponse:
    """By hour, unit and purpose; vehicles expected against free spaces."""
    today = timezone.localdate()
    days = {"7": _("近 7 天"), "30": _("近 30 天"), "90": _("近 90 天")}
    chosen = request.GET.get("days", "7")
    if chosen not in days:
        raise NotFound
    found = queries.insight(person_of(request), today - timedelta(days=int(chosen) - 1), today)
    chips = [{"label": label, "url": f"?days={n}", "current": n == chosen} for n, label in days.items()]
    context = {"insight": found, "chips": chips, "tabs": tabs(request, "insight")}
    return render(request, "visitors/insight.html", context)


def _day(text: str) -> date | None:
    try:
        found = parse_date(text)
    except ValueError:
        return None
    return found if found and 2000 <= found.year <= 2100 else None
