"""What a lot will hold in the next three days, from its own past hours."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from houqin.foundation.calendar import clock
from houqin.services.parking.forecast import HOURS, Hour, predict
from houqin.services.parking.models import Lot

#: How far back the pattern looks.
BACK = timedelta(weeks=9)

_CHANGES = """
SELECT hour, sum(net)::float FROM (
  SELECT date_trunc('hour', at, 'Asia/Shanghai') AS hour, CASE direction WHEN 'in' THEN 1 ELSE -1 END AS net
  FROM parking_passage WHERE lot_id = %(lot)s AND at >= %(since)s
  UNION ALL
  SELECT date_trunc('hour', at, 'Asia/Shanghai'), delta FROM parking_count WHERE lot_id = %(lot)s AND at >= %(since)s
) changes GROUP BY hour ORDER BY hour
"""


def hours_of(lot: Lot, now: datetime | None = None) -> dict[datetime, float]:
    """Vehicles inside at the beginning of each hour, reckoned back from the present count. One query."""
    now = timezone.localtime(now)
    with connection.cursor() as cursor:
        cursor.execute(_CHANGES, {"lot": lot.pk, "since": now - BACK})
        changes = {timezone.localtime(hour): net for hour, net in cursor.fetchall()}
    found: dict[datetime, float] = {}
    if not changes:
        return found
    hour, first, level = now.replace(minute=0, second=0, microsecond=0), min(changes), float(lot.inside)
    while hour >= first:
        level -= changes.get(hour, 0.0)
        found[hour] = max(level, 0.0)
        hour -= timedelta(hours=1)
    return found


def occupancy_forecast(lot: Lot, now: datetime | None = None) -> list[Hour]:
    """The next 72 hours; empty where the lot has no week behind it. One query."""
    now = timezone.localtime(now)
    calendar = clock.load()
    return predict(
        hours_of(lot, now),
        now.replace(minute=0, second=0, microsecond=0),
        hours=HOURS,
        capacity=lot.capacity,
        is_workday=calendar.is_workday,
    )
