"""A host's calls: inviting one or a list, another time, calling it off; the trace and the figures."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n
from ninja import Field, Query, Schema
from pydantic import AwareDatetime

from houqin.exchange.api.frame import MOST, PAGE, body_of, page, person_of, within_scope, write
from houqin.exchange.api.problems import CONFLICTS, PROBLEMS
from houqin.foundation.errors import NotFound, Problem
from houqin.foundation.people import scope
from houqin.foundation.standards import Unfit, mobile, plate, resident_id
from houqin.services.visitors import actions, queries
from houqin.services.visitors.api.shared import (
    ComingIn,
    Key,
    Name,
    Number,
    Text,
    VisitList,
    VisitOut,
    host_of,
    key_of,
    place_of,
    router,
    told,
)
from houqin.services.visitors.models import Visit, VisitState
from houqin.services.visitors.sheets import Guest


class VisitIn(ComingIn):
    phone: Number
    place: Name
    from_at: AwareDatetime
    until_at: AwareDatetime
    host: Key | None = None


class VisitorIn(Schema):
    name: Name
    phone: Number
    organisation: Name = ""
    id_number: Number = ""
    plate: Number = ""


class GroupIn(Schema):
    name: Name
    place: Name
    from_at: AwareDatetime
    until_at: AwareDatetime
    purpose: Text
    kind: Name = "business"
    guests: Annotated[list[VisitorIn], Field(max_length=300)]


class GroupOut(Schema):
    id: int
    name: str
    visits: list[VisitOut]


class VisitPassOut(Schema):
    url: str


class VisitMoveIn(Schema):
    from_at: AwareDatetime
    until_at: AwareDatetime


class WhyIn(Schema):
    reason: Text = ""


class BarOut(Schema):
    name: str
    count: int


class VehiclesOut(Schema):
    at: str
    vehicles: int
    free: int


class InsightOut(Schema):
    visits: int
    came: int
    missed: int
    petitions: int
    vehicles: int
    by_hour: list[BarOut]
    by_unit: list[BarOut]
    by_kind: list[BarOut]
    today: list[VehiclesOut]


@router.get("/visits", response={200: VisitList, **PROBLEMS}, summary=_n("我接待的来访"))
def own_visits(
    request: HttpRequest,
    state: Name = "",
    cursor: str | None = None,
    limit: int = Query(PAGE, ge=1, le=MOST),
) -> dict[str, Any]:
    within_scope(request, "visitors")
    rows = queries.hosted_by(person_of(request))
    if state in VisitState.values:
        rows = rows.filter(state=state)
    found, following = page(rows, cursor, limit)
    return {"items": [told(each) for each in found], "next": following}


@router.post("/visits", response={201: VisitOut, **CONFLICTS}, summary=_n("邀请访客"))
def invite_visitor(request: HttpRequest, given: VisitIn) -> HttpResponse:
    """Within the host's own right the visit is expected at once; beyond it a case is opened and named."""
    within_scope(request, "visitors")
    body_of(request)

    def work() -> tuple[int, Any]:
        actor = person_of(request)
        said = given.dict()
        said |= {"host": host_of(said.pop("host"), actor), "place": place_of(said.pop("place"))}
        said["id_number"] = _number(said["id_number"], "id_number", resident_id)
        return 201, told(_again(actions.invite(actor, **said)))

    return write(request, work)


@router.get("/visits/{pk}", response={200: VisitOut, **PROBLEMS}, summary=_n("一次来访"))
def one_visit(request: HttpRequest, pk: int) -> dict[str, Any]:
    within_scope(request, "visitors")
    return told(_seen(request, pk))


@router.get("/visits/{pk}/pass", response={200: VisitPassOut, **PROBLEMS}, summary=_n("访客通行码页面的地址"))
def visit_pass(request: HttpRequest, pk: int) -> dict[str, str]:
    """For whoever runs the visit, to send on. Conflict while there is no pass."""
    within_scope(request, "visitors")
    found = queries.visits_run_by(person_of(request)).filter(pk=key_of(pk)).first()
    if found is None or found.held or found.state not in (VisitState.EXPECTED, VisitState.INSIDE):
        raise NotFound
    return {"url": f"{settings.BASE_URL}{reverse('visitors:pass', args=[found.key])}"}


@router.post("/visits/{pk}/move", response={200: VisitOut, **CONFLICTS}, summary=_n("来访改时间"))
def move_visit(request: HttpRequest, pk: int, given: VisitMoveIn) -> HttpResponse:
    within_scope(request, "visitors")
    body_of(request)
    period = {"from_at": given.from_at, "until_at": given.until_at}
    return write(
        request, lambda: (200, told(actions.move_visit(person_of(request), visit=key_of(pk), **period)))
    )


@router.post("/visits/{pk}/cancel", response={200: VisitOut, **CONFLICTS}, summary=_n("取消来访"))
def cancel_visit(request: HttpRequest, pk: int, given: WhyIn) -> HttpResponse:
    within_scope(request, "visitors")
    body_of(request)
    return write(
        request,
        lambda: (200, told(actions.cancel_visit(person_of(request), visit=key_of(pk), reason=given.reason))),
    )


@router.post("/groups", response={201: GroupOut, **CONFLICTS}, summary=_n("按名单邀请一组访客"))
def invite_visitors(request: HttpRequest, given: GroupIn) -> HttpResponse:
    within_scope(request, "visitors")
    body_of(request)

    def work() -> tuple[int, Any]:
        actor = person_of(request)
        said = given.dict()
        guests = [_guest(each, place) for place, each in enumerate(said.pop("guests"))]
        said["place"] = place_of(said["place"])
        made = actions.invite_group(actor, host=actor, guests=guests, **said)
        visits = made.visits.select_related("host", "place", "case").order_by("pk")
        return 201, {"id": made.pk, "name": made.name, "visits": [told(each) for each in visits]}

    return write(request, work)


@router.get("/trace", response={200: VisitList, **PROBLEMS}, summary=_n("来访查询（按访客、接待人、日期）"))
def trace_visits(
    request: HttpRequest,
    visitor: Name = "",
    host: Name = "",
    on: date | None = None,
    cursor: str | None = None,
    limit: int = Query(PAGE, ge=1, le=MOST),
) -> dict[str, Any]:
    within_scope(request, "visitors")
    actor = person_of(request)
    scope.authorise(actor, "visitors.view", organisation_path=None)
    if on and not 2000 <= on.year <= 2100:
        raise Problem(errors={"on": [_("时间不在合理范围，请核对。")]})
    found, following = page(queries.visits(actor, visitor=visitor, host=host, on=on), cursor, limit)
    return {"items": [told(each) for each in found], "next": following}


@router.get("/insight", response={200: InsightOut, **PROBLEMS}, summary=_n("来访分析"))
def visits_insight(request: HttpRequest, days: Annotated[int, Field(ge=1, le=366)] = 7) -> dict[str, Any]:
    within_scope(request, "visitors")
    actor = person_of(request)
    scope.authorise(actor, "visitors.insight", organisation_path=None)
    today = timezone.localdate()
    found = queries.insight(actor, today - timedelta(days=days - 1), today)
    bars = {
        name: [{"name": bar.name, "count": bar.count} for bar in getattr(found, name)]
        for name in ("by_hour", "by_unit", "by_kind")
    }
    hours = [
        {"at": each.at.isoformat(), "vehicles": each.vehicles, "free": each.free} for each in found.today
    ]
    totals = {name: getattr(found, name) for name in ("visits", "came", "missed", "petitions", "vehicles")}
    return {**totals, **bars, "today": hours}


def _guest(given: dict[str, str], place: int) -> Guest:
    checks = {"phone": mobile, "id_number": resident_id, "plate": plate}
    for name, check in checks.items():
        given[name] = _number(given[name], f"guests.{place}.{name}", check)
    return Guest(**given)


def _number(text: str, field: str, check: Any) -> str:
    """A number in its normal form. Raises Problem beside its field."""
    try:
        return str(check(text)) if text else ""
    except Unfit as unfit:
        raise Problem(errors={field: [str(unfit.message)]}) from unfit


def _seen(request: HttpRequest, pk: int) -> Visit:
    found = queries.visits_seen_by(person_of(request)).filter(pk=key_of(pk)).first()
    if found is None:
        raise NotFound
    return found


def _again(visit: Visit) -> Visit:
    return Visit.objects.select_related("host", "place", "case").get(pk=visit.pk)
