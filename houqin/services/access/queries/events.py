"""Who is inside, and what happened at the doors."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, QuerySet

from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.foundation.trail.actors import Actor
from houqin.services.access.models import Area, DoorEvent, Presence


def inside(actor: Actor, area: Area | None = None) -> QuerySet[Presence]:
    """Who is inside the areas that ``actor`` watches (or inside ``area``), the latest first."""
    seen = scope.within(actor, "access.view", organisation="area__keeper__path")
    found = Presence.objects.filter(seen, area__isnull=False)
    if area:
        found = found.filter(area__path__startswith=area.path)
    return found.select_related("area", "person__organisation", "permit").order_by("-at", "holder")


def visitors_seen_since(since: datetime) -> dict[str, tuple[bool, datetime, str]]:
    """Of visitors who passed a door since then: whether they are inside, when they passed last and by which door. One query."""
    found = Presence.objects.filter(holder__startswith="visitor:", at__gte=since)
    rows = found.values_list("holder", "area", "at", "door__name")
    return {holder: (area is not None, at, door or "") for holder, area, at, door in rows}


def inside_counts(actor: Actor) -> dict[int, int]:
    """How many are inside each area itself, by its id: one query."""
    counted = inside(actor).order_by().values("area").annotate(n=Count("holder"))
    return {row["area"]: row["n"] for row in counted}


def events_of(
    actor: Actor, *, door: int | None = None, holder: str = "", refused: bool = False
) -> QuerySet[DoorEvent]:
    """What happened at doors into areas that ``actor`` watches, the latest first."""
    found = DoorEvent.objects.filter(
        scope.within(actor, "access.view", organisation="door__area__keeper__path")
    )
    if door:
        found = found.filter(door=door)
    if holder:
        found = found.filter(holder=holder)
    if refused:
        found = found.filter(allowed=False)
    return found.select_related("door__area", "permit").order_by("-pk")


def event_page(found: QuerySet[DoorEvent], size: int) -> list[DoorEvent]:
    """The first ``size`` of them, each with ``shown_name``: two queries."""
    events = list(found[:size])
    ids = {int(each.holder[7:]) for each in events if each.holder.startswith("person:")}
    names = dict(Person.objects.filter(pk__in=ids).values_list("pk", "name"))
    for each in events:
        own = names.get(int(each.holder[7:])) if each.holder.startswith("person:") else None
        each.shown_name = own or (each.permit.name if each.permit else each.holder)  # type: ignore[attr-defined]
    return events
