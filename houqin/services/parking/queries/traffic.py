"""Who is here, who should not be, and what was counted, within the actor's scope."""

from __future__ import annotations

from datetime import datetime

from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from houqin.foundation.trail.actors import Actor
from houqin.services.parking.models import Camera, Count, Direction, Passage, Standing, Stay
from houqin.services.parking.queries.kept import lots_kept


def stays_kept(actor: Actor) -> QuerySet[Stay]:
    """The vehicles that are inside the lots ``actor`` keeps, those that came first before."""
    rows = Stay.objects.filter(out_at__isnull=True, lot__in=lots_kept(actor))
    return rows.select_related("lot__place", "permit__person__organisation").order_by("in_at", "id")


def strangers(actor: Actor) -> QuerySet[Stay]:
    """Of these, the ones without permit or reservation."""
    return stays_kept(actor).filter(standing=Standing.STRANGER)


def overstays(actor: Actor) -> QuerySet[Stay]:
    """Of these, the ones that stay longer than their lot allows."""
    hours = Concat(F("lot__longest_hours"), Value(" hours"), output_field=DurationField())
    now = Value(timezone.now(), output_field=DateTimeField())
    latest = ExpressionWrapper(now - Cast(hours, DurationField()), output_field=DateTimeField())
    return stays_kept(actor).filter(in_at__lt=latest)


def passages_kept(actor: Actor) -> QuerySet[Passage]:
    """What passed the gates of the lots ``actor`` keeps, the newest first."""
    rows = Passage.objects.filter(lot__in=lots_kept(actor))
    return rows.select_related("lot__place", "camera").order_by("-id")


def counts_kept(actor: Actor) -> QuerySet[Count]:
    """The counts of the lots ``actor`` keeps, the newest first."""
    rows = Count.objects.filter(lot__in=lots_kept(actor))
    return rows.select_related("lot__place", "counted_by").order_by("-id")


def last_read(camera: Camera, since: datetime) -> Passage | None:
    """The vehicle that came in before a camera last, if that was lately."""
    found = Passage.objects.filter(camera=camera, at__gte=since, direction=Direction.IN).exclude(plate="")
    return found.order_by("-at", "-id").first()
