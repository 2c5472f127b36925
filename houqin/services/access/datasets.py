"""What doors share through the exchange: passages by door, without who it was."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from houqin.exchange.datasets import DataSet, announce
from houqin.services.access import queries
from houqin.services.access.models import DoorEvent

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "integer", "title": "编号"},
        "door": {"type": "string", "title": "门编码"},
        "area": {"type": "string", "title": "通向区域编码"},
        "direction": {"type": "string", "title": "方向", "enum": ["in", "out"]},
        "at": {"type": "string", "format": "date-time", "title": "时间"},
        "allowed": {"type": "boolean", "title": "放行"},
        "reason": {"type": "string", "title": "未放行原因"},
        "offline": {"type": "boolean", "title": "离线判定"},
        "received_at": {"type": "string", "format": "date-time", "title": "收到时间"},
    },
}


def row(event: DoorEvent) -> dict[str, Any]:
    assert event.door is not None  # of a door that the actor watches
    return {
        "id": event.pk,
        "door": event.door.code,
        "area": event.door.area.code,
        "direction": event.direction,
        "at": event.at.isoformat(),
        "allowed": event.allowed,
        "reason": event.reason,
        "offline": event.offline,
        "received_at": event.received_at.isoformat(),
    }


def changed(since: datetime) -> Q:
    """It was received since then."""
    return Q(received_at__gte=since)


announce(DataSet("access.passages", _("门禁通行"), SCHEMA, queries.events_of, row, changed))
