"""Bookings, series, waiting."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _n
from ninja import Query, Schema

from houqin.affairs.actions import submit
from houqin.affairs.forms import check
from houqin.exchange.api.frame import MOST, PAGE, body_of, page, person_of, within_scope, write
from houqin.exchange.api.problems import CONFLICTS, PROBLEMS
from houqin.services.meetings import actions, queries, rules
from houqin.services.meetings.api.shared import room_of_code, router
from houqin.services.meetings.forms import BookingForm, MoveForm
from houqin.services.meetings.models import Meeting


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
    """``following``: of a series, this meeting and all after it, within the day."""

    room: str | None = None
    starts_at: datetime
    ends_at: datetime
    seen: int
    following: bool = False


class CancelIn(Schema):
    """``following``: of a series, this meeting and all after it."""

    reason: str = ""
    following: bool = False


class WaitOut(Schema):
    id: int
    title: str
    room: str
    starts_at: str
    ends_at: str
    state: str


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
        room = room_of_code(given.room) if given.room else found.room
        form = MoveForm(
            {"room": room.pk, "starts_at": given.starts_at, "ends_at": given.ends_at, "seen": given.seen}
        )
        check(form)
        if not given.following:
            return 200, _meeting(actions.move(person_of(request), meeting=pk, **form.cleaned_data))
        starts_at, ends_at = form.cleaned_data["starts_at"], form.cleaned_data["ends_at"]
        actions.move_following(
            person_of(request), meeting=pk, room=room if room.pk != found.room_id else None,
            shift=starts_at - found.starts_at, minutes=int((ends_at - starts_at).total_seconds() // 60),
        )  # fmt: skip
        return 200, _meeting(queries.meeting_of(person_of(request), pk))

    return write(request, work)


@router.post("/bookings/{pk}/cancel", response={200: MeetingOut, **CONFLICTS}, summary=_n("取消会议"))
def cancel_booking(request: HttpRequest, pk: int, given: CancelIn) -> HttpResponse:
    within_scope(request, "meetings")
    body_of(request)

    def work() -> tuple[int, Any]:
        end = actions.cancel_following if given.following else actions.cancel
        end(person_of(request), meeting=pk, reason=given.reason[:200])
        return 200, _meeting(queries.meeting_of(person_of(request), pk))

    return write(request, work)


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
