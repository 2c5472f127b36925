"""Periods that are one tap away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.services.mailbox.queries import Filters


def periods(filters: Filters) -> list[dict[str, Any]]:
    """This month, the last one, thirty days, a year: as chips."""
    today = timezone.localdate()
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    spans = [
        (_("本月"), month, today),
        (_("上月"), before.replace(day=1), before),
        (_("近 30 天"), today - timedelta(days=29), today),
        (_("近一年"), today - timedelta(days=364), today),
    ]
    return [
        {
            "label": label,
            "url": f"?{filters.query(since=since, until=until)}",
            "count": None,
            "current": (filters.since, filters.until) == (since, until),
        }
        for label, since, until in spans
    ]
