"""People's calls: one's own pass and permits, the keeper's and the guard's work."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n
from ninja import Field, Query, Schema
from pydantic import AwareDatetime

from houqin.exchange.api.frame import MOST, PAGE, body_of, page, person_of, within_scope, write
from houqin.exchange.api.problems import CONFLICTS, PROBLEMS
from houqin.foundation.errors import NotFound, Problem
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.services.access import actions, hours, keys, queries
from houqin.services.access.api.shared import LARGEST, DecisionOut, decision, direction, router
from houqin.services.access.models import Area, DoorEvent, Permit
from houqin.services.access.passes import WINDOW_SECONDS


class AreaOut(Schema):
    code: str
    name: str
    around: str | None
    keeper: str
    on_request: bool


class AreaList(Schema):
    items: list[AreaOut]
    next: str | None = None


class PermitOut(Schema):
    id: int
    holder: str
    name: str
    areas: list[str]
    hours: str
    from_at: str
    until_at: str | None
    state: str
    reason: str
    source: str


class PermitList(Schema):
    items: list[PermitOut]
    next: str | None = None


class PassOut(Schema):
    token: str
    areas: list[str]
    seconds_left: int


class InsideOut(Schema):
    holder: str
    name: str
    area: str
    since: str


class InsideList(Schema):
    items: list[InsideOut]
    next: str | None = None


class PassageOut(Schema):
    id: int
    at: str
    received_at: str
    door: str | None
    holder: str
    direction: str
    allowed: bool
    reason: str
    offline: bool


class PassageList(Schema):
    items: list[PassageOut]
    next: str | None = None


class IssueIn(Schema):
    person: Annotated[int, Field(ge=1, lt=LARGEST)]
    areas: list[str]
    from_at: AwareDatetime
    until_at: AwareDatetime | None = None
    hours: list[dict[str, Any]] | None = None
    reason: str = ""


class WithdrawIn(Schema):
    reason: str


class GateIn(Schema):
    door: str
    direction: str
    token: str


@router.get("/areas", response={200: AreaList, **PROBLEMS}, summary=_n("门禁区域列表"))
def door_areas(request: HttpRequest) -> dict[str, Any]:
    within_scope(request, "access")
    found = Area.objects.select_related("parent", "keeper").order_by("path")
    return {
        "items": [
            {
                "code": area.code,
                "name": area.name,
                "around": area.parent.code if area.parent else None,
                "keeper": area.keeper.name,
                "on_request": area.on_request,
            }
            for area in found
        ]
    }


@router.get("/pass", response={200: PassOut, **PROBLEMS}, summary=_n("本人此刻的通行码"))
def own_pass(request: HttpRequest) -> dict[str, Any]:
    within_scope(request, "access")
    holder, now = queries.person_holder(person_of(request)), timezone.now()
    token = actions.pass_token(holder, at=now)
    return {
        "token": token,
        "areas": list(keys.public().open(token).areas),
        "seconds_left": WINDOW_SECONDS - int(now.timestamp()) % WINDOW_SECONDS,
    }


@router.get("/permits", response={200: PermitList, **PROBLEMS}, summary=_n("本人有效的通行权限"))
def own_permits(request: HttpRequest) -> dict[str, Any]:
    within_scope(request, "access")
    found = list(queries.permits_of(queries.person_holder(person_of(request))))
    return {"items": _permits(found)}


@router.get(
    "/areas/{code}/permits", response={200: PermitList, **PROBLEMS}, summary=_n("谁能进入某区域（管理人员）")
)
def area_permits(
    request: HttpRequest, code: str, cursor: str | None = None, limit: int = Query(PAGE, ge=1, le=MOST)
) -> dict[str, Any]:
    within_scope(request, "access")
    area = queries.areas_kept(person_of(request)).filter(code=code).first()
    if area is None:
        raise NotFound
    found, following = page(queries.who_may_enter(area), cursor, max(limit, 1))
    return {"items": _permits(found), "next": following}


@router.post("/permits", response={201: PermitOut, **CONFLICTS}, summary=_n("直接发放通行权限（管理人员）"))
def issue_permit(request: HttpRequest, given: IssueIn) -> HttpResponse:
    within_scope(request, "access")
    actor = person_of(request)
    body_of(request)

    def work() -> tuple[int, Any]:
        person = Person.objects.active().filter(pk=given.person).first()
        if person is None:
            raise Problem(errors={"person": [_("没有这个人，请重新选择。")]})
        kept = list(Area.objects.select_related("keeper").filter(code__in=given.areas))
        if len(kept) != len(set(given.areas)):
            raise Problem(errors={"areas": [_("有的区域编码不存在，见 /api/v1/access/areas。")]})
        permit = actions.issue(
            actor, person=person, areas=kept, from_at=given.from_at, until_at=given.until_at, hours=given.hours,
            reason=given.reason,
        )  # fmt: skip
        return 201, _permits([permit])[0]

    return write(request, work)


@router.post(
    "/permits/{pk}/withdraw", response={200: PermitOut, **CONFLICTS}, summary=_n("收回通行权限（管理人员）")
)
def withdraw_permit(request: HttpRequest, pk: int, given: WithdrawIn) -> HttpResponse:
    within_scope(request, "access")
    body_of(request)

    def work() -> tuple[int, Any]:
        actions.withdraw(person_of(request), permits=[pk], reason=given.reason)
        return 200, _permits([Permit.objects.get(pk=pk)])[0]

    return write(request, work)


@router.get("/inside", response={200: InsideList, **PROBLEMS}, summary=_n("此刻在区域内的人员"))
def who_is_inside(request: HttpRequest, area: str = "") -> dict[str, Any]:
    within_scope(request, "access")
    actor = person_of(request)
    chosen = None
    if area:
        chosen = queries.areas_kept(actor, "access.view").filter(code=area).first()
        if chosen is None:
            raise NotFound
    return {
        "items": [
            {
                "holder": each.holder,
                "name": each.name,
                "area": each.area.code if each.area else "",
                "since": each.at.isoformat(),
            }
            for each in queries.inside(actor, chosen)[:5000]
        ]
    }


@router.get("/events", response={200: PassageList, **PROBLEMS}, summary=_n("通行记录"))
def door_events(
    request: HttpRequest,
    door: str = "",
    refused: bool = False,
    cursor: str | None = None,
    limit: int = Query(PAGE, ge=1, le=MOST),
) -> dict[str, Any]:
    within_scope(request, "access")
    one = None
    if door:
        one = queries.door_of(door)
        if one is None:
            raise NotFound
    rows = queries.events_of(person_of(request), door=one.pk if one else None, refused=refused)
    found, following = page(rows, cursor, max(limit, 1))
    return {"items": [_event(each) for each in found], "next": following}


@router.post("/gate", response={200: DecisionOut, **PROBLEMS}, summary=_n("门岗核验通行码"))
def check_pass(request: HttpRequest, given: GateIn) -> dict[str, Any]:
    within_scope(request, "access")
    body_of(request)
    actor = person_of(request)
    scope.authorise(actor, "access.gate", organisation_path=None)
    if not given.token:
        raise Problem(errors={"token": [_("请扫描通行码。")]})
    return decision(
        actions.admit(actor, door=given.door, direction=direction(given.direction), token=given.token)
    )


def _permits(found: list[Permit]) -> list[dict[str, Any]]:
    codes = {area.pk: area.code for area in queries.areas_by_id({pk for each in found for pk in each.areas})}
    return [
        {
            "id": each.pk,
            "holder": each.holder,
            "name": each.name,
            "areas": [codes[pk] for pk in each.areas],
            "hours": hours.in_words(each.hours),
            "from_at": each.from_at.isoformat(),
            "until_at": each.until_at.isoformat() if each.until_at else None,
            "state": each.state,
            "reason": each.reason,
            "source": each.source,
        }
        for each in found
    ]


def _event(event: DoorEvent) -> dict[str, Any]:
    return {
        "id": event.pk,
        "at": event.at.isoformat(),
        "received_at": event.received_at.isoformat(),
        "door": event.door.code if event.door else None,
        "holder": event.holder,
        "direction": event.direction,
        "allowed": event.allowed,
        "reason": event.reason,
        "offline": event.offline,
    }
