"""What is kept for how long, and how much of it is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from houqin.foundation.errors import NotFound
from houqin.foundation.people.scope import authorise_everywhere
from houqin.foundation.personal.retention import KEPT, Kept
from houqin.foundation.retention.models import Erasure, Period
from houqin.foundation.trail.actors import SYSTEM, Actor
from houqin.foundation.trail.models import Entry

MANAGE = "retention.manage"


@dataclass(frozen=True)
class Standing:
    """One kind as it stands: its period here, how many rows are due now, and the last run that erased some."""

    code: str
    kept: Kept
    days: int
    due: int
    last: Erasure | None


def standings(actor: Actor) -> list[Standing]:
    """Every kind, with what the next run would erase; one count a kind. Raises NotPermitted."""
    if actor is not SYSTEM:
        authorise_everywhere(actor, MANAGE)
    days = dict(Period.objects.values_list("kind", "days"))
    last = {each.kind: each for each in Erasure.objects.order_by("kind", "-id").distinct("kind")}
    now = timezone.now()
    return [
        Standing(
            code,
            KEPT[code],
            kept_days,
            KEPT[code].due(now - timedelta(days=kept_days)).count(),
            last.get(code),
        )
        for code in KEPT.codes()
        for kept_days in [period(code, days.get(code))]
    ]


def period(code: str, stored: int | None = None) -> int:
    """Days that ``code`` is kept: as set, but within the bounds that its kind has now."""
    kept = find(code)
    return min(max(stored or kept.days, kept.least), kept.most)


def days_of(code: str) -> int:
    """Days that ``code`` is kept here."""
    return period(code, Period.objects.filter(kind=code).values_list("days", flat=True).first())


def due_before(code: str) -> datetime:
    """The moment before which the time of ``code`` began that is over now."""
    return timezone.now() - timedelta(days=days_of(code))


def find(code: str) -> Kept:
    """The announced kind; raises NotFound."""
    kept = KEPT.get(code)
    if kept is None:
        raise NotFound
    return kept


def history(actor: Actor, code: str) -> QuerySet[Entry]:
    """Who set the period of ``code`` to what, newest first."""
    authorise_everywhere(actor, MANAGE)
    find(code)
    found = Period.objects.filter(kind=code).first()
    return Entry.objects.filter(
        action="retention.set_period",
        record_type=Period._meta.label_lower,
        record_id=str(found.pk if found else 0),
    ).order_by("-id")
