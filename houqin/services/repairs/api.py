"""What repairs add to the HTTP API, under ``/api/v1/repairs/``. Reporting and handling go by ``/items`` and ``/cases``."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _n
from ninja import Router, Schema

from houqin.exchange.api.frame import person_of, within_scope, write
from houqin.exchange.api.problems import CONFLICTS, PROBLEMS
from houqin.foundation.errors import NotFound, NotPermitted
from houqin.foundation.people import scope
from houqin.foundation.places.queries import place_of
from houqin.services.repairs import actions, queries
from houqin.services.repairs.models import FaultKind, Incident

router = Router()


class FaultOut(Schema):
    code: str
    name: str
    group: str


class DeviceOut(Schema):
    code: str
    name: str
    place: str
    supplier: str
    warranty_until: str | None


class StockOut(Schema):
    id: int
    code: str
    name: str
    unit: str
    quantity: str
    minimum: str


class IncidentOut(Schema):
    id: int
    title: str
    group: str
    place: str
    case: str
    until: str
    closed_at: str | None


class IncidentIn(Schema):
    place: int
    fault: str
    title: str
    until: datetime


class FaultList(Schema):
    items: list[FaultOut]
    next: str | None = None


class DeviceList(Schema):
    items: list[DeviceOut]
    next: str | None = None


class StockList(Schema):
    items: list[StockOut]
    next: str | None = None


class IncidentList(Schema):
    items: list[IncidentOut]
    next: str | None = None


@router.get("/faults", response={200: FaultList, **PROBLEMS}, summary=_n("故障字典"))
def faults(request: HttpRequest) -> dict[str, Any]:
    within_scope(request, "repairs")
    found = queries.faults()
    return {"items": [{"code": each.code, "name": each.name, "group": str(each.group)} for each in found]}


@router.get("/devices", response={200: DeviceList, **PROBLEMS}, summary=_n("设备"))
def devices(request: HttpRequest, q: str = "") -> dict[str, Any]:
    within_scope(request, "repairs")
    if not scope.holds(person_of(request), "repairs.view"):
        raise NotPermitted
    return {
        "items": [
            {
                "code": each.code,
                "name": each.name,
                "place": each.place.full_name,
                "supplier": each.supplier,
                "warranty_until": each.warranty_until.isoformat() if each.warranty_until else None,
            }
            for each in queries.devices_of(q)[:200]
        ]
    }


@router.get("/stock", response={200: StockList, **PROBLEMS}, summary=_n("库存物料（本人所管）"))
def stock(request: HttpRequest, q: str = "", low: bool = False) -> dict[str, Any]:
    within_scope(request, "repairs")
    return {
        "items": [
            {
                "id": each.pk,
                "code": each.code,
                "name": each.name,
                "unit": each.unit,
                "quantity": str(each.quantity),
                "minimum": str(each.minimum),
            }
            for each in queries.stock_of(person_of(request), text=q, low=low)[:200]
        ]
    }


@router.get("/incidents", response={200: IncidentList, **PROBLEMS}, summary=_n("进行中的区域事件"))
def incidents(request: HttpRequest) -> dict[str, Any]:
    within_scope(request, "repairs")
    return {"items": [_incident(each) for each in queries.open_incidents()]}


@router.post("/incidents", response={201: IncidentOut, **CONFLICTS}, summary=_n("发布区域事件"))
def open_incident(request: HttpRequest, given: IncidentIn) -> HttpResponse:
    within_scope(request, "repairs")
    fault = FaultKind.objects.filter(active=True, code=given.fault).first()
    if fault is None:
        raise NotFound

    def work() -> tuple[int, Any]:
        place = place_of(given.place)
        opened = actions.open_incident(
            person_of(request), place=place, fault=fault, title=given.title, until=given.until
        )
        return 201, _incident(opened)

    return write(request, work)


@router.post("/incidents/{pk}/close", response={200: IncidentOut, **CONFLICTS}, summary=_n("解除区域事件"))
def close_incident(request: HttpRequest, pk: int) -> HttpResponse:
    within_scope(request, "repairs")
    return write(request, lambda: (200, _incident(actions.close_incident(person_of(request), incident=pk))))


def _incident(incident: Incident) -> dict[str, Any]:
    return {
        "id": incident.pk,
        "title": incident.title,
        "group": str(incident.group),
        "place": incident.place.full_name,
        "case": incident.case.number,
        "until": incident.until.isoformat(),
        "closed_at": incident.closed_at.isoformat() if incident.closed_at else None,
    }
