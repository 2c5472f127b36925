"""Rooms: their days and weeks, which are free, which would suit."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n
from ninja import Query, Schema

from houqin.affairs.forms import check
from houqin.exchange.api.frame import person_of, within_scope
from houqin.exchange.api.problems import PROBLEMS
from houqin.foundation.errors import Problem
from houqin.services.meetings import queries, rules
from houqin.services.meetings.api.shared import RoomOut, room_of_code, router, told_room
from houqin.services.meetings.forms import FindForm
from houqin.services.meetings.queries.grid import Bar, bars, day_of
from houqin.services.meetings.views.grid import equipment_names


class RoomList(Schema):
    items: list[RoomOut]
    next: str | None = None


class TakenOut(Schema):
    meeting: int | None
    title: str
    section: str
    starts_at: str
    ends_at: str
    state: str


class DayOut(Schema):
    room: RoomOut
    on: str
    taken: list[TakenOut]


class RoomWeekOut(Schema):
    room: RoomOut
    hours: list[float]
    taken: list[TakenOut]


class WeekOut(Schema):
    """``hours``: how long each room is taken on each of the seven days, Monday first."""

    first: str
    rooms: list[RoomWeekOut]


class FoundOut(Schema):
    room: str
    name: str
    seats: int
    starts_at: str
    ends_at: str
    busy: list[str]


class FoundList(Schema):
    items: list[FoundOut]
    next: str | None = None


class FindIn(Schema):
    seats: int
    minutes: int = 60
    first: date
    last: date
    equipment: str = ""
    layout: str = ""
    people: str = ""


@router.get("/rooms", response={200: RoomList, **PROBLEMS}, summary=_n("会议室"))
def meeting_rooms(
    request: HttpRequest, seats: int = Query(0, ge=0, le=100_000), equipment: str = ""
) -> dict[str, Any]:
    within_scope(request, "meetings")
    found = queries.bookable_rooms().filter(capacity__gte=seats, equipment__contains=_codes(equipment))
    return {"items": [told_room(each) for each in found]}


@router.get("/rooms/{code}/day", response={200: DayOut, **PROBLEMS}, summary=_n("一间会议室的一天"))
def room_day(request: HttpRequest, code: str, on: date) -> dict[str, Any]:
    within_scope(request, "meetings")
    if not rules.in_reason(on):
        raise Problem(errors={"on": [_("请选择合理的日期。")]})
    room = room_of_code(code)
    taken = bars(*day_of(on), [room.pk])[room.pk]
    return {"room": told_room(room), "on": on.isoformat(), "taken": [_taken(bar) for bar in taken]}


@router.get("/week", response={200: WeekOut, **PROBLEMS}, summary=_n("各会议室的一周"))
def week_of_rooms(
    request: HttpRequest, on: date, seats: int = Query(0, ge=0, le=100_000), equipment: str = ""
) -> dict[str, Any]:
    within_scope(request, "meetings")
    if not rules.in_reason(on):
        raise Problem(errors={"on": [_("请选择合理的日期。")]})
    first, needed = on - timedelta(days=on.weekday()), set(_codes(equipment))
    return {
        "first": first.isoformat(),
        "rooms": [
            {"room": told_room(each.room), "hours": each.hours, "taken": [_taken(bar) for bar in each.taken]}
            for each in queries.weeks(first)
            if each.room.capacity >= seats and needed <= set(each.room.equipment)
        ],
    }


@router.get("/free", response={200: RoomList, **PROBLEMS}, summary=_n("某时段空闲的会议室"))
def free_rooms(
    request: HttpRequest,
    starts_at: datetime,
    ends_at: datetime,
    seats: int = Query(0, ge=0, le=100_000),
    equipment: str = "",
) -> dict[str, Any]:
    within_scope(request, "meetings")
    starts, ends = _aware(starts_at), _aware(ends_at)
    if ends <= starts:
        raise Problem(errors={"ends_at": [_("结束时间应晚于开始时间。")]})
    return {
        "items": [
            told_room(each)
            for each in queries.free_rooms(starts, ends, seats=seats, equipment=_codes(equipment))
        ]
    }


@router.get("/find", response={200: FoundList, **PROBLEMS}, summary=_n("找合适的会议室和时间"))
def find_room(request: HttpRequest, asked: Query[FindIn]) -> dict[str, Any]:
    within_scope(request, "meetings")
    form = FindForm({**asked.dict(), "equipment": _codes(asked.equipment)}, equipment=equipment_names())
    check(form)
    found = queries.find(person_of(request), **form.wanted())
    return {
        "items": [
            {
                "room": each.code,
                "name": each.name,
                "seats": each.seats,
                "starts_at": each.starts_at.isoformat(),
                "ends_at": each.ends_at.isoformat(),
                "busy": list(each.busy),
            }
            for each in found
        ]
    }


def _taken(bar: Bar) -> dict[str, Any]:
    return {
        "meeting": bar.meeting,
        "title": bar.title or bar.reason,
        "section": bar.section,
        "starts_at": bar.starts_at.isoformat(),
        "ends_at": bar.ends_at.isoformat(),
        "state": bar.state or "closed",
    }


def _codes(text: str) -> list[str]:
    return [code for code in text.split(",") if code]


def _aware(moment: datetime) -> datetime:
    if not rules.in_reason(moment):
        raise Problem(errors={"starts_at": [_("请选择合理的时间。")]})
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
