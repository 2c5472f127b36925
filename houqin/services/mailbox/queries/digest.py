"""The month in letters: by category and section, in time, satisfaction, what most wrote about, what was published."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Avg, Count, Q
from django.utils.translation import gettext as _

from houqin.affairs.models import Rating, RatingKind
from houqin.foundation.people import scope
from houqin.foundation.trail.actors import Actor
from houqin.services.mailbox.models import ANONYMOUS, Learned, Letter, Matter, Publication, SpotRating
from houqin.services.mailbox.queries.letters import Filters, within_days
from houqin.services.mailbox.queries.public import spots_of

TOPICS = 10


@dataclass(frozen=True)
class Line:
    """One category or section: letters, how many are answered, and of these in time; the writers' mean stars."""

    code: str
    name: str
    letters: int
    answered: int
    in_time: int
    stars: float | None = None

    @property
    def share(self) -> int | None:
        """Answered in time, in per cent of what was answered."""
        return round(100 * self.in_time / self.answered) if self.answered else None


@dataclass(frozen=True)
class Topic:
    """What several letters were about."""

    matter: int
    title: str
    letters: int


@dataclass(frozen=True)
class Digest:
    """All figures of a period. ``rated`` letters have the writers' stars, ``spots`` were rated where a code hangs."""

    total: Line
    categories: list[Line]
    sections: list[Line]
    topics: list[Topic]
    anonymous: int
    joined: int
    published: int
    rated: int
    poor: int
    spots: int
    spot_stars: float | None
    spot_low: int


_SUMS: dict[str, Any] = {
    "letters": Count("pk"),
    "answered": Count("pk", filter=Q(answered_at__isnull=False)),
    "in_time": Count("pk", filter=Q(answered_at__isnull=False, in_time=True)),
}


def digest_of(actor: Actor, since: date, until: date) -> Digest:
    """The digest of letters received in a period, within the actor's scope (right ``mailbox.digest``). Eight queries."""
    letters = Letter.objects.filter(
        scope.within(
            actor,
            "mailbox.digest",
            organisation="case__section__path",
            place="case__place__path",
            service="case__service",
        ),
        within_days(since, until),
    ).order_by()
    stars = Rating.objects.filter(kind=RatingKind.APPLICANT, case__in=letters.values("pk")).order_by()
    whole = letters.aggregate(
        **_SUMS,
        anonymous=Count("pk", filter=Q(anonymous=True, case__applicant_name=ANONYMOUS)),
        joined=Count("pk", filter=Q(matter__isnull=False)),
    )
    rated = stars.aggregate(n=Count("pk"), mean=Avg("stars"), poor=Count("pk", filter=Q(stars__lte=2)))
    spots = _spots(actor, since, until)
    published = Publication.objects.filter(state="published", letter__in=letters.values("pk")).count()
    return Digest(
        total=Line("", "", whole["letters"], whole["answered"], whole["in_time"], rated["mean"]),
        categories=_lines(
            letters.values("category__code", "category__name").annotate(**_SUMS),
            dict(stars.values_list("case__letter__category__code").annotate(Avg("stars"))),
            ("category__code", "category__name"),
        ),
        sections=_lines(
            letters.values("case__section", "case__section__name").annotate(**_SUMS),
            dict(stars.values_list("case__section").annotate(Avg("stars"))),
            ("case__section", "case__section__name"),
        ),
        topics=_topics(letters),
        anonymous=whole["anonymous"],
        joined=whole["joined"],
        published=published,
        rated=rated["n"],
        poor=rated["poor"],
        spots=spots["n"],
        spot_stars=spots["mean"],
        spot_low=spots["low"],
    )


def _lines(rows: Iterable[dict[str, Any]], stars: dict[Any, float], names: tuple[str, str]) -> list[Line]:
    key, name = names
    lines = [
        Line(
            str(row[key] if row[key] is not None else "none"),
            row[name] or _("未分类"),
            row["letters"],
            row["answered"],
            row["in_time"],
            stars.get(row[key]),
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: (-line.letters, line.name))


def _topics(letters: Any) -> list[Topic]:
    rows = (
        letters.filter(matter__isnull=False)
        .values_list("matter")
        .annotate(n=Count("pk"))
        .order_by("-n", "matter")
    )
    counted = dict(rows[:TOPICS])
    titles = Matter.objects.in_bulk(list(counted))
    return [Topic(pk, titles[pk].title, n) for pk, n in counted.items()]


def _spots(actor: Actor, since: date, until: date) -> dict[str, Any]:
    found = spots_of(actor, since, until)
    return SpotRating.objects.filter(pk__in=found.order_by().values("pk")).aggregate(
        n=Count("pk"), mean=Avg("stars"), low=Count("pk", filter=Q(stars__lte=2))
    )


def learned() -> list[Learned]:
    """What was learned, the last first, without the weights."""
    return list(Learned.objects.defer("weights", "seal").order_by("-pk")[:10])


def followed(filters: Filters) -> dict[str, int]:
    """How often people took the suggestion over in a period, of those sorted with one."""
    sums: dict[str, int] = Letter.objects.filter(
        within_days(filters.since, filters.until), followed__isnull=False
    ).aggregate(n=Count("pk"), taken=Count("pk", filter=Q(followed=True)))
    return sums
