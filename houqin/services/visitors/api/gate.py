"""The gate's calls: who is expected and inside, in and out by pass or by tap."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _n
from ninja import Field, Schema

from houqin.exchange.api.frame import body_of, person_of, within_scope
from houqin.exchange.api.problems import CONFLICTS, PROBLEMS
from houqin.foundation.errors import NotFound
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.services.visitors import actions, queries
from houqin.services.visitors.api.shared import Name, Text, VisitList, VisitOut, key_of, router, told
from houqin.services.visitors.models import How

MOST = 1000


class ScanIn(Schema):
    token: Annotated[str, Field(max_length=4000)]
    gate: Name = ""


class CrossedOut(Schema):
    direction: str
    visit: VisitOut


class EnterIn(Schema):
    gate: Name = ""
    people: Annotated[int, Field(ge=0, le=999)] = 0
    items: Text = ""


class LeaveIn(Schema):
    gate: Name = ""


@router.get("/expected", response={200: VisitList, **PROBLEMS}, summary=_n("门岗：此刻待到访的访客"))
def expected_visitors(request: HttpRequest, find: Name = "") -> dict[str, Any]:
    """Within two hours; with ``find`` (a name, the last four of a phone, a plate) anybody of today."""
    return {"items": [told(each) for each in queries.expected(_guard(request), find)[:MOST]]}


@router.get("/inside", response={200: VisitList, **PROBLEMS}, summary=_n("此刻在内的访客（可按楼）"))
def visitors_inside(request: HttpRequest, building: Name = "") -> dict[str, Any]:
    within_scope(request, "visitors")
    actor = person_of(request)
    if not scope.holds(actor, "visitors.gate"):
        scope.authorise(actor, "visitors.view", organisation_path=None)
    chosen = None
    if building:
        found = {place.code: place for place, _count in queries.inside_counts(actor)}
        if building not in found:
            raise NotFound
        chosen = found[building]
    return {"items": [told(each) for each in queries.inside(actor, chosen)[:MOST]]}


@router.get("/overdue", response={200: VisitList, **PROBLEMS}, summary=_n("超时仍在内的访客"))
def visitors_overdue(request: HttpRequest) -> dict[str, Any]:
    return {"items": [told(each) for each in queries.overdue(_guard(request))[:MOST]]}


@router.post("/scan", response={200: CrossedOut, **CONFLICTS}, summary=_n("门岗：扫访客通行码，进或出"))
def scan_pass(request: HttpRequest, given: ScanIn) -> dict[str, Any]:
    actor = _guard(request)
    body_of(request)
    visit, direction = actions.pass_by(actor, token=given.token, gate=given.gate)
    return {"direction": str(direction), "visit": told(visit)}


@router.post("/visits/{pk}/enter", response={200: VisitOut, **CONFLICTS}, summary=_n("门岗：登记进入"))
def enter_visit(request: HttpRequest, pk: int, given: EnterIn) -> dict[str, Any]:
    actor = _guard(request)
    body_of(request)
    visit = actions.enter(
        actor, visit=key_of(pk), gate=given.gate, people=given.people, items=given.items, how=How.NAME
    )
    return told(visit)


@router.post("/visits/{pk}/leave", response={200: VisitOut, **CONFLICTS}, summary=_n("门岗：登记离开"))
def leave_visit(request: HttpRequest, pk: int, given: LeaveIn) -> dict[str, Any]:
    actor = _guard(request)
    body_of(request)
    return told(actions.leave(actor, visit=key_of(pk), gate=given.gate))


@router.post(
    "/workers/{pk}/enter", response={200: VisitOut, **CONFLICTS}, summary=_n("门岗：登记施工人员进入")
)
def worker_enters(request: HttpRequest, pk: int, given: LeaveIn) -> dict[str, Any]:
    actor = _guard(request)
    body_of(request)
    return told(actions.enter_worker(actor, worker=key_of(pk), gate=given.gate))


def _guard(request: HttpRequest) -> Person:
    """The caller, who stands at a gate. Raises NotPermitted."""
    within_scope(request, "visitors")
    actor = person_of(request)
    scope.authorise(actor, "visitors.gate", organisation_path=None)
    return actor
