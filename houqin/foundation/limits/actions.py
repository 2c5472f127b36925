"""Counting what must not happen too often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.errors import TooMany
from houqin.foundation.limits.models import Counter

_SPEND = """
INSERT INTO limits_counter (key, "window", ends_at, count) VALUES (%s, %s, %s, 1)
ON CONFLICT (key, "window") DO UPDATE SET count = limits_counter.count + 1
RETURNING count
"""
#: A counter says nothing any more once its window is over; it is kept a little for whoever looks into an attack.
KEPT = timedelta(days=1)


def spend(key: str, *, limit: int, per_seconds: int) -> None:
    """Count one more of ``key`` in the present window of ``per_seconds``; one statement.

    Raises :class:`TooMany`, with the time from which it works again, when that makes more than ``limit``. Call it
    before the transaction of the action: what that rolls back would not have counted.
    """
    now = timezone.now()
    opened = datetime.fromtimestamp(now.timestamp() // per_seconds * per_seconds, UTC)
    ends_at = opened + timedelta(seconds=per_seconds)
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, [key, opened, ends_at])
        (count,) = cursor.fetchone()
    if count > limit:
        raise TooMany(_("操作过于频繁，请在 %(time)s 之后再试。") % {"time": _moment(ends_at, now)})


def forget_old() -> int:
    """Remove counters whose window ended long ago; answers how many."""
    removed, _by_model = Counter.objects.filter(ends_at__lt=timezone.now() - KEPT).delete()
    return removed


def _moment(at: datetime, now: datetime) -> str:
    local, today = timezone.localtime(at), timezone.localtime(now).date()
    whole_minute = local + timedelta(seconds=59) if local.second else local
    return f"{whole_minute:%H:%M}" if whole_minute.date() == today else f"{whole_minute:%Y-%m-%d %H:%M}"
