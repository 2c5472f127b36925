"""Repair orders within somebody's scope: the ledger, its filters, and the panel of a case's page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from houqin.affairs import rights
from houqin.affairs.models import ENDED, Case, Follower
from houqin.foundation import tree
from houqin.foundation.compiled import Compiled
from houqin.foundation.errors import NotFound, Text
from houqin.foundation.people import scope
from houqin.foundation.places.models import Place, PlaceKind
from houqin.foundation.places.queries import in_use
from houqin.foundation.trail.actors import Actor
from houqin.services.repairs.models import FaultGroup, RepairOrder, plain, yuan

PAGE = 50
LONGEST_DAYS = 3 * 366
#: What a link may single out besides period, place and trade.
FLAGS: dict[str, Q | Callable[[], Q]] = {
    "open": ~Q(case__state__in=ENDED) & Q(finished_at__isnull=True),
    "repeat": Q(repeat_of__isnull=False),
    "warranty": Q(under_warranty=True),
    "planned": Q(planned=True),
    "costly": Q(material_fen__gt=0) | Q(labour_fen__gt=0),
    "finished": Q(finished_at__isnull=False),
    "late": lambda: ~Q(case__state__in=ENDED) & Q(finished_at__isnull=True, case__due_at__lt=timezone.now()),
}


@dataclass(frozen=True)
class Filters:
    """Which orders a page is about. ``until`` is included; ``place`` means all below it unless ``exact``."""

    since: date
    until: date
    place: int | None = None
    exact: bool = False
    group: str = ""
    section: int | None = None
    worker: int | None = None
    flag: str = ""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Filters":
        """From an address. What makes no sense is left out; without a period it is this month."""
        today = timezone.localdate()
        since = _date(values.get("since")) or today.replace(day=1)
        until = _date(values.get("until")) or max(today, since)
        if until < since:
            since, until = until, since
        since = max(since, until - timedelta(days=LONGEST_DAYS))
        group, flag = str(values.get("group", "")), str(values.get("flag", ""))
        return cls(
            since=since,
            until=until,
            place=_number(values.get("place")),
            exact=bool(values.get("exact")),
            group=group if group in FaultGroup.values else "",
            section=_number(values.get("section")),
            worker=_number(values.get("worker")),
            flag=flag if flag in FLAGS else "",
        )

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The period as moments, the end excluded."""
        start = timezone.make_aware(datetime.combine(self.since, time.min))
        end = timezone.make_aware(datetime.combine(self.until + timedelta(days=1), time.min))
        return start, end

    def condition(self) -> Q:
        """Orders reported in the period, at the place, of the trade…"""
        start, end = self.span
        found = Q(reported_at__gte=start, reported_at__lt=end)
        if self.place:
            inside = Q(place_id=self.place)
            found &= inside if self.exact else inside | Q(place__path__contains=f"/{self.place}/")
        if self.group:
            found &= Q(fault__group=self.group)
        if self.section:
            found &= Q(case__section_id=self.section)
        if self.worker:
            found &= Q(worker_id=self.worker)
        if not self.flag:
            return found
        flag = FLAGS[self.flag]
        return found & (flag() if callable(flag) else flag)

    def query(self, **changes: Any) -> str:
        """These filters, changed, as the query of an address; what is empty is left out."""
        changed = replace(self, **changes)
        values = {
            name: (1 if value is True else value)
            for name, value in vars(changed).items()
            if value not in (None, "", False)
        }
        return urlencode(values)


def orders_of(actor: Actor) -> QuerySet[RepairOrder]:
    """The orders within the actor's scope: those of their sections, narrowed to their places."""
    return RepairOrder.objects.filter(
        scope.within(
            actor,
            "repairs.view",
            organisation="case__section__path",
            place="place__path",
            service="case__service",
        )
    )


def ledger(
    actor: Actor, filters: Filters, *, before: int | None = None, limit: int = PAGE
) -> list[RepairOrder]:
    """The filtered orders, latest first, from the case ``before`` on backwards; one query whatever the rows."""
    orders = orders_of(actor).filter(filters.condition())
    if before is not None:
        orders = orders.filter(pk__lt=before)
    related = ("case__section", "fault", "place", "worker")
    return list(
        orders.select_related(*related).defer("case__flow", "case__data").order_by("-case_id")[:limit]
    )


def buildings() -> list[Place]:
    """The buildings in use, in their order: for the filters."""
    return list(Place.objects.filter(in_use(), kind=PlaceKind.BUILDING).order_by("position", "pinyin", "id"))


def find_order(actor: Actor, number: str) -> RepairOrder:
    """The order of a case that ``actor`` may see; raises NotFound otherwise."""
    order = RepairOrder.objects.select_related("case", "fault", "place").filter(case__number=number).first()
    if order is None or not rights.may_see(actor, order.case):
        raise NotFound
    return order


@dataclass(frozen=True)
class MaterialRow:
    """A part a job took, in words."""

    name: str
    quantity: str
    unit: str
    cost: str


@dataclass(frozen=True)
class Panel:
    """What a case's page shows of its repair. Costs, parts and hints are for those ``inside``."""

    order: RepairOrder
    inside: bool
    materials: list[MaterialRow]
    followers: int
    before: RepairOrder | None

    @property
    def labour(self) -> str:
        return yuan(self.order.labour_fen)

    @property
    def stamps(self) -> list[tuple[Text, datetime, timedelta]]:
        """Accepted, arrived, mended: when, and how long after the report."""
        order = self.order
        named = (
            (pgettext_lazy("event", "接单"), order.accepted_at),
            (_("到场"), order.arrived_at),
            (_("修好"), order.finished_at),
        )
        return [(name, at, at - order.reported_at) for name, at in named if at]


def panel(viewer: Actor, case: Case) -> Panel | None:
    """The repair of a case as ``viewer`` may see it: at most two queries."""
    order = _OF_CASE.first(case.pk)
    if order is None:
        return None
    order.case = case
    inside = _inside(viewer, case, order)
    materials = _materials(order) if inside and order.material_fen else []
    followers: int = order.followers or 0
    return Panel(order, inside, materials, followers, order.repeat_of if inside else None)


_OF_CASE = Compiled(
    lambda case: (
        RepairOrder.objects.filter(case=case)
        .select_related("fault", "device", "worker", "incident", "repeat_of__case", "repeat_of__worker")
        .annotate(
            followers=Subquery(
                Follower.objects.filter(case=OuterRef("case"))
                .order_by()
                .values("case")
                .annotate(n=Count("pk"))
                .values("n")
            )
        )
        .order_by()
    ),
    int,
)


def _materials(order: RepairOrder) -> list[MaterialRow]:
    return [
        MaterialRow(use.item.name, plain(use.quantity), use.item.unit, yuan(use.cost_fen))
        for use in order.materials.select_related("item")
    ]


def _inside(viewer: Actor, case: Case, order: RepairOrder) -> bool:
    """Whether ``viewer`` is of those who mend, dispatch or run repairs there; the applicant's own side is not."""
    if viewer.pk is not None and viewer.pk == order.worker_id:
        return True
    rights_of_the_house = ("affairs.handle", "affairs.dispatch", "repairs.view")
    return any(rights.scope_grant(viewer, permission, case) for permission in rights_of_the_house)


def _date(value: Any) -> date | None:
    try:
        return parse_date(str(value)) if value else None
    except ValueError:
        return None


def _number(value: Any) -> int | None:
    text = str(value or "")
    return int(text) if text.isdecimal() and len(text) < 18 else None


def under(path: str, ancestors: Mapping[int, Any]) -> int | None:
    """The first id on ``path`` that ``ancestors`` knows."""
    return next((each for each in tree.ids(path) if each in ancestors), None)
