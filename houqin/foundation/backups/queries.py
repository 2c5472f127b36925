"""How old the last backup is, and whether the next one is due."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone

from houqin.foundation.backups.models import Backup

#: After this a backup counts as too old: a day's was missed.
TOO_OLD = timedelta(hours=48)
#: How long a scheduled backup that failed waits before it is tried again, and one that runs is left alone.
TRIED_AGAIN_AFTER = timedelta(hours=1)


def last() -> Backup | None:
    """The newest backup that was finished."""
    return Backup.objects.filter(finished_at__isnull=False).order_by("-finished_at").first()


def age() -> timedelta | None:
    """How long ago the last backup began, which is the moment it shows; ``None`` when there is none."""
    found = last()
    return timezone.now() - found.started_at if found else None


def due(at: time) -> bool:
    """Whether the daily backup of ``at`` (local time) is still to be made, and was not tried within the last hour."""
    now = timezone.localtime()
    slot = datetime.combine(now.date(), at, tzinfo=now.tzinfo)
    if slot > now:
        slot -= timedelta(days=1)
    newest = Backup.objects.order_by("-started_at").first()
    if newest is None:
        return True
    if newest.finished_at and newest.started_at >= slot:
        return False
    return now - newest.started_at > TRIED_AGAIN_AFTER
