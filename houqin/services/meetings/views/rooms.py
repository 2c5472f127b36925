"""One room's day, week and month; and finding a room and a time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from houqin.portal.door import person_of, signed_in
from houqin.services.meetings import queries
from houqin.services.meetings.forms import FindForm
from houqin.services.meetings.models import Room
from houqin.services.meetings.queries.grid import Bar, bars, day_of
from houqin.services.meetings.views.grid import day_asked, equipment_names

#: A free stretch shorter than this is not offered.
SHORTEST = timedelta(minutes=15)


@signed_in
@require_safe
def room(request: HttpRequest, pk: int) -> HttpResponse:
    """A room: what it holds, and its day (``?view=week`` or ``month``: more of them)."""
    found = queries.room_of(pk)
    on = day_asked(request)
    view = request.GET.get("view", "day")
    first, days = {"week": (on - timedelta(days=on.weekday()), 7), "month": _month(on)}.get(view, (on, 1))
    taken = bars(day_of(first)[0], day_of(first + timedelta(days=days - 1))[1], [pk])[pk]
    each_day = [first + timedelta(days=number) for number in range(days)]
    context: dict[str, Any] = {
        "room": found,
        "equipment": [name for code, name in equipment_names() if code in found.equipment],
        "on": on,
        "view": view if days > 1 else "day",
        "days": [
            {"on": day, "slots": slots(found, day, taken), "out": day.month != on.month} for day in each_day
        ],
        "step": {1: timedelta(days=1), 7: timedelta(weeks=1)}.get(days, timedelta(days=28)),
        "before": on - timedelta(days=min(days, 28)),
        "after": on + timedelta(days=min(days, 31)),
        "today": timezone.localdate(),
        "may_keep": queries.rooms_kept(person_of(request)).filter(pk=pk).exists(),
    }
    return render(request, "meetings/room.html", context)


def _month(on: date) -> tuple[date, int]:
    first = on.replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    begins = first - timedelta(days=first.weekday())
    return begins, ((last - begins).days // 7 + 1) * 7


def slots(room: Room, day: date, taken: list[Bar]) -> list[dict[str, Any]]:
    """The day of a room in order: what is taken, and between it what is free and still to come, within its hours."""
    opens = timezone.make_aware(datetime.combine(day, room.opens_at))
    closes = timezone.make_aware(datetime.combine(day, room.closes_at))
    begins, ends = day_of(day)
    today = [bar for bar in taken if bar.starts_at < ends and bar.ends_at > begins]
    now = timezone.now()
    found: list[dict[str, Any]] = []
    at = opens
    for bar in [*today, None]:
        until = min(bar.starts_at, closes) if bar else closes
        start = max(at, _quarter(now)) if now > at else at
        if until - start >= SHORTEST:
            found.append({"free": True, "starts_at": start, "ends_at": until})
        if bar:
            found.append({"free": False, "starts_at": bar.starts_at, "ends_at": bar.ends_at, "bar": bar})
            at = max(at, bar.ends_at)
    return found


def _quarter(at: datetime) -> datetime:
    return at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)


@signed_in
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """N people, needs, a window: the rooms and times that suit, the best first."""
    asked = "seats" in request.GET
    today = timezone.localdate()
    form = FindForm(
        request.GET if asked else None,
        initial={"seats": 10, "first": today, "last": today + timedelta(days=4)},
        equipment=equipment_names(),
    )
    found = None
    if asked and form.is_valid():
        found = queries.find(person_of(request), **form.wanted())
    return render(request, "meetings/find.html", {"form": form, "found": found})
