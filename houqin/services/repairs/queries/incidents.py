"""Outages, and whom they concern."""

from django.db.models import Count, QuerySet

from houqin.foundation.compiled import Compiled
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.services.repairs.models import Incident


def incidents_of(actor: Person) -> QuerySet[Incident]:
    """Outages handled within the actor's scope, open ones first, each with ``reports``: how many reported it."""
    narrowing = {"place": "place__path", "service": "case__service"}
    return (
        Incident.objects.filter(
            scope.within(actor, "repairs.incidents", organisation="case__section__path", **narrowing)
        )
        .select_related("place", "case", "opened_by")
        .annotate(joined=Count("case__followers", distinct=True), own=Count("orders", distinct=True))
        .order_by("-closed_at", "-id")
    )


def open_incidents() -> QuerySet[Incident]:
    """Every open outage with its place: everybody may know of them."""
    return Incident.objects.filter(closed_at__isnull=True).select_related("place", "case").order_by("id")


_OPEN = Compiled(open_incidents)


def open_now() -> list[Incident]:
    """The same as :func:`open_incidents`, for the page that everybody opens all the time."""
    return _OPEN.rows()
