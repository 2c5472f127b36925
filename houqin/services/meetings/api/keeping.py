"""Keeping rooms: settings, buffers, closed times, joined rooms, the tablet at the door; approval rules and quotas."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.conf import settings
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n
from ninja import Field, Schema

from houqin.affairs.forms import check
from houqin.exchange.api.frame import body_of, json_response, person_of, within_scope, write
from houqin.exchange.api.problems import CONFLICTS, PROBLEMS
from houqin.foundation.errors import NotFound, NotPermitted, Problem
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.services.meetings import actions, queries
from houqin.services.meetings.api.shared import RoomOut, room_of_code, router, told_room
from houqin.services.meetings.forms_keeping import BlockForm, NewRoomForm, QuotaForm, RoomForm, RuleForm
from houqin.services.meetings.models import ApprovalRule, Blocking, Quota, Room, RoomPart

MOST = 500
Codes = Annotated[list[str], Field(max_length=20)]


class KeptRoomOut(RoomOut):
    """``parts``: the rooms of which it is made, where it is joined. ``release_minutes``: none where it is never released."""

    keeper: str
    setup_minutes: int
    clearing_minutes: int
    horizon_days: int
    longest_minutes: int
    release_minutes: int | None
    bookable: bool
    note: str
    parts: list[str]


class KeptRoomList(Schema):
    items: list[KeptRoomOut]
    next: str | None = None


class NewRoomIn(Schema):
    """``place``: the code of a space; ``keeper``: the section that keeps it, by name or code."""

    place: str
    keeper: str
    capacity: int


class RoomSettingsIn(Schema):
    """What is left out stays as it is. Times of day as ``08:30``. Bookings keep the buffers they were made with."""

    capacity: int | None = None
    layouts: list[str] | None = None
    equipment: list[str] | None = None
    opens_at: str | None = None
    closes_at: str | None = None
    setup_minutes: int | None = None
    clearing_minutes: int | None = None
    horizon_days: int | None = None
    longest_minutes: int | None = None
    release_minutes: int | None = None
    bookable: bool | None = None
    note: str | None = None


class BlockingIn(Schema):
    starts_at: datetime
    ends_at: datetime
    reason: str


class BlockingOut(Schema):
    id: int
    room: str
    starts_at: str
    ends_at: str
    reason: str
    lifted_at: str | None


class BlockingList(Schema):
    items: list[BlockingOut]
    next: str | None = None


class PartsIn(Schema):
    """Rooms by code; none: the room stands for itself."""

    parts: Codes


class SecretAddressOut(Schema):
    """Told this once: only a mark of it is kept."""

    address: str


class ApprovalRuleIn(Schema):
    name: str
    room: str = ""
    seats_from: int | None = None
    unit: str = ""
    minutes_over: int | None = None
    after_hours: bool = False
    external: bool = False
    active: bool = True


class ApprovalRuleOut(Schema):
    id: int
    name: str
    room: str | None
    seats_from: int | None
    unit: str | None
    minutes_over: int | None
    after_hours: bool
    external: bool
    active: bool


class ApprovalRuleList(Schema):
    items: list[ApprovalRuleOut]
    next: str | None = None


class QuotaIn(Schema):
    unit: str
    minutes_a_month: int


class QuotaOut(Schema):
    id: int
    unit: str
    minutes_a_month: int


class QuotaList(Schema):
    items: list[QuotaOut]
    next: str | None = None


# -- rooms ---------------------------------------------------------------------------------------------------------


@router.get("/kept", response={200: KeptRoomList, **PROBLEMS}, summary=_n("我管理的会议室"))
def kept_rooms(request: HttpRequest) -> dict[str, Any]:
    rooms = list(queries.rooms_kept(_keeper(request))[:MOST])
    return {"items": _kept(rooms)}


@router.post("/kept", response={201: KeptRoomOut, **CONFLICTS}, summary=_n("把一个房间设为会议室"))
def make_meeting_room(request: HttpRequest, given: NewRoomIn) -> HttpResponse:
    person = _keeper(request)
    body_of(request)

    def work() -> tuple[int, Any]:
        form = NewRoomForm(given.dict())
        check(form)
        return 201, _kept([actions.make_room(person, **form.cleaned_data)])[0]

    return write(request, work)


@router.post("/kept/{code}", response={200: KeptRoomOut, **CONFLICTS}, summary=_n("修改会议室设置"))
def set_meeting_room(request: HttpRequest, code: str, given: RoomSettingsIn) -> HttpResponse:
    person = _keeper(request)
    body_of(request)

    def work() -> tuple[int, Any]:
        room = _kept_room(person, code)
        form = RoomForm({**model_to_dict(room), **given.dict(exclude_unset=True)}, instance=room)
        check(form)
        actions.set_room(person, room=room.pk, **form.cleaned_data)
        return 200, _kept([queries.room_of(room.pk)])[0]

    return write(request, work)


@router.get("/kept/{code}/blockings", response={200: BlockingList, **PROBLEMS}, summary=_n("停用时段"))
def room_blockings(request: HttpRequest, code: str) -> dict[str, Any]:
    room = _kept_room(_keeper(request), code)
    rows = room.blockings.filter(lifted_at__isnull=True, ends_at__gt=timezone.now()).order_by("starts_at")
    return {"items": [_blocking(each) for each in rows.select_related("room__place")[:MOST]]}


@router.post("/kept/{code}/blockings", response={201: BlockingOut, **CONFLICTS}, summary=_n("停用一段时间"))
def block_room(request: HttpRequest, code: str, given: BlockingIn) -> HttpResponse:
    person = _keeper(request)
    body_of(request)

    def work() -> tuple[int, Any]:
        room, form = _kept_room(person, code), BlockForm(given.dict())
        check(form)
        return 201, _blocking(actions.block(person, room=room.pk, **form.cleaned_data))

    return write(request, work)


@router.post("/blockings/{pk}/lift", response={200: BlockingOut, **CONFLICTS}, summary=_n("恢复预订"))
def lift_blocking(request: HttpRequest, pk: int) -> HttpResponse:
    person = _keeper(request)
    return write(request, lambda: (200, _blocking(actions.unblock(person, blocking=pk))))


@router.post("/kept/{code}/parts", response={200: KeptRoomOut, **CONFLICTS}, summary=_n("合并或拆分会议室"))
def join_meeting_rooms(request: HttpRequest, code: str, given: PartsIn) -> HttpResponse:
    person = _keeper(request)
    body_of(request)

    def work() -> tuple[int, Any]:
        room, parts = _kept_room(person, code), []
        for each in given.parts:
            part = queries.room_by_code(each)
            if part is None:
                raise Problem(errors={"parts": [_("没有编码为“%(code)s”的会议室。") % {"code": each[:50]}]})
            parts.append(part.pk)
        actions.join_rooms(person, room=room.pk, parts=parts)
        return 200, _kept([queries.room_of(room.pk)])[0]

    return write(request, work)


@router.post("/kept/{code}/panel", response={201: SecretAddressOut, **CONFLICTS}, summary=_n("门口屏的地址"))
def make_door_panel(request: HttpRequest, code: str) -> HttpResponse:
    person = _keeper(request)
    token = actions.make_panel(person, room=_kept_room(person, code).pk)
    # Not kept under an Idempotency-Key: a secret is told once and stored nowhere.
    return json_response({"address": f"{settings.BASE_URL}{reverse('meetings:panel', args=[token])}"}, 201)


# -- approval and quotas -------------------------------------------------------------------------------------------


@router.get("/approvals", response={200: ApprovalRuleList, **PROBLEMS}, summary=_n("预订审批规则"))
def approval_rules(request: HttpRequest) -> dict[str, Any]:
    _manager(request)
    rows = ApprovalRule.objects.select_related("room__place", "unit").order_by("id")[:MOST]
    return {"items": [_rule(each) for each in rows]}


@router.post("/approvals", response={201: ApprovalRuleOut, **CONFLICTS}, summary=_n("新增预订审批规则"))
def make_approval_rule(request: HttpRequest, given: ApprovalRuleIn) -> HttpResponse:
    person = _manager(request)
    body_of(request)

    def work() -> tuple[int, Any]:
        form = RuleForm(given.dict())
        check(form)
        return 201, _rule(actions.make_rule(person, **form.cleaned_data))

    return write(request, work)


@router.post("/approvals/{pk}", response={200: ApprovalRuleOut, **CONFLICTS}, summary=_n("修改预订审批规则"))
def set_approval_rule(request: HttpRequest, pk: int, given: ApprovalRuleIn) -> HttpResponse:
    person = _manager(request)
    body_of(request)

    def work() -> tuple[int, Any]:
        form = RuleForm(given.dict())
        check(form)
        return 200, _rule(actions.set_rule(person, rule=pk, **form.cleaned_data))

    return write(request, work)


@router.get("/quotas", response={200: QuotaList, **PROBLEMS}, summary=_n("各单位的会议室用量限额"))
def room_quotas(request: HttpRequest) -> dict[str, Any]:
    _manager(request)
    return _quotas()


@router.post("/quotas", response={200: QuotaOut, **CONFLICTS}, summary=_n("设定单位的用量限额"))
def set_room_quota(request: HttpRequest, given: QuotaIn) -> HttpResponse:
    person = _manager(request)
    body_of(request)

    def work() -> tuple[int, Any]:
        form = QuotaForm(given.dict())
        check(form)
        return 200, _quota(actions.set_quota(person, **form.cleaned_data))

    return write(request, work)


@router.post("/quotas/{pk}/drop", response={200: QuotaList, **CONFLICTS}, summary=_n("取消单位的用量限额"))
def drop_room_quota(request: HttpRequest, pk: int) -> HttpResponse:
    person = _manager(request)

    def work() -> tuple[int, Any]:
        actions.drop_quota(person, quota=pk)
        return 200, _quotas()

    return write(request, work)


def _keeper(request: HttpRequest) -> Person:
    """Who calls, if they keep any room. Raises NotPermitted."""
    within_scope(request, "meetings")
    person = person_of(request)
    if not scope.holds(person, "meetings.rooms"):
        raise NotPermitted
    return person


def _manager(request: HttpRequest) -> Person:
    """Who calls, if they manage all rooms. Raises NotPermitted."""
    within_scope(request, "meetings")
    person = person_of(request)
    scope.authorise_everywhere(person, "meetings.manage")
    return person


def _kept_room(person: Person, code: str) -> Room:
    room = queries.rooms_kept(person).filter(pk=room_of_code(code).pk).first()
    if room is None:
        raise NotFound(_("没有这间会议室，请重新选择。"))
    return room


def _kept(rooms: list[Room]) -> list[dict[str, Any]]:
    parts: dict[int, list[str]] = {}
    for each in RoomPart.objects.filter(room__in=rooms).select_related("part__place").order_by("part_id"):
        if each.part_id != each.room_id:
            parts.setdefault(each.room_id, []).append(each.part.place.code)
    return [
        {
            **told_room(room),
            "keeper": str(room.keeper),
            "setup_minutes": room.setup_minutes,
            "clearing_minutes": room.clearing_minutes,
            "horizon_days": room.horizon_days,
            "longest_minutes": room.longest_minutes,
            "release_minutes": room.release_minutes,
            "bookable": room.bookable,
            "note": room.note,
            "parts": parts.get(room.pk, []),
        }
        for room in rooms
    ]


def _blocking(blocking: Blocking) -> dict[str, Any]:
    return {
        "id": blocking.pk,
        "room": blocking.room.place.code,
        "starts_at": blocking.starts_at.isoformat(),
        "ends_at": blocking.ends_at.isoformat(),
        "reason": blocking.reason,
        "lifted_at": blocking.lifted_at.isoformat() if blocking.lifted_at else None,
    }


def _rule(rule: ApprovalRule) -> dict[str, Any]:
    return {
        "id": rule.pk,
        "name": rule.name,
        "room": rule.room.place.code if rule.room else None,
        "seats_from": rule.seats_from,
        "unit": str(rule.unit) if rule.unit else None,
        "minutes_over": rule.minutes_over,
        "after_hours": rule.after_hours,
        "external": rule.external,
        "active": rule.active,
    }


def _quotas() -> dict[str, Any]:
    return {"items": [_quota(each) for each in Quota.objects.select_related("unit").order_by("id")[:MOST]]}


def _quota(quota: Quota) -> dict[str, Any]:
    return {"id": quota.pk, "unit": str(quota.unit), "minutes_a_month": quota.minutes_a_month}
