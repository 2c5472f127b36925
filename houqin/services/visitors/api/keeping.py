"""The keepers' calls: people not let in, contractors and their people, hosting rules."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n
from ninja import Field, Schema

from houqin.exchange.api.frame import body_of, person_of, within_scope, write
from houqin.exchange.api.problems import CONFLICTS, PROBLEMS
from houqin.foundation.errors import NotFound, Problem
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.services.visitors import actions, queries
from houqin.services.visitors.api.shared import (
    Key,
    Name,
    Number,
    Text,
    VisitOut,
    host_of,
    key_of,
    place_of,
    router,
    told,
)
from houqin.services.visitors.models import Contractor, Denial, HostingRule, Level, Rank, Worker

MOST = 500


class DenialIn(Schema):
    name: Name
    phone: Number = ""
    id_number: Number = ""
    reason: Text
    until_on: date | None = None


class DenialOut(Schema):
    id: int
    name: str
    phone: str
    reason: str
    until_on: str | None
    lifted_at: str | None


class DenialList(Schema):
    items: list[DenialOut]
    next: str | None = None


class LiftIn(Schema):
    why: Text


class ContractorIn(Schema):
    name: Name
    work: Name
    place: Name
    host: Key | None = None
    insured_until: date
    from_time: time = time(7)
    until_time: time = time(20)


class ContractorChangeIn(Schema):
    insured_until: date
    ended: bool = False


class ContractorOut(Schema):
    id: int
    name: str
    work: str
    place: str
    host: int
    insured_until: str
    ended: bool


class ContractorList(Schema):
    items: list[ContractorOut]
    next: str | None = None


class WorkerIn(Schema):
    name: Name
    phone: Number
    id_number: Number = ""
    inducted_until: date


class WorkerChangeIn(Schema):
    inducted_until: date
    ended: bool = False


class WorkerOut(Schema):
    id: int
    contractor: int
    name: str
    phone: str
    inducted_until: str
    ended: bool


class WorkerList(Schema):
    items: list[WorkerOut]
    next: str | None = None


class RuleIn(Schema):
    name: Name
    place: Name = ""
    rank: Rank = Rank.ANY
    level: Key | None = None
    workdays_only: bool = True
    from_time: time = time(8)
    until_time: time = time(18)
    most_people: Annotated[int, Field(ge=1, le=1000)] = 10
    active: bool = True


class RuleOut(Schema):
    id: int
    name: str
    place: str
    rank: str
    level: int | None
    workdays_only: bool
    from_time: str
    until_time: str
    most_people: int
    active: bool


class RuleList(Schema):
    items: list[RuleOut]
    next: str | None = None


@router.get("/denials", response={200: DenialList, **PROBLEMS}, summary=_n("谢绝来访名单"))
def visitor_denials(request: HttpRequest) -> dict[str, Any]:
    rows = queries.denials_kept(_holder(request, "visitors.deny"))[:MOST]
    return {"items": [_denial(each) for each in rows]}


@router.post("/denials", response={201: DenialOut, **CONFLICTS}, summary=_n("登记谢绝来访"))
def deny_visitor(request: HttpRequest, given: DenialIn) -> HttpResponse:
    actor = _holder(request, "visitors.deny")
    body_of(request)
    return write(request, lambda: (201, _denial(actions.deny(actor, **given.dict()))))


@router.post("/denials/{pk}/lift", response={200: DenialOut, **CONFLICTS}, summary=_n("解除谢绝来访"))
def lift_denial(request: HttpRequest, pk: int, given: LiftIn) -> HttpResponse:
    actor = _holder(request, "visitors.deny")
    body_of(request)
    return write(request, lambda: (200, _denial(actions.lift(actor, denial=key_of(pk), why=given.why))))


@router.post("/visits/{pk}/clear", response={200: VisitOut, **CONFLICTS}, summary=_n("值班室确认放行"))
def clear_visit(request: HttpRequest, pk: int) -> HttpResponse:
    actor = _holder(request, "visitors.deny")
    return write(request, lambda: (200, told(actions.clear(actor, visit=key_of(pk)))))


@router.get("/contractors", response={200: ContractorList, **PROBLEMS}, summary=_n("承包单位"))
def visitor_contractors(request: HttpRequest) -> dict[str, Any]:
    rows = queries.contractors_kept(_holder(request, "visitors.keep"))[:MOST]
    return {"items": [_contractor(each) for each in rows]}


@router.post("/contractors", response={201: ContractorOut, **CONFLICTS}, summary=_n("登记承包单位"))
def make_contractor(request: HttpRequest, given: ContractorIn) -> HttpResponse:
    actor = _holder(request, "visitors.keep")
    body_of(request)

    def work() -> tuple[int, Any]:
        said = given.dict()
        said |= {"host": host_of(said.pop("host"), actor), "place": place_of(said.pop("place"))}
        return 201, _contractor(actions.make_contractor(actor, **said))

    return write(request, work)


@router.post(
    "/contractors/{pk}", response={200: ContractorOut, **CONFLICTS}, summary=_n("更新承包单位的保险或结束")
)
def set_contractor(request: HttpRequest, pk: int, given: ContractorChangeIn) -> HttpResponse:
    actor = _holder(request, "visitors.keep")
    body_of(request)
    return write(
        request,
        lambda: (200, _contractor(actions.set_contractor(actor, contractor=key_of(pk), **given.dict()))),
    )


@router.get("/contractors/{pk}/workers", response={200: WorkerList, **PROBLEMS}, summary=_n("承包单位的人员"))
def contractor_workers(request: HttpRequest, pk: int) -> dict[str, Any]:
    actor = _holder(request, "visitors.keep")
    found = queries.contractors_kept(actor).filter(pk=key_of(pk)).first()
    if found is None:
        raise NotFound
    return {"items": [_worker(each) for each in found.workers.order_by("pk")[:MOST]]}


@router.post("/contractors/{pk}/workers", response={201: WorkerOut, **CONFLICTS}, summary=_n("登记施工人员"))
def add_worker(request: HttpRequest, pk: int, given: WorkerIn) -> HttpResponse:
    actor = _holder(request, "visitors.keep")
    body_of(request)
    return write(
        request, lambda: (201, _worker(actions.add_worker(actor, contractor=key_of(pk), **given.dict())))
    )


@router.post("/workers/{pk}", response={200: WorkerOut, **CONFLICTS}, summary=_n("更新施工人员培训或结束"))
def set_worker(request: HttpRequest, pk: int, given: WorkerChangeIn) -> HttpResponse:
    actor = _holder(request, "visitors.keep")
    body_of(request)
    return write(
        request, lambda: (200, _worker(actions.set_worker(actor, worker=key_of(pk), **given.dict())))
    )


@router.get("/rules", response={200: RuleList, **PROBLEMS}, summary=_n("接访规则"))
def hosting_rules(request: HttpRequest) -> dict[str, Any]:
    rows = queries.rules_kept(_holder(request, "visitors.keep"))[:MOST]
    return {"items": [_rule(each) for each in rows]}


@router.post("/rules", response={201: RuleOut, **CONFLICTS}, summary=_n("新增接访规则"))
def make_rule(request: HttpRequest, given: RuleIn) -> HttpResponse:
    actor = _holder(request, "visitors.keep")
    body_of(request)
    return write(request, lambda: (201, _rule(actions.make_rule(actor, **_values(given)))))


@router.post("/rules/{pk}", response={200: RuleOut, **CONFLICTS}, summary=_n("修改接访规则"))
def set_rule(request: HttpRequest, pk: int, given: RuleIn) -> HttpResponse:
    actor = _holder(request, "visitors.keep")
    body_of(request)
    return write(request, lambda: (200, _rule(actions.set_rule(actor, rule=key_of(pk), **_values(given)))))


def _values(given: RuleIn) -> dict[str, Any]:
    said = given.dict()
    code, key = said.pop("place"), said.pop("level")
    level = Level.objects.filter(pk=key).first() if key else None
    if key and level is None:
        raise Problem(errors={"level": [_("没有这个职级，请重新选择。")]})
    return {**said, "rank": str(said["rank"]), "level": level, "place": place_of(code) if code else None}


def _holder(request: HttpRequest, permission: str) -> Person:
    """The caller, who holds the right somewhere. Raises NotPermitted."""
    within_scope(request, "visitors")
    actor = person_of(request)
    scope.authorise(actor, permission, organisation_path=None)
    return actor


def _denial(each: Denial) -> dict[str, Any]:
    return {
        "id": each.pk,
        "name": each.name,
        "phone": str(each.phone),
        "reason": each.reason,
        "until_on": each.until_on.isoformat() if each.until_on else None,
        "lifted_at": each.lifted_at.isoformat() if each.lifted_at else None,
    }


def _contractor(each: Contractor) -> dict[str, Any]:
    return {
        "id": each.pk,
        "name": each.name,
        "work": each.work,
        "place": each.place.code,
        "host": each.host_id,
        "insured_until": each.insured_until.isoformat(),
        "ended": each.ended_at is not None,
    }


def _worker(each: Worker) -> dict[str, Any]:
    return {
        "id": each.pk,
        "contractor": each.contractor_id,
        "name": each.name,
        "phone": str(each.phone),
        "inducted_until": each.inducted_until.isoformat(),
        "ended": each.ended_at is not None,
    }


def _rule(each: HostingRule) -> dict[str, Any]:
    return {
        "id": each.pk,
        "name": each.name,
        "place": each.place.code if each.place else "",
        "rank": str(each.rank),
        "level": each.level_id,
        "workdays_only": each.workdays_only,
        "from_time": f"{each.from_time:%H:%M}",
        "until_time": f"{each.until_time:%H:%M}",
        "most_people": each.most_people,
        "active": each.active,
    }
