"""Big events: planned, read and changed as on their pages. Whoever plans them writes; whoever stands at a post of one reads it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _n
from ninja import Field, Query, Schema

from houqin.affairs.forms import check
from houqin.exchange.api.frame import MOST, PAGE, body_of, page, person_of, within_scope, write
from houqin.exchange.api.problems import CONFLICTS, PROBLEMS
from houqin.services.meetings import actions, queries
from houqin.services.meetings.api.shared import Key, router
from houqin.services.meetings.forms_events import EventForm, MoveEventForm
from houqin.services.meetings.models import BigEvent, Post, PostDuty
from houqin.services.meetings.planning import add_part, form_of


class BigEventOut(Schema):
    id: int
    title: str
    starts_at: str
    ends_at: str
    note: str
    organiser: str
    section: str
    called_off: bool


class BigEventList(Schema):
    items: list[BigEventOut]
    next: str | None = None


class VenueOut(Schema):
    meeting: int
    room: str
    name: str
    main: bool
    state: str


class PostDutyOut(Schema):
    person: str
    section: str
    starts_at: str
    ends_at: str


class EventPostOut(Schema):
    id: int
    name: str
    where: str
    task: str
    needed: int
    people: list[PostDutyOut]


class EventVehicleOut(Schema):
    id: int
    plate: str
    unit: str
    arrives_at: str
    leaves_at: str
    where: str


class RehearsalOut(Schema):
    id: int
    text: str
    due_at: str | None
    done_at: str | None
    done_by: str | None


class RunStepOut(Schema):
    id: int
    starts_at: str
    minutes: int
    what: str
    who: str
    where: str


class EventPlanOut(Schema):
    event: BigEventOut
    venues: list[VenueOut]
    posts: list[EventPostOut]
    vehicles: list[EventVehicleOut]
    checks: list[RehearsalOut]
    steps: list[RunStepOut]


class BigEventIn(Schema):
    title: str
    starts_at: datetime
    ends_at: datetime
    note: str = ""


class VenuesIn(Schema):
    """Rooms by code."""

    main: str = ""
    branches: Annotated[list[str], Field(max_length=200)] = []


class EventPostIn(Schema):
    name: str
    where: str = ""
    task: str = ""
    needed: int = 1


class StaffIn(Schema):
    """``people`` by name or staff number; without times as long as the event lasts."""

    post: Key
    people: list[str]
    starts_at: datetime | None = None
    ends_at: datetime | None = None


class EventVehicleIn(Schema):
    plate_number: str
    unit: str = ""
    arrives_at: datetime
    leaves_at: datetime
    where: str = ""


class RehearsalIn(Schema):
    text: str
    due_at: datetime | None = None


class RunStepIn(Schema):
    starts_at: datetime
    minutes: int = 5
    what: str
    who: str = ""
    where: str = ""


class EventMoveIn(Schema):
    starts_at: datetime


class CallOffIn(Schema):
    reason: str


@router.get("/events", response={200: BigEventList, **PROBLEMS}, summary=_n("大型活动"))
def big_events(
    request: HttpRequest, cursor: str | None = None, limit: int = Query(PAGE, ge=1, le=MOST)
) -> dict[str, Any]:
    within_scope(request, "meetings")
    found, following = page(queries.events_of(person_of(request)), cursor, limit)
    return {"items": [_event(each) for each in found], "next": following}


@router.post("/events", response={201: EventPlanOut, **CONFLICTS}, summary=_n("登记大型活动"))
def plan_big_event(request: HttpRequest, given: BigEventIn) -> HttpResponse:
    within_scope(request, "meetings")
    body_of(request)

    def work() -> tuple[int, Any]:
        form = EventForm(given.dict())
        check(form)
        made = actions.plan_event(person_of(request), **form.cleaned_data)
        return 201, _plan(request, made.pk)

    return write(request, work)


@router.get("/events/{pk}", response={200: EventPlanOut, **PROBLEMS}, summary=_n("大型活动的方案和流程单"))
def big_event(request: HttpRequest, pk: int) -> dict[str, Any]:
    within_scope(request, "meetings")
    return _plan(request, pk)


@router.post("/events/{pk}/venues", response={201: EventPlanOut, **CONFLICTS}, summary=_n("加会场"))
def add_event_venues(request: HttpRequest, pk: int, given: VenuesIn) -> HttpResponse:
    return _add(request, pk, "venues", {"main": given.main, "branches": " ".join(given.branches)})


@router.post("/events/{pk}/posts", response={201: EventPlanOut, **CONFLICTS}, summary=_n("加岗位"))
def add_event_post(request: HttpRequest, pk: int, given: EventPostIn) -> HttpResponse:
    return _add(request, pk, "post", given.dict())


@router.post("/events/{pk}/staff", response={201: EventPlanOut, **CONFLICTS}, summary=_n("安排岗位人员"))
def staff_event_post(request: HttpRequest, pk: int, given: StaffIn) -> HttpResponse:
    return _add(request, pk, "staff", {**given.dict(), "people": " ".join(given.people)})


@router.post("/events/{pk}/vehicles", response={201: EventPlanOut, **CONFLICTS}, summary=_n("加车辆"))
def add_event_vehicle(request: HttpRequest, pk: int, given: EventVehicleIn) -> HttpResponse:
    return _add(request, pk, "vehicle", given.dict())


@router.post("/events/{pk}/checks", response={201: EventPlanOut, **CONFLICTS}, summary=_n("加检查事项"))
def add_event_check(request: HttpRequest, pk: int, given: RehearsalIn) -> HttpResponse:
    return _add(request, pk, "check", given.dict())


@router.post("/events/{pk}/steps", response={201: EventPlanOut, **CONFLICTS}, summary=_n("加环节"))
def add_event_step(request: HttpRequest, pk: int, given: RunStepIn) -> HttpResponse:
    return _add(request, pk, "step", given.dict())


@router.post(
    "/events/{pk}/checks/{check_id}/tick", response={200: EventPlanOut, **CONFLICTS}, summary=_n("检查事项完成或取消完成")
)  # fmt: skip
def tick_event_check(request: HttpRequest, pk: int, check_id: int) -> HttpResponse:
    within_scope(request, "meetings")

    def work() -> tuple[int, Any]:
        actions.tick(person_of(request), event=pk, check=check_id)
        return 200, _plan(request, pk)

    return write(request, work)


@router.post("/events/{pk}/move", response={200: EventPlanOut, **CONFLICTS}, summary=_n("活动整体改期"))
def move_big_event(request: HttpRequest, pk: int, given: EventMoveIn) -> HttpResponse:
    within_scope(request, "meetings")
    body_of(request)

    def work() -> tuple[int, Any]:
        person, form = person_of(request), MoveEventForm(given.dict())
        found = queries.event_of(person, pk)
        check(form)
        actions.move_event(person, event=pk, by=form.cleaned_data["starts_at"] - found.starts_at)
        return 200, _plan(request, pk)

    return write(request, work)


@router.post("/events/{pk}/off", response={200: EventPlanOut, **CONFLICTS}, summary=_n("取消活动"))
def call_off_big_event(request: HttpRequest, pk: int, given: CallOffIn) -> HttpResponse:
    within_scope(request, "meetings")
    body_of(request)

    def work() -> tuple[int, Any]:
        actions.call_off_event(person_of(request), event=pk, reason=given.reason[:200])
        return 200, _plan(request, pk)

    return write(request, work)


def _add(request: HttpRequest, pk: int, part: str, data: dict[str, Any]) -> HttpResponse:
    """Add to one part of the plan; the answer is the whole of it."""
    within_scope(request, "meetings")
    body_of(request)

    def work() -> tuple[int, Any]:
        person = person_of(request)
        queries.event_of(person, pk)
        form = form_of(part, pk, data)
        check(form)
        add_part(person, pk, part, form.cleaned_data)
        return 201, _plan(request, pk)

    return write(request, work)


def _plan(request: HttpRequest, pk: int) -> dict[str, Any]:
    plan = queries.sheet_of(person_of(request), pk)
    return {
        "event": _event(plan["event"]),
        "venues": [
            {
                "meeting": each.pk,
                "room": each.room.place.code,
                "name": str(each.room),
                "main": each.is_main,
                "state": str(each.state),
            }
            for each in plan["venues"]
        ],
        "posts": [_post(post, duties) for post, duties in plan["posts"]],
        "vehicles": [
            {
                "id": each.pk,
                "plate": each.plate,
                "unit": each.unit,
                "arrives_at": each.arrives_at.isoformat(),
                "leaves_at": each.leaves_at.isoformat(),
                "where": each.where,
            }
            for each in plan["vehicles"]
        ],
        "checks": [
            {
                "id": each.pk,
                "text": each.text,
                "due_at": each.due_at.isoformat() if each.due_at else None,
                "done_at": each.done_at.isoformat() if each.done_at else None,
                "done_by": each.done_by.name if each.done_by else None,
            }
            for each in plan["checks"]
        ],
        "steps": [
            {
                "id": each.pk,
                "starts_at": each.starts_at.isoformat(),
                "minutes": each.minutes,
                "what": each.what,
                "who": each.who,
                "where": each.where,
            }
            for each in plan["steps"]
        ],
    }


def _event(event: BigEvent) -> dict[str, Any]:
    return {
        "id": event.pk,
        "title": event.title,
        "starts_at": event.starts_at.isoformat(),
        "ends_at": event.ends_at.isoformat(),
        "note": event.note,
        "organiser": event.organiser.name,
        "section": str(event.section),
        "called_off": event.called_off_at is not None,
    }


def _post(post: Post, duties: list[PostDuty]) -> dict[str, Any]:
    return {
        "id": post.pk,
        "name": post.name,
        "where": post.where,
        "task": post.task,
        "needed": post.needed,
        "people": [
            {
                "person": duty.person.name,
                "section": str(duty.person.organisation),
                "starts_at": duty.starts_at.isoformat(),
                "ends_at": duty.ends_at.isoformat(),
            }
            for duty in duties
        ],
    }
