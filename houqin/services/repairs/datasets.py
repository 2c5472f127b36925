"""What repairs share through the exchange."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from houqin.affairs.models import Event
from houqin.exchange.datasets import DataSet, announce
from houqin.foundation.trail.actors import Actor
from houqin.services.repairs.models import RepairOrder
from houqin.services.repairs.queries import orders_of

_MOMENT = {"type": ["string", "null"], "format": "date-time"}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "number": {"type": "string", "title": "办件编号"},
        "state": {"type": "string", "title": "状态"},
        "fault": {"type": "string", "title": "故障编码"},
        "fault_name": {"type": "string", "title": "故障"},
        "place": {"type": "string", "title": "地点编码"},
        "place_name": {"type": "string", "title": "地点"},
        "section": {"type": "string", "title": "承办科室编码"},
        "device": {"type": ["string", "null"], "title": "设备编号"},
        "planned": {"type": "boolean", "title": "计划维护"},
        "reported_at": {**_MOMENT, "title": "报修时间"},
        "accepted_at": {**_MOMENT, "title": "接单时间"},
        "arrived_at": {**_MOMENT, "title": "到场时间"},
        "finished_at": {**_MOMENT, "title": "修复时间"},
        "labour_minutes": {"type": "integer", "title": "工时（分钟）"},
        "labour_fen": {"type": "integer", "title": "人工费（分）"},
        "material_fen": {"type": "integer", "title": "材料费（分）"},
    },
}


def rows(actor: Actor) -> QuerySet[RepairOrder]:
    return orders_of(actor).select_related("case__section", "fault", "place", "device")


def row(order: RepairOrder) -> dict[str, Any]:
    moments = ("reported_at", "accepted_at", "arrived_at", "finished_at")
    return {
        "number": order.case.number,
        "state": str(order.case.state),
        "fault": order.fault.code,
        "fault_name": order.fault.name,
        "place": order.place.code,
        "place_name": order.place.full_name,
        "section": order.case.section.code,
        "device": order.device.code if order.device else None,
        "planned": order.planned,
        **{name: at.isoformat() if (at := getattr(order, name)) else None for name in moments},
        "labour_minutes": order.labour_minutes,
        "labour_fen": order.labour_fen,
        "material_fen": order.material_fen,
    }


def changed(since: datetime) -> Q:
    """Something happened to its case since then."""
    return Q(Exists(Event.objects.filter(case=OuterRef("pk"), at__gte=since)))


announce(DataSet("repairs.orders", _("维修工单"), SCHEMA, rows, row, changed))
