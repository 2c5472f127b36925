"""Figures of visits: by hour, unit and purpose, and vehicles that are expected against spaces that are free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import ExtractHour
from django.utils import timezone

from houqin.foundation import tree
from houqin.foundation.people.models import Organisation, OrganisationKind
from houqin.foundation.trail.actors import Actor
from houqin.services.parking import queries as parking
from houqin.services.visitors.models import Kind, Visit, VisitState
from houqin.services.visitors.queries.visits import scoped

#: Units that are listed; hours of the day that are looked at.
MOST_UNITS, HOURS = 12, range(7, 20)


@dataclass(frozen=True)
class Bar:
    """One bar of a chart: how many, and in what share of the highest (0–100)."""

    name: str
    count: int
    share: int
    key: str = ""


@dataclass(frozen=True)
class HourOfVehicles:
    """Vehicles of visitors who are expected in an hour, and visitors' spaces that can still be kept in it."""

    at: datetime
    vehicles: int
    free: int

    @property
    def is_short(self) -> bool:
        return self.free <= 0


@dataclass(frozen=True)
class Insight:
    """Visits whose time began from ``since`` to ``until`` (both days included)."""

    since: date
    until: date
    visits: int
    came: int
    missed: int
    petitions: int
    vehicles: int
    by_hour: list[Bar]
    by_unit: list[Bar]
    by_kind: list[Bar]
    today: list[HourOfVehicles]


def insight(actor: Actor, since: date, until: date) -> Insight:
    """The figures within ``visitors.insight``. Five queries, and one for each hour to come of today."""
    found = Visit.objects.filter(
        scoped(actor, "visitors.insight"),
        from_at__gte=_midnight(since),
        from_at__lt=_midnight(until + timedelta(days=1)),
    ).exclude(state__in=[VisitState.CANCELLED, VisitState.REFUSED])
    totals = found.aggregate(
        visits=Count("pk"),
        came=Count("pk", Q(entered_at__isnull=False)),
        missed=Count("pk", Q(state=VisitState.MISSED)),
        petitions=Count("pk", Q(kind=Kind.PETITION)),
        vehicles=Count("pk", ~Q(plate="")),
    )
    return Insight(
        since=since, until=until, **totals, by_hour=_by_hour(found), by_unit=_by_unit(found), by_kind=_by_kind(found),
        today=vehicles_today(actor),
    )  # fmt: skip


def vehicles_today(actor: Actor) -> list[HourOfVehicles]:
    """For each hour of today that is still to come: vehicles expected, and spaces that can still be kept."""
    now = timezone.localtime()
    start = now.replace(minute=0, second=0, microsecond=0)
    hours = [
        start + timedelta(hours=n) for n in range(HOURS.stop - start.hour) if start.hour + n >= HOURS.start
    ]
    if not hours:
        return []
    expected = Visit.objects.filter(
        scoped(actor, "visitors.insight"),
        state__in=[VisitState.EXPECTED, VisitState.INSIDE],
        from_at__lt=hours[-1] + timedelta(hours=1),
        until_at__gt=hours[0],
    ).exclude(plate="")
    periods = list(expected.values_list("from_at", "until_at"))
    found = []
    for at in hours:
        end = at + timedelta(hours=1)
        vehicles = sum(begins < end and ends > at for begins, ends in periods)
        found.append(HourOfVehicles(at, vehicles, sum(room.free for room in parking.rooms(at, end))))
    return found


def _by_hour(found: QuerySet[Visit]) -> list[Bar]:
    rows = found.order_by().values(hour=ExtractHour("from_at")).annotate(n=Count("pk"))
    counts = {row["hour"]: row["n"] for row in rows}
    hours = sorted({*HOURS, *counts})
    return _bars([(f"{hour}:00", counts.get(hour, 0), str(hour)) for hour in hours])


def _by_unit(found: QuerySet[Visit]) -> list[Bar]:
    counts: dict[int, int] = {}
    rows = found.order_by().values("host__organisation__path").annotate(n=Count("pk"))
    above = [(tree.ids(row["host__organisation__path"]), row["n"]) for row in rows]
    units = Organisation.objects.filter(
        pk__in={pk for ids, _n in above for pk in ids}, kind=OrganisationKind.UNIT
    )
    names = dict(units.values_list("pk", "name"))
    for ids, n in above:
        unit = next((pk for pk in reversed(ids) if pk in names), 0)
        counts[unit] = counts.get(unit, 0) + n
    ranked = sorted(((n, pk) for pk, n in counts.items() if pk), reverse=True)[:MOST_UNITS]
    return _bars([(names[pk], n, str(pk)) for n, pk in ranked])


def _by_kind(found: QuerySet[Visit]) -> list[Bar]:
    rows = found.order_by().values_list("kind").annotate(n=Count("pk")).order_by("-n", "kind")
    return _bars([(str(Kind(kind).label), n, kind) for kind, n in rows])


def _bars(rows: list[tuple[Any, int, str]]) -> list[Bar]:
    most = max((count for _name, count, _key in rows), default=0) or 1
    return [Bar(str(name), count, round(100 * count / most), key) for name, count, key in rows]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
