"""Rooms and what is free, bookings, series, waiting."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n
from ninja import Query, Schema

from houqin.affairs.actions import submit
from houqin.affairs.forms import check
from houqin.exchange.api.frame import MOST, PAGE, body_of, page, person_of, within_scope, write
from houqin.exchange.api.problems import CONFLICTS, PROBLEMS
from houqin.foundation.errors import NotFound, Problem
from houqin.services.meetings import actions, queries, rules
from houqin.services.meetings.api.shared import router
from houqin.services.meetings.forms import BookingForm, FindForm, MoveForm
from houqin.services.meetings.models import Meeting, Room
from houqin.services.meetings.queries.grid import bars, day_of
from houqin.services.meetings.views.grid import equipment_names


class RoomOut(Schema):
    code: str
    name: str
    seats: int
    equipment: list[str]
    layouts: list[str]
    opens_at: str
    closes_at: str


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


class MeetingOut(Schema):
    id: int
    title: str
    room: str
    starts_at: str
    ends_at: str
    state: str
    organiser: str
    section: str
    expected: int
    sequence: int
    series: int | None
    case: str | None


class MeetingList(Schema):
    items: list[MeetingOut]
    next: str | None = None


class BookingIn(Schema):
    room: str
    subject: str
    starts_at: datetime
    ends_at: datetime
    expected: int
    layout: str = ""
    organiser: str = ""
    external_organiser: str = ""
    private: bool = False
    meeting_class: str = ""
    yuan_a_head_day: str = ""
    exceeds: str = ""


class SeriesIn(BookingIn):
    rule: str
    skip_holidays: bool = False


class SeriesOut(Schema):
    id: int
    meetings: list[MeetingOut]


class MoveIn(Schema):
    room: str | None = None
    starts_at: datetime
    ends_at: datetime
    seen: int


class ReasonIn(Schema):
    reason: str = ""


class WaitOut(Schema):
    id: int
    title: str
    room: str
    starts_at: str
    ends_at: str
    state: str


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
    return {"items": [_room(each) for each in found]}


@router.get("/rooms/{code}/day", response={200: DayOut, **PROBLEMS}, summary=_n("一间会议室的一天"))
def room_day(request: HttpRequest, code: str, on: date) -> dict[str, Any]:
    within_scope(request, "meetings")
    if not rules.in_reason(on):
        raise Problem(errors={"on": [_("请选择合理的日期。")]})
    room = _room_of(code)
    taken = bars(*day_of(on), [room.pk])[room.pk]
    return {
        "room": _room(room),
        "on": on.isoformat(),
        "taken": [
            {
                "meeting": bar.meeting,
                "title": bar.title or bar.reason,
                "section": bar.section,
                "starts_at": bar.starts_at.isoformat(),
                "ends_at": bar.ends_at.isoformat(),
                "state": bar.state or "closed",
            }
            for bar in taken
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
            _room(each) for each in queries.free_rooms(starts, ends, seats=seats, equipment=_codes(equipment))
        ]
    }


@router.get("/find", response={200: FoundList, **PROBLEMS}, summary=_n("找合适的会议室和时间"))
def find_room(request: HttpRequest, asked: Query[FindIn]) -> dict[str, Any]:
    within_scope(request, "meetings")
    form = FindForm({**asked.dict(), "equipment": _codes(asked.equipment)}, equipment=equipment_names())
    check(form)
    given = form.cleaned_data
    found = queries.find(
        person_of(request), starts_from=day_of(given["first"])[0], ends_by=day_of(given["last"])[1],
        minutes=given["minutes"], seats=given["seats"], equipment=given["equipment"], layout=given["layout"],
        people=given["people"], now=timezone.now(),
    )  # fmt: skip
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


@router.get("/bookings", response={200: MeetingList, **PROBLEMS}, summary=_n("我的会议"))
def bookings(
    request: HttpRequest, cursor: str | None = None, limit: int = Query(PAGE, ge=1, le=MOST)
) -> dict[str, Any]:
    within_scope(request, "meetings")
    rows = queries.meetings_of(person_of(request)).select_related("case")
    found, following = page(rows, cursor, limit)
    return {"items": [_meeting(each) for each in found], "next": following}


@router.get("/bookings/{pk}", response={200: MeetingOut, **PROBLEMS}, summary=_n("一次会议"))
def booking(request: HttpRequest, pk: int) -> dict[str, Any]:
    within_scope(request, "meetings")
    return _meeting(queries.meeting_of(person_of(request), pk))


@router.post(
    "/bookings", response={201: MeetingOut, **CONFLICTS}, summary=_n("预订会议室（需审批的会生成办件）")
)
def book_room(request: HttpRequest, given: BookingIn) -> HttpResponse:
    within_scope(request, "meetings")
    actor = person_of(request)
    body_of(request)

    def work() -> tuple[int, Any]:
        form = _checked(request, given)
        wish = form.wish()
        if rules.approval_needed(wish):
            return 201, _meeting(submit(actor, item="meetings.book", data=form.data, channel="api").meeting)
        return 201, _meeting(actions.book(actor, wish=wish, **form.named()))

    return write(request, work)


@router.post(
    "/series",
    response={201: SeriesOut, **CONFLICTS},
    summary=_n("预订系列会议（RFC 5545 规则，需审批的整个系列生成一个办件）"),
)
def book_series(request: HttpRequest, given: SeriesIn) -> HttpResponse:
    within_scope(request, "meetings")
    body_of(request)

    def work() -> tuple[int, Any]:
        form, actor = _checked(request, given), person_of(request)
        asked = {"wish": form.wish(), **form.repeated()}
        if actions.series_needs_approval(actor, **asked):
            series = submit(actor, item="meetings.book", data=form.data, channel="api").meeting_series
        else:
            series = actions.book_series(actor, **asked, **form.named())
        made = series.meetings.select_related("room__place", "organiser", "section", "case", "series__case")
        return 201, {"id": series.pk, "meetings": [_meeting(each) for each in made.order_by("starts_at")]}

    return write(request, work)


@router.post("/bookings/{pk}/move", response={200: MeetingOut, **CONFLICTS}, summary=_n("改期或换会议室"))
def move_booking(request: HttpRequest, pk: int, given: MoveIn) -> HttpResponse:
    within_scope(request, "meetings")
    body_of(request)

    def work() -> tuple[int, Any]:
        found = queries.meeting_of(person_of(request), pk)
        room = _room_of(given.room) if given.room else found.room
        form = MoveForm(
            {"room": room.pk, "starts_at": given.starts_at, "ends_at": given.ends_at, "seen": given.seen}
        )
        check(form)
        return 200, _meeting(actions.move(person_of(request), meeting=pk, **form.cleaned_data))

    return write(request, work)


@router.post("/bookings/{pk}/cancel", response={200: MeetingOut, **CONFLICTS}, summary=_n("取消会议"))
def cancel_booking(request: HttpRequest, pk: int, given: ReasonIn) -> HttpResponse:
    within_scope(request, "meetings")
    body_of(request)
    return write(
        request,
        lambda: (200, _meeting(actions.cancel(person_of(request), meeting=pk, reason=given.reason[:200]))),
    )


@router.post("/bookings/{pk}/end", response={200: MeetingOut, **CONFLICTS}, summary=_n("提前结束会议"))
def end_booking(request: HttpRequest, pk: int) -> HttpResponse:
    within_scope(request, "meetings")
    return write(request, lambda: (200, _meeting(actions.end(person_of(request), meeting=pk))))


@router.post("/waits", response={201: WaitOut, **CONFLICTS}, summary=_n("登记候补"))
def wait_for_room(request: HttpRequest, given: BookingIn) -> HttpResponse:
    within_scope(request, "meetings")
    body_of(request)

    def work() -> tuple[int, Any]:
        form = _checked(request, given)
        wish = form.wish()
        made = actions.wait(
            person_of(request), room=wish.room, title=form.cleaned_data["subject"], starts_at=wish.starts_at,
            ends_at=wish.ends_at, expected=wish.expected,
        )  # fmt: skip
        return 201, _wait(made)

    return write(request, work)


@router.post("/waits/{pk}/stop", response={200: WaitOut, **CONFLICTS}, summary=_n("取消候补"))
def stop_waiting_for_room(request: HttpRequest, pk: int) -> HttpResponse:
    within_scope(request, "meetings")
    return write(request, lambda: (200, _wait(actions.stop_waiting(person_of(request), wait=pk))))


def _checked(request: HttpRequest, given: BookingIn) -> BookingForm:
    form = BookingForm(given.dict(), actor=person_of(request))
    check(form)
    return form


def _room_of(code: str) -> Room:
    found = Room.objects.select_related("place", "keeper", "only_for").filter(place__code=code).first()
    if found is None:
        raise NotFound(_("没有这间会议室，请重新选择。"))
    return found


def _codes(text: str) -> list[str]:
    return [code for code in text.split(",") if code]


def _aware(moment: datetime) -> datetime:
    if not rules.in_reason(moment):
        raise Problem(errors={"starts_at": [_("请选择合理的时间。")]})
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


def _room(room: Room) -> dict[str, Any]:
    return {
        "code": room.place.code,
        "name": room.place.full_name,
        "seats": room.capacity,
        "equipment": room.equipment,
        "layouts": room.layouts,
        "opens_at": f"{room.opens_at:%H:%M}",
        "closes_at": f"{room.closes_at:%H:%M}",
    }


def _meeting(meeting: Meeting) -> dict[str, Any]:
    return {
        "id": meeting.pk,
        "title": meeting.title,
        "room": meeting.room.place.code,
        "starts_at": meeting.starts_at.isoformat(),
        "ends_at": meeting.ends_at.isoformat(),
        "state": str(meeting.state),
        "organiser": meeting.organiser.name,
        "section": str(meeting.section),
        "expected": meeting.expected,
        "sequence": meeting.sequence,
        "series": meeting.series_id,
        "case": meeting.approval.number if meeting.approval else None,
    }


def _wait(waiting: Any) -> dict[str, Any]:
    return {
        "id": waiting.pk,
        "title": waiting.title,
        "room": waiting.room.place.code,
        "starts_at": waiting.starts_at.isoformat(),
        "ends_at": waiting.ends_at.isoformat(),
        "state": str(waiting.state),
    }
