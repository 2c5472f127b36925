"""What parking shares through the exchange. No plate, no name: who parks is nobody else's business."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from houqin.exchange.datasets import DataSet, announce
from houqin.services.parking import queries
from houqin.services.parking.models import Count, Lot, Passage

LOTS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "code": {"type": "string", "title": "停车场编码"},
        "name": {"type": "string", "title": "停车场"},
        "keeper": {"type": "string", "title": "管理科室编码"},
        "capacity": {"type": "integer", "title": "车位数"},
        "reservable": {"type": "integer", "title": "可预留车位数"},
        "inside": {"type": "integer", "title": "场内车辆"},
        "open": {"type": "boolean", "title": "开放"},
    },
}
PASSAGES: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "integer", "title": "编号"},
        "lot": {"type": "string", "title": "停车场编码"},
        "direction": {"type": "string", "title": "方向", "enum": ["in", "out"]},
        "at": {"type": "string", "format": "date-time", "title": "时间"},
        "standing": {"type": "string", "title": "身份"},
        "confidence": {"type": ["number", "null"], "title": "置信度"},
        "corrected": {"type": "boolean", "title": "已更正"},
        "taken_at": {"type": "string", "format": "date-time", "title": "收到时间"},
    },
}


def lot(found: Lot) -> dict[str, Any]:
    return {
        "code": found.place.code,
        "name": found.place.name,
        "keeper": found.keeper.code,
        "capacity": found.capacity,
        "reservable": found.reservable,
        "inside": found.inside,
        "open": found.open,
    }


def passage(found: Passage) -> dict[str, Any]:
    return {
        "id": found.pk,
        "lot": found.lot.place.code,
        "direction": str(found.direction),
        "at": found.at.isoformat(),
        "standing": str(found.standing),
        "confidence": found.confidence,
        "corrected": bool(found.corrected),
        "taken_at": found.taken_at.isoformat(),
    }


def taken(since: datetime) -> Q:
    """It was received since then."""
    return Q(taken_at__gte=since)


def moved(since: datetime) -> Q:
    """Something passed its gates, or was counted, since then."""
    passed, counted = Passage.objects.filter(taken_at__gte=since), Count.objects.filter(at__gte=since)
    return Q(pk__in=passed.values("lot")) | Q(pk__in=counted.values("lot"))


announce(DataSet("parking.lots", _("停车场"), LOTS, queries.lots_kept, lot, moved))
announce(DataSet("parking.passages", _("车辆通行"), PASSAGES, queries.passages_kept, passage, taken))
