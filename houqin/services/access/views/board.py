"""Doors and controllers as they are now, what happens at the doors, and who is inside."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from houqin.foundation.errors import NotFound
from houqin.foundation.people import scope
from houqin.portal import problems
from houqin.portal.door import person_of
from houqin.portal.guard import needs
from houqin.services.access import keys, queries
from houqin.services.access.models import Controller
from houqin.services.access.views.tabs import tabs

#: Who is inside is shown so many at first, and so many at most when all are asked for (a muster).
EVENTS, SHOWN, ALL = 30, 50, 10_000
#: A heartbeat comes every minute; later than this it is late, and then silent.
LATE, SILENT = timedelta(minutes=2), timedelta(minutes=5)
#: A clock that is off by more makes passes fail.
CLOCK_SECONDS = 20


@needs("access.view", "access.manage")
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Each controller with its doors and heartbeat, the latest passages; asks for itself anew every few seconds."""
    actor, refused = person_of(request), request.GET.get("only") == "refused"
    version, ours = queries.latest_version(), keys.public().fingerprint
    controllers = [_standing(each, version, ours) for each in queries.board(actor)]
    context: dict[str, Any] = {
        "controllers": sorted(controllers, key=lambda each: each["rank"]),
        "silent": sum(each["state"] == "silent" for each in controllers),
        "doors": sum(len(each["controller"].shown_doors) for each in controllers),
        "refused": refused,
        "tabs": tabs(request, "board"),
    }
    if scope.holds(actor, "access.view"):
        context["inside"] = sum(queries.inside_counts(actor).values())
        context["events"] = queries.event_page(queries.events_of(actor, refused=refused), EVENTS)
    template = "access/board.html#live" if getattr(request, "htmx", False) else "access/board.html"
    return problems.vary(render(request, template, context))


def _standing(controller: Controller, version: int, ours: str) -> dict[str, Any]:
    """How a controller is: ``well``, ``late``, ``silent``, ``new`` or ``off``; how far behind, whether its clock or key is wrong."""
    silence = timezone.now() - controller.seen_at if controller.seen_at else None
    state = "well"
    if not controller.active:
        state = "off"
    elif silence is None:
        state = "new"
    elif silence > SILENT:
        state = "silent"
    elif silence > LATE:
        state = "late"
    return {
        "controller": controller,
        "state": state,
        "rank": ("silent", "late", "well", "new", "off").index(state),
        "behind": state not in ("new", "off") and controller.synced_version < version,
        "clock": controller.clock_off_seconds if abs(controller.clock_off_seconds) > CLOCK_SECONDS else 0,
        "other_key": bool(controller.trusts) and controller.trusts != ours,
    }


@needs("access.view")
@require_safe
def inside(request: HttpRequest) -> HttpResponse:
    """Who is inside, by area; ``all`` lists everybody, for a muster."""
    actor, code = person_of(request), request.GET.get("area", "")
    watched = list(queries.areas_kept(actor, "access.view"))
    chosen = next((each for each in watched if each.code == code), None)
    if code and chosen is None:
        raise NotFound
    counts = queries.inside_counts(actor)
    found = queries.inside(actor, chosen)
    context = {
        "areas": [{"area": each, "count": counts.get(each.pk, 0)} for each in watched],
        "chosen": chosen,
        "people": found[: ALL if "all" in request.GET else SHOWN],
        "all_url": f"?{urlencode({'area': code, 'all': 1})}",
        "count": found.count(),
        "at": timezone.now(),
        "tabs": tabs(request, "inside"),
    }
    return render(request, "access/inside.html", context)
