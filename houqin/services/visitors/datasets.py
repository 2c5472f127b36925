"""What visitors share through the exchange: visits without who came."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from houqin.exchange.datasets import DataSet, announce
from houqin.foundation.trail.actors import Actor
from houqin.services.visitors import queries
from houqin.services.visitors.models import Visit

_MOMENT = {"type": ["string", "null"], "format": "date-time"}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "integer", "title": "编号"},
        "state": {"type": "string", "title": "状态"},
        "kind": {"type": "string", "title": "来访类别"},
        "unit": {"type": "string", "title": "接待科室编码"},
        "place": {"type": "string", "title": "地点编码"},
        "people": {"type": "integer", "title": "人数"},
        "vehicle": {"type": "boolean", "title": "是否开车"},
        "from_at": {**_MOMENT, "title": "预约开始"},
        "until_at": {**_MOMENT, "title": "预约结束"},
        "entered_at": {**_MOMENT, "title": "进入时间"},
        "left_at": {**_MOMENT, "title": "离开时间"},
    },
}


def rows(actor: Actor) -> QuerySet[Visit]:
    return queries.visits(actor)


def row(visit: Visit) -> dict[str, Any]:
    moments = ("from_at", "until_at", "entered_at", "left_at")
    return {
        "id": visit.pk,
        "state": str(visit.state),
        "kind": str(visit.kind),
        "unit": visit.host.organisation.code,
        "place": visit.place.code,
        "people": visit.people,
        "vehicle": bool(visit.plate),
        **{name: at.isoformat() if (at := getattr(visit, name)) else None for name in moments},
    }


def changed(since: datetime) -> Q:
    """Made, entered or left since then."""
    return Q(made_at__gte=since) | Q(entered_at__gte=since) | Q(left_at__gte=since)


announce(DataSet("visitors.visits", _("来访"), SCHEMA, rows, row, changed))
