"""What the tablet at a door shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from houqin.foundation.errors import NotFound
from houqin.services.meetings.models import OCCUPYING, Meeting, Panel, Room
from houqin.services.meetings.models.feeds import mark_of

#: A meeting can be started this long before its time.
EARLY = timedelta(minutes=15)


@dataclass(frozen=True)
class Door:
    """A room at a moment: what is there, what may be started, what comes next, how long it is free."""

    now: Meeting | None
    due: Meeting | None
    coming: list[Meeting]
    free_until: datetime | None


def panel_of(token: str) -> Panel:
    """The panel of a secret address. Raises NotFound."""
    found = Panel.objects.filter(mark=mark_of(token)).select_related("room__place", "room__keeper").first()
    if found is None:
        raise NotFound
    return found


def at_door(room: Room, at: datetime) -> Door:
    """One query: what takes the room from now to the end of the day."""
    ends = timezone.localtime(at).replace(hour=23, minute=59, second=59)
    rows = (
        Meeting.objects.filter(
            occupations__part__wholes__room=room, state__in=OCCUPYING, ends_at__gt=at, starts_at__lte=ends
        )
        .select_related("organiser", "section", "room__place")
        .order_by("starts_at", "id")
        .distinct()
    )
    meetings = list(rows)
    now = next((each for each in meetings if each.starts_at <= at), None)
    coming = [each for each in meetings if each.starts_at > at]
    due = now or next((each for each in coming if each.starts_at - EARLY <= at), None)
    free_until = None if now else (coming[0].starts_at if coming else ends)
    return Door(now, due, [each for each in coming if each is not due][:4], free_until)
