"""A week of all rooms: rooms down, seven days across. What is taken is drawn, so that a glance finds room and day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from houqin.portal.door import signed_in
from houqin.services.meetings import queries
from houqin.services.meetings.queries.grid import Bar, day_of
from houqin.services.meetings.queries.weeks import DAYS, RoomWeek
from houqin.services.meetings.views.grid import (
    COLUMNS,
    Line,
    address_of,
    asked_for,
    chips_for,
    column,
    day_asked,
    fits,
)


@dataclass(frozen=True)
class Row:
    """One room's seven days as they are drawn: SVG paths of quarters of an hour, days side by side, so that 120 rooms make a
    small page.
    """

    week: RoomWeek
    booked: str
    pending: str
    closed: str


@signed_in
@require_safe
def week(request: HttpRequest) -> HttpResponse:
    """All rooms of the week that holds the day of the address, filtered as the day is. Two queries, however many rooms."""
    on, asked = day_asked(request), asked_for(request)
    asked.pop("free", None)  # a week is never free now
    first = on - timedelta(days=on.weekday())
    weeks = [(each, _line(each)) for each in queries.weeks(first)]
    shown = [each for each, line in weeks if fits(line, asked, timezone.now())]
    lines = [line for _each, line in weeks]
    context = {
        "on": on,
        "first": first,
        "last": first + timedelta(days=DAYS - 1),
        "is_this_week": first <= timezone.localdate() < first + timedelta(days=DAYS),
        "before": address_of(asked, on - timedelta(days=DAYS)),
        "after": address_of(asked, on + timedelta(days=DAYS)),
        "this_week": address_of(asked, None),
        "day": address_of(asked, on),
        "days": [_head(first + timedelta(days=number), number, shown, asked) for number in range(DAYS)],
        "rows": [_row(each, first) for each in shown],
        "width": DAYS * COLUMNS,
        "chips": [group for group in chips_for(lines, asked, on, timezone.now()) if group["name"] != "free"],
        "filtered": bool(asked),
    }
    return render(request, "meetings/week.html", context)


def _line(week: RoomWeek) -> Line:
    """What the filters go by."""
    room, floor = week.room, week.room.place.parent
    return Line(
        room.pk, room.capacity, str(room.place).partition(" ")[0], str(floor) if floor else "", tuple(room.equipment),
        tuple(room.layouts), (), SafeString(),
    )  # fmt: skip


def _row(week: RoomWeek, first: date) -> Row:
    taken = week.taken
    return Row(
        week,
        booked=_strokes(first, (bar for bar in taken if not bar.reason and bar.state != "pending")),
        pending=_strokes(first, (bar for bar in taken if bar.state == "pending")),
        closed=_strokes(first, (bar for bar in taken if bar.reason)),
    )


def _strokes(first: date, taken: Iterable[Bar]) -> str:
    """The path of what is taken: to each beginning, then as far as it lasts."""
    path, reached = "", 0
    for start, end in sorted(stroke for bar in taken for stroke in _columns(first, bar)):
        if end > reached:  # what a joined room's parts hold at the same time is one stroke
            path += f"m{max(start - reached, 0)} 0h{end - max(start, reached)}"
            reached = end
    return path


def _columns(first: date, bar: Bar) -> Iterable[tuple[int, int]]:
    """From which column of the week to which a bar lies; one that lasts for days has a piece of each."""
    for number in range(DAYS):
        begins, ends = day_of(first + timedelta(days=number))
        if bar.starts_at < ends and bar.ends_at > begins:
            start = column(bar.starts_at) if bar.starts_at > begins else 0
            end = column(bar.ends_at + timedelta(minutes=14)) if bar.ends_at < ends else COLUMNS
            start = min(start, COLUMNS - 1)
            yield number * COLUMNS + start, number * COLUMNS + max(end, start + 1)


def _head(day: date, number: int, shown: list[RoomWeek], asked: dict[str, str]) -> dict[str, Any]:
    could = sum(each.open_hours for each in shown)
    held = sum(each.hours[number] for each in shown)
    return {
        "on": day,
        "url": address_of(asked, day),
        "is_today": day == timezone.localdate(),
        "is_weekend": number >= 5,
        "share": round(100 * held / could) if could else 0,
    }
