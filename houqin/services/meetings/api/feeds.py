"""Calendars to subscribe to, and groups of people who are asked again and again."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_noop as _n
from ninja import Schema

from houqin.exchange.api.frame import body_of, json_response, person_of, within_scope, write
from houqin.exchange.api.problems import CONFLICTS, PROBLEMS
from houqin.services.meetings import actions, queries
from houqin.services.meetings.api.keeping import SecretAddressOut
from houqin.services.meetings.api.shared import room_of_code, router
from houqin.services.meetings.models import Feed, ParticipantGroup


class CalendarFeedIn(Schema):
    """``room`` by code: what takes it, private names hidden. Without one: one's own meetings."""

    room: str = ""


class CalendarFeedOut(Schema):
    id: int
    room: str | None
    made_at: str
    read_at: str | None


class CalendarFeedList(Schema):
    items: list[CalendarFeedOut]
    next: str | None = None


class ParticipantGroupOut(Schema):
    id: int
    name: str
    size: int


class ParticipantGroupList(Schema):
    items: list[ParticipantGroupOut]
    next: str | None = None


class ParticipantGroupIn(Schema):
    name: str


@router.get("/feeds", response={200: CalendarFeedList, **PROBLEMS}, summary=_n("我的日历订阅"))
def calendar_feeds(request: HttpRequest) -> dict[str, Any]:
    within_scope(request, "meetings")
    return _feeds(request)


@router.post("/feeds", response={201: SecretAddressOut, **CONFLICTS}, summary=_n("生成日历订阅地址"))
def make_calendar_feed(request: HttpRequest, given: CalendarFeedIn) -> HttpResponse:
    """The address is told this once, and ends the former one."""
    within_scope(request, "meetings")
    body_of(request)
    room = room_of_code(given.room) if given.room else None
    token = actions.make_feed(person_of(request), room=room)
    # Not kept under an Idempotency-Key: a secret is told once and stored nowhere.
    return json_response({"address": f"{settings.BASE_URL}{reverse('meetings:feed', args=[token])}"}, 201)


@router.post("/feeds/{pk}/end", response={200: CalendarFeedList, **CONFLICTS}, summary=_n("停用日历订阅地址"))
def end_calendar_feed(request: HttpRequest, pk: int) -> HttpResponse:
    within_scope(request, "meetings")

    def work() -> tuple[int, Any]:
        actions.end_feed(person_of(request), feed=pk)
        return 200, _feeds(request)

    return write(request, work)


@router.get("/groups", response={200: ParticipantGroupList, **PROBLEMS}, summary=_n("本科室的参会人分组"))
def participant_groups(request: HttpRequest) -> dict[str, Any]:
    within_scope(request, "meetings")
    return _groups(request)


@router.post(
    "/bookings/{pk}/groups", response={201: ParticipantGroupList, **CONFLICTS}, summary=_n("把参会人名单存为分组")
)  # fmt: skip
def save_participant_group(request: HttpRequest, pk: int, given: ParticipantGroupIn) -> HttpResponse:
    within_scope(request, "meetings")
    body_of(request)

    def work() -> tuple[int, Any]:
        actions.save_group(person_of(request), meeting=pk, name=given.name)
        return 201, _groups(request)

    return write(request, work)


@router.post("/groups/{pk}/drop", response={200: ParticipantGroupList, **CONFLICTS}, summary=_n("删除分组"))
def drop_participant_group(request: HttpRequest, pk: int) -> HttpResponse:
    within_scope(request, "meetings")

    def work() -> tuple[int, Any]:
        actions.drop_group(person_of(request), group=pk)
        return 200, _groups(request)

    return write(request, work)


def _feeds(request: HttpRequest) -> dict[str, Any]:
    return {"items": [_feed(each) for each in queries.feeds_of(person_of(request))]}


def _feed(feed: Feed) -> dict[str, Any]:
    return {
        "id": feed.pk,
        "room": feed.room.place.code if feed.room else None,
        "made_at": feed.made_at.isoformat(),
        "read_at": feed.read_at.isoformat() if feed.read_at else None,
    }


def _groups(request: HttpRequest) -> dict[str, Any]:
    return {"items": [_group(each) for each in queries.groups_of(person_of(request)).order_by("name")]}


def _group(group: ParticipantGroup) -> dict[str, Any]:
    return {"id": group.pk, "name": group.name, "size": group.size}  # type: ignore[attr-defined]  # annotated by the query
