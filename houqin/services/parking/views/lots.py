"""Lots now: the board, one lot with what is to come, the way for a plate, the screen at the gate."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from houqin.foundation.address import client_address
from houqin.foundation.limits.actions import spend
from houqin.portal import problems
from houqin.portal.door import person_of, signed_in
from houqin.services.parking import queries
from houqin.services.parking.plates import as_read

#: Asking for a plate is free for passers-by, but not for trying out many.
_TRIES, _WINDOW_SECONDS = 20, 600
#: How long a screen guides the vehicle that was read last.
_FRESH = timedelta(seconds=45)


@signed_in
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """All lots at this moment; the list asks for itself anew."""
    context = {"lots": queries.lots_now(), "now": timezone.now()}
    template = "parking/board.html#live" if getattr(request, "htmx", False) else "parking/board.html"
    return problems.vary(render(request, template, context))


@signed_in
@require_safe
def lot(request: HttpRequest, code: str) -> HttpResponse:
    """One lot: now, its charging bays, and the hours to come."""
    found = queries.lot_of(code)
    now = next((each for each in queries.lots_now() if each.lot == found.pk), None)
    days: dict[Any, list[Any]] = {}
    for hour in queries.occupancy_forecast(found):
        if 6 <= hour.at.hour < 22:
            days.setdefault(hour.at.date(), []).append(
                {"hour": hour, "free": found.capacity - round(hour.expected)}
            )
    context = {
        "lot": found,
        "now": now,
        "days": days.items(),
        "bays": queries.bays_of(found),
        "may_keep": queries.lots_kept(person_of(request)).filter(pk=found.pk).exists(),
    }
    return render(request, "parking/lot.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def guide(request: HttpRequest) -> HttpResponse:
    """For anybody with a phone: where there is room, and with a plate which way. Nothing of it is kept."""
    context: dict[str, Any] = {"lots": queries.lots_now(), "plate": ""}
    if request.method == "POST":
        spend(f"parking:guide:{client_address(request)}", limit=_TRIES, per_seconds=_WINDOW_SECONDS)
        context["plate"], context["is_plate"] = as_read(request.POST.get("plate", ""))
        charging, accessible = "charging" in request.POST, "accessible" in request.POST
        context |= {"charging": charging, "accessible": accessible}
        if context["is_plate"] or (not context["plate"] and (charging or accessible)):
            context["guidance"] = queries.guide(context["plate"], charging=charging, accessible=accessible)
    return render(request, "parking/guide.html", context)


@require_safe
def gate(request: HttpRequest, token: str) -> HttpResponse:
    """The screen at a gate: free spaces, and the way for the vehicle that stands there. The address is the key."""
    display = queries.display_of(token)
    context: dict[str, Any] = {"lots": queries.lots_now(), "token": token, "display": display}
    if display.camera:
        last = queries.last_read(display.camera, timezone.now() - _FRESH)
        if last:
            context |= {"last": last, "guidance": queries.guide(last.plate)}
    template = "parking/gate.html#live" if getattr(request, "htmx", False) else "parking/gate.html"
    return problems.vary(render(request, template, context))
