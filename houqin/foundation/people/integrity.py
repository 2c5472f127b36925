"""Posts of integrity risk and how it stands with their files."""

from __future__ import annotations

from datetime import date

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from houqin.foundation.people import scope
from houqin.foundation.people.models import Appointment, IntegrityRecord, Person
from houqin.foundation.trail.actors import Actor

KEEP = "people.integrity"
#: Days before a review on which it is told first; once it is due, it is told every so many days.
AHEAD, AGAIN = 7, 7


def posts() -> QuerySet[Appointment]:
    """Present posts of integrity risk with ``due_on``: the review the newest entry names, the first day where there is none."""
    newest = IntegrityRecord.objects.filter(appointment=OuterRef("pk")).order_by("-on", "-id")
    return (
        Appointment.objects.current()
        .filter(high_risk=True, person__in=Person.objects.active())
        .annotate(
            last_on=Subquery(newest.values("on")[:1]),
            due_on=Coalesce(
                Subquery(newest.filter(review_on__isnull=False).values("review_on")[:1]), F("from_on")
            ),
        )
        .select_related("person", "role", "organisation")
        .order_by("due_on", "id")
    )


def posts_kept_by(actor: Actor) -> QuerySet[Appointment]:
    """Those whose files ``actor`` keeps, what is due first. One's own is another's to keep."""
    return (
        posts()
        .filter(scope.within(actor, KEEP, organisation="organisation__path"))
        .exclude(person_id=actor.pk or 0)
    )


def post_for(actor: Actor, pk: int) -> Appointment | None:
    """A post whose file ``actor`` may read: the keeper's, and whose post it is."""
    kept = scope.within(actor, KEEP, organisation="organisation__path")
    return posts().filter(kept | Q(person_id=actor.pk), pk=pk).first()


def to_be_told(today: date | None = None) -> list[Appointment]:
    """Posts whose review is to be told of today: a week ahead, on the day, and every week after."""
    day = today or timezone.localdate()
    away = ((post, (post.due_on - day).days) for post in posts())  # type: ignore[attr-defined]
    return [post for post, days in away if days == AHEAD or (days <= 0 and -days % AGAIN == 0)]
