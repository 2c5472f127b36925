"""Insight for those who run repairs: where, how fast, at what cost, and what comes back."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Aggregate,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    FloatField,
    Q,
    QuerySet,
    Sum,
)
from django.db.models.functions import Coalesce, Extract, TruncMonth
from django.utils import timezone

from houqin.foundation.places.models import Place, PlaceKind
from houqin.foundation.places.queries import in_use
from houqin.foundation.trail.actors import Actor
from houqin.services.repairs.models import RepairOrder
from houqin.services.repairs.queries.orders import Filters, orders_of, under

STEPS = 5
_DIGITS = {digit: number for number, digit in enumerate("零一二三四五六七八九")}


class Percentile(Aggregate):
    """``percentile_cont``: the value below which ``fraction`` of the rows lie, between rows by proportion.

    The same as ``statistics.quantiles(method="inclusive")``. Rows without a value do not count.
    """

    function = "percentile_cont"
    template = "%(function)s(%(fraction)s) WITHIN GROUP (ORDER BY %(expressions)s)"

    def __init__(self, expression: Any, fraction: float, **extra: Any) -> None:
        super().__init__(expression, fraction=repr(float(fraction)), output_field=FloatField(), **extra)


@dataclass(frozen=True)
class Pace:
    """How fast a section or a worker is: medians and nine tenths, from the report on. None where nothing happened."""

    id: int | None
    name: str
    orders: int
    response_p50: timedelta | None
    response_p90: timedelta | None
    arrival_p50: timedelta | None
    arrival_p90: timedelta | None
    finish_p50: timedelta | None
    finish_p90: timedelta | None


def percentiles_by_section(actor: Actor, filters: Filters) -> list[Pace]:
    """Response, arrival and completion by handling section, the busiest first."""
    return _paces(actor, filters, "case__section_id", "case__section__name")


def percentiles_by_worker(actor: Actor, filters: Filters) -> list[Pace]:
    """The same by worker, of the jobs somebody took."""
    return _paces(actor, filters, "worker_id", "worker__name", Q(worker__isnull=False))


def _paces(actor: Actor, filters: Filters, key: str, name: str, more: Q | None = None) -> list[Pace]:
    rows = (
        orders_of(actor)
        .filter(filters.condition() & (more or Q()), planned=False)
        .values_list(key, name)
        .annotate(
            orders=Count("pk"),
            **{
                f"{what}_p{share}": Percentile(_seconds(f"{stamp}_at"), share / 100)
                for what, stamp in (("response", "accepted"), ("arrival", "arrived"), ("finish", "finished"))
                for share in (50, 90)
            },
        )
        .order_by("-orders", key)
    )
    return [Pace(row[0], row[1] or "", row[2], *map(_span, row[3:])) for row in rows]


def _seconds(stamp: str) -> Extract:
    passed = ExpressionWrapper(F(stamp) - F("reported_at"), output_field=DurationField())
    return Extract(passed, "epoch")


def _span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


@dataclass
class Cell:
    """A floor of a building: how many reports, and how dark (0–5) it is drawn."""

    building: int
    floor: int | None
    count: int = 0
    heat: int = 0
    place: int = 0


@dataclass
class Column:
    """A building: its reports on floors and elsewhere."""

    place: Place
    count: int = 0
    elsewhere: int = 0
    cells: dict[str, Cell] = field(default_factory=dict)


@dataclass
class HeatMap:
    """Buildings across, floors down, the top floor first. ``outside`` counts what lies in no building."""

    columns: list[Column]
    rows: list[tuple[str, list[Cell | None]]]
    total: int
    outside: int
    most: int

    @property
    def busiest(self) -> list[Column]:
        """Buildings by how much is reported there."""
        return sorted((each for each in self.columns if each.count), key=lambda each: -each.count)


def heat_map(actor: Actor, filters: Filters) -> HeatMap:
    """Reports by building and floor: two queries, whatever the period."""
    counted = (
        orders_of(actor)
        .filter(filters.condition(), planned=False)
        .order_by()
        .values_list("place__path")
        .annotate(n=Count("pk"))
    )
    frame = Place.objects.filter(in_use(), kind__in=[PlaceKind.BUILDING, PlaceKind.FLOOR])
    return _draw(list(counted), list(frame.order_by("position", "pinyin", "id")))


def _draw(counted: Iterable[tuple[str, int]], frame: list[Place]) -> HeatMap:
    columns = {place.pk: Column(place) for place in frame if place.kind == PlaceKind.BUILDING}
    floors = {place.pk: place for place in frame if place.kind == PlaceKind.FLOOR}
    for floor in floors.values():
        if floor.parent_id in columns:
            cell = Cell(floor.parent_id, floor.pk, place=floor.pk)
            columns[floor.parent_id].cells[floor.name] = cell
    total = outside = 0
    for path, count in counted:
        total += count
        building, level = under(path, columns), under(path, floors)
        if building is None:
            outside += count
            continue
        columns[building].count += count
        if level is None:
            columns[building].elsewhere += count
        else:
            columns[building].cells[floors[level].name].count += count
    names = _floor_names(floors.values())
    most = max((cell.count for column in columns.values() for cell in column.cells.values()), default=0)
    for column in columns.values():
        for cell in column.cells.values():
            cell.heat = -(-cell.count * STEPS // most) if most else 0
    drawn = list(columns.values())
    rows = [(name, [column.cells.get(name) for column in drawn]) for name in names]
    return HeatMap(drawn, rows, total, outside, most)


def _floor_names(floors: Iterable[Place]) -> list[str]:
    """Every name of a floor once, the highest first."""
    return sorted({floor.name for floor in floors}, key=lambda name: (-level(name), name))


def level(name: str) -> int:
    """How high a floor lies by its name: 3 for 3层 and 三层, -2 for 地下二层, B2 and -2层; 0 where it says nothing."""
    below = name.startswith(("地下", "负", "B", "b", "-"))
    if found := re.search(r"\d+", name):
        number = int(found[0])
    else:
        number = _numeral("".join(letter for letter in name if letter in _DIGITS or letter == "十"))
    return -number if below else number


def _numeral(text: str) -> int:
    tens, ten, ones = text.rpartition("十")
    return (10 * _DIGITS.get(tens, 1) if ten else 0) + _DIGITS.get(ones, 0)


@dataclass(frozen=True)
class MonthCost:
    """A month: jobs, what they cost in fen, and how many came back within thirty days."""

    month: datetime
    orders: int
    labour_fen: int
    material_fen: int
    repeats: int

    @property
    def cost_fen(self) -> int:
        return self.labour_fen + self.material_fen

    @property
    def each_fen(self) -> int:
        """What a job cost on average."""
        return round(self.cost_fen / self.orders) if self.orders else 0


def costs_by_month(actor: Actor, filters: Filters) -> list[MonthCost]:
    """Costs of the filtered orders by the month of the report, oldest first."""
    rows = (
        orders_of(actor)
        .filter(filters.condition())
        .annotate(month=TruncMonth("reported_at", tzinfo=timezone.get_default_timezone()))
        .order_by()
        .values_list("month")
        .annotate(
            orders=Count("pk"),
            labour=Coalesce(Sum("labour_fen"), 0),
            material=Coalesce(Sum("material_fen"), 0),
            repeated=Count("pk", filter=Q(repeat_of__isnull=False)),
        )
        .order_by("month")
    )
    return [MonthCost(*row) for row in rows]


def repeats(actor: Actor, filters: Filters) -> QuerySet[RepairOrder]:
    """Jobs on what had been mended within thirty days before, latest first."""
    return (
        orders_of(actor)
        .filter(filters.condition(), repeat_of__isnull=False)
        .select_related("case", "fault", "place", "worker", "repeat_of__worker", "repeat_of__case")
        .order_by("-case_id")
    )
