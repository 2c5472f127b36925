"""The gate's calls: who is expected and inside, in and out by pass or by tap."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _n
from ninja import Field, Schema

from houqin.exchange.api.frame import body_of, person_of, within_scope, write
from houqin.exchange.api.problems import CONFLICTS, PROBLEMS
from houqin.foundation.errors import NotFound
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.services.access import queries as doors
from houqin.services.visitors import actions, queries
from houqin.services.visitors.api.shared import (
    ComingIn,
    Key,
    Name,
    Number,
    Text,
    VisitList,
    VisitOut,
    key_of,
    router,
    told,
)
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


class HostOut(Schema):
    id: int
    name: str
    organisation: str
    place: str


class HostList(Schema):
    items: list[HostOut]
    next: str | None = None


class WalkInIn(ComingIn):
    host: Key
    phone: Number = ""
    minutes: Annotated[int, Field(ge=0, le=240)] = 60
    gate: Name = ""


@router.get("/expected", response={200: VisitList, **PROBLEMS}, summary=_n("门岗：此刻待到访的访客"))
def expected_visitors(request: HttpRequest, find: Name = "") -> dict[str, Any]:
    """Within two hours; with ``find`` (a name, the last four of a phone, a plate) anybody of today."""
    return {"items": [told(each) for each in queries.expected(_guard(request), find)[:MOST]]}


@router.get("/waiting", response={200: VisitList, **PROBLEMS}, summary=_n("门岗：等候答复的临时来访"))
def waiting_visitors(request: HttpRequest) -> dict[str, Any]:
    return {"items": [told(each) for each in queries.waiting(_guard(request))[:MOST]]}


@router.get("/hosts", response={200: HostList, **PROBLEMS}, summary=_n("门岗：按姓名或首字母找接待人"))
def hosts_typed(request: HttpRequest, find: Name = "") -> dict[str, Any]:
    """At most 20; by name, pinyin, initials, staff number."""
    found = queries.hosts_typed(_guard(request), find, limit=20)
    return {
        "items": [
            {
                "id": each.pk,
                "name": each.name,
                "organisation": each.organisation.name,
                "place": str(each.usual_place or ""),
            }
            for each in found
        ]
    }


@router.post("/walk-ins", response={201: VisitOut, **CONFLICTS}, summary=_n("门岗：登记临时来访"))
def register_walk_in(request: HttpRequest, given: WalkInIn) -> HttpResponse:
    """The visit waits (``pending``) until its host has agreed; a phone or an ID number is needed."""
    actor = _guard(request)
    body_of(request)
    door = doors.door_of(given.gate) if given.gate else None
    data = {**given.dict(), "gate": door.name if door else ""}
    return write(request, lambda: (201, told(actions.register_walk_in(actor, data=data))))


@router.post(
    "/visits/{pk}/give-up", response={200: VisitOut, **CONFLICTS}, summary=_n("门岗：撤销未答复的登记")
)
def give_up_visit(request: HttpRequest, pk: int) -> dict[str, Any]:
    actor = _guard(request)
    body_of(request)
    return told(actions.give_up(actor, visit=key_of(pk)))


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
