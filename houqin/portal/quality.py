"""Whom quality control calls: a sample of a week that stays the same for everybody, the badly rated first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, F, Func, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from houqin.affairs.models import Case, Rating, RatingKind, State
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person

SAMPLE = 30
POOR = 2


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def completed_in(actor: Person, monday: date) -> QuerySet[Case]:
    """Cases completed in the week of ``monday`` on which ``actor`` is quality control."""
    start = timezone.make_aware(datetime.combine(monday, time.min))
    within = scope.within(
        actor, "affairs.quality", organisation="section__path", place="place__path", service="service"
    )
    return Case.objects.filter(
        within, state=State.COMPLETED, ended_at__gte=start, ended_at__lt=start + timedelta(days=7)
    )


def sample(actor: Person, monday: date) -> Sequence[Case]:
    """Thirty cases of the week: poorly rated ones first, then by the hash of number and week. One query.

    Each carries ``stars`` (the applicant's, the lowest) and ``checked`` (quality control's own, if given).
    """
    ratings = Rating.objects.filter(case=OuterRef("pk"))
    theirs = ratings.filter(kind=RatingKind.APPLICANT).order_by("stars").values("stars")[:1]
    checked = ratings.filter(kind=RatingKind.QUALITY).order_by("-at").values("stars")[:1]
    poor = ratings.filter(kind=RatingKind.APPLICANT, stars__lte=POOR)
    lot = Func(
        Concat(Cast("id", TextField()), Value(monday.isoformat())), function="md5", output_field=TextField()
    )
    return list(
        completed_in(actor, monday)
        .annotate(stars=Subquery(theirs), checked=Subquery(checked), poor=Exists(poor), lot=lot)
        .select_related("place", "section", "applicant")
        .defer("flow", "data")
        .order_by(F("poor").desc(), "lot")[:SAMPLE]
    )


def done_by_hand(case: Case) -> list[str]:
    """Who did the job, for the call."""
    done = case.tasks.filter(kind="handle", state="done").select_related("assignee").order_by("id")
    return list(dict.fromkeys(task.assignee.name for task in done if task.assignee))
