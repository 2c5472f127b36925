"""The grid: time across, rooms down. Rows are drawn once for everybody and kept until their room's day changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from houqin.affairs.naming import said
from houqin.portal.door import signed_in
from houqin.services.meetings.models import Equipment, Layout, Room
from houqin.services.meetings.queries.grid import Bar, bars, day_of, marks
from houqin.services.meetings.rules import in_reason

#: The hours drawn; a quarter of an hour is one column. What lies outside is told by the first and last column.
FIRST_HOUR, LAST_HOUR = 7, 22
COLUMNS = (LAST_HOUR - FIRST_HOUR) * 4
SEATS = (8, 20, 50, 100)
#: Rows kept in a process: some days of all rooms in both languages; those days whole; choices of filters of each.
KEPT, MOST_BOARDS, MOST_SHOWN = 4000, 30, 50


@dataclass(frozen=True)
class Line:
    """One drawn row of the grid and what filters go by."""

    room: int
    seats: int
    building: str
    floor: str
    equipment: tuple[str, ...]
    layouts: tuple[str, ...]
    taken: tuple[tuple[datetime, datetime], ...]
    html: SafeString

    def free(self, starts_at: datetime, ends_at: datetime) -> bool:
        return not any(begins < ends_at and ends > starts_at for begins, ends in self.taken)


@dataclass(frozen=True)
class Board:
    """A day as it was last drawn: the marks of its rooms, their lines, and for each choice of filters what the page shows.

    What the page shows goes by the minute as well, because it tells what is free now.
    """

    known: list[tuple[int, str]]
    lines: list[Line]
    shown: dict[tuple[Any, ...], dict[str, Any]]


_kept: dict[tuple[date, str | None, int], tuple[str, Line]] = {}
_boards: dict[tuple[date, str | None], Board] = {}


@signed_in
@require_safe
def day(request: HttpRequest) -> HttpResponse:
    """All rooms of one day, filtered by what one needs."""
    on, asked = day_asked(request), asked_for(request)
    board, now = grid(on), timezone.now()
    key = (*asked.items(), int(now.timestamp()) // 60)
    if key not in board.shown:
        if len(board.shown) > MOST_SHOWN:
            board.shown.clear()
        board.shown[key] = _shown(board.lines, asked, on, now)
    return render(request, "meetings/grid.html", board.shown[key])


def _shown(lines: list[Line], asked: dict[str, str], on: date, now: datetime) -> dict[str, Any]:
    shown = [line for line in lines if fits(line, asked, now)]
    is_today = on == timezone.localdate()
    context: dict[str, Any] = {
        "on": on,
        "is_today": is_today,
        "before": address_of(asked, on - timedelta(days=1)),
        "after": address_of(asked, on + timedelta(days=1)),
        "today": address_of(asked, None),
        "week": address_of({name: value for name, value in asked.items() if name != "free"}, on),
        "hours": range(FIRST_HOUR, LAST_HOUR),
        "rows": mark_safe("".join(line.html for line in shown)),  # noqa: S308 - drawn by our template
        "count": len(shown),
        "free_now": sum(line.free(now, now + timedelta(minutes=30)) for line in lines),
        "column": column(now)
        if is_today and FIRST_HOUR <= timezone.localtime(now).hour < LAST_HOUR
        else None,
        "chips": list(chips_for(lines, asked, on, now)),
        "filtered": bool(asked),
    }
    context["drawn"] = get_template("meetings/grid_day.html").render(context)
    return context


def day_asked(request: HttpRequest) -> date:
    """The day of the address; today where it names none that could be."""
    try:
        found = parse_date(request.GET.get("day", ""))
    except ValueError:
        found = None
    return found if found and in_reason(found) else timezone.localdate()


def grid(on: date) -> Board:
    """A day: one query, and two more for rooms that changed since they were last drawn here."""
    language = get_language()
    known = marks(on)
    board = _boards.get((on, language))
    if board is not None and board.known == known:
        return board
    stale = [room for room, mark in known if _kept.get((on, language, room), ("",))[0] != mark]
    if stale:
        _draw(on, language, stale, dict(known))
    if len(_boards) > MOST_BOARDS:
        _boards.clear()
    board = Board(known, [_kept[on, language, room][1] for room, _mark in known], {})
    _boards[on, language] = board
    return board


def _draw(on: date, language: str | None, rooms: list[int], known: dict[int, str]) -> None:
    if len(_kept) > KEPT:
        _kept.clear()
        rooms = list(known)
    taken = bars(*day_of(on), rooms)
    template = get_template("meetings/grid_row.html")
    for room in Room.objects.filter(pk__in=rooms).select_related("place__parent"):
        drawn = template.render(
            {"room": room, "bars": [_placed(bar, on) for bar in taken[room.pk]], "on": on.isoformat()}
        )
        floor = room.place.parent
        line = Line(
            room.pk,
            room.capacity,
            str(room.place).partition(" ")[0],
            str(floor) if floor else "",
            tuple(room.equipment),
            tuple(room.layouts),
            tuple((bar.starts_at, bar.ends_at) for bar in taken[room.pk]),
            mark_safe(" ".join(drawn.split())),  # noqa: S308 - drawn by our template
        )
        _kept[on, language, room.pk] = (known[room.pk], line)


def column(at: datetime) -> int:
    """The column (from 0) that a moment falls into, kept within the grid."""
    local = timezone.localtime(at)
    return min(max((local.hour - FIRST_HOUR) * 4 + local.minute // 15, 0), COLUMNS)


def _placed(bar: Bar, on: date) -> dict[str, Any]:
    begins, ends = day_of(on)
    first = column(max(bar.starts_at, begins))
    local = timezone.localtime(bar.ends_at)
    last = COLUMNS if bar.ends_at >= ends else -(-((local.hour - FIRST_HOUR) * 60 + local.minute) // 15)
    return {"bar": bar, "from": min(first, COLUMNS - 1), "to": min(max(last, first + 1), COLUMNS)}


# -- filters -------------------------------------------------------------------------------------------------------


def asked_for(request: HttpRequest) -> dict[str, str]:
    """The filters of the address that mean something."""
    given = {
        name: request.GET.get(name, "")
        for name in ("seats", "building", "floor", "equipment", "layout", "free")
    }
    if not given["seats"].isdecimal():
        given["seats"] = ""
    return {name: value for name, value in given.items() if value}


def fits(line: Line, asked: dict[str, str], now: datetime) -> bool:
    if line.seats < int(asked.get("seats", 0)):
        return False
    if "building" in asked and line.building != asked["building"]:
        return False
    if "floor" in asked and line.floor != asked["floor"]:
        return False
    if "equipment" in asked and asked["equipment"] not in line.equipment:
        return False
    if "layout" in asked and asked["layout"] not in line.layouts:
        return False
    return "free" not in asked or line.free(now, now + timedelta(minutes=30))


def chips_for(lines: list[Line], asked: dict[str, str], on: date, now: datetime) -> Iterable[dict[str, Any]]:
    """Groups of chips; each says how many rooms would be left."""
    buildings = list(dict.fromkeys(line.building for line in lines))
    building = asked.get("building", "")
    floors = list(dict.fromkeys(line.floor for line in lines if building and line.building == building))
    groups: list[tuple[str, str, list[tuple[str, str]]]] = [
        ("free", _("现在"), [("now", _("现在空闲"))] if on == timezone.localdate() else []),
        ("seats", _("座位"), [(str(seats), _("%(n)d 座以上") % {"n": seats}) for seats in SEATS]),
        ("building", _("楼"), [(name, name) for name in buildings]),
        ("floor", _("楼层"), [(floor, floor.removeprefix(building).strip() or floor) for floor in floors]),
        ("equipment", _("设备"), list(equipment_names())),
        ("layout", _("摆放"), [(value, str(label)) for value, label in Layout.choices]),
    ]
    for name, label, choices in groups:
        chips = []
        for value, words in choices:
            current = asked.get(name) == value
            others = {key: kept for key, kept in asked.items() if key != name}
            if name == "building":  # a floor is of one building
                others.pop("floor", None)
            wanted = others | ({} if current else {name: value})
            count = sum(fits(line, others | {name: value}, now) for line in lines)
            if count or current:
                chips.append(
                    {"label": words, "url": address_of(wanted, on), "count": count, "current": current}
                )
        if chips:
            yield {"label": label, "chips": chips, "name": name}


def equipment_names() -> tuple[tuple[str, str], ...]:
    """The dictionary of equipment, names as the reader says them."""
    return tuple((code, said(name)) for code, name in _equipment(int(timezone.now().timestamp()) // 60))


@lru_cache(maxsize=2)
def _equipment(minute: int) -> tuple[tuple[str, str], ...]:
    return tuple(Equipment.objects.values_list("code", "name"))


def address_of(asked: dict[str, str], on: date | None) -> str:
    query = urlencode({**({"day": on.isoformat()} if on else {}), **asked})
    return f"?{query}" if query else "?"
