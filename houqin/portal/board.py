"""What stands on the section board: one card for every open task, and for every case that waits for its applicant.

The board of 200 cases is drawn many times an hour and changes rarely, so rows are read as plain values, filters are
counted in memory, and :func:`marker` tells cheaply whether anything may have changed at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.affairs.declare import StepKind
from houqin.affairs.models import Case, Event, Follower, State, Task, TaskState
from houqin.foundation import tree
from houqin.foundation.people import scope
from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.places.models import Place
from houqin.portal.templatetags.look import due_words

VIEW, DISPATCH = "affairs.view", "affairs.dispatch"
#: Cards drawn in a column; the rest are counted.
SHOWN = 50
#: More than this many running cases are not read at all: the board says so and asks for a filter.
MOST = 3000
COLUMNS = ("sort", "take", "work", "supplement", "confirm")
_LATEST = 100


@dataclass(slots=True)
class Row:
    """One card as the database gives it."""

    task: int | None
    case: int
    number: str
    title: str
    state: str
    kind: str
    step_name: str
    assignee: int | None
    assignee_name: str
    accepted: bool
    section: int | None
    section_name: str
    section_path: str
    place_name: str
    place_path: str
    service: str
    due_at: datetime | None
    amber_at: datetime | None
    paused: bool
    reopened: int
    reminders: int
    level: str = ""
    reporters: int = 1
    movable: bool = False

    @property
    def column(self) -> str:
        """Which column it stands in."""
        if self.state == State.CONFIRMING:
            return "confirm"
        if self.state == State.WAITING_APPLICANT:
            return "supplement"
        if self.kind == "dispatch" or self.assignee is None:
            return "sort"
        return "take" if self.kind == "handle" and not self.accepted else "work"

    @property
    def building(self) -> int | None:
        """The id of its building (or whatever stands directly on the site)."""
        ids = tree.ids(self.place_path or "")
        return ids[1] if len(ids) > 1 else None

    @property
    def spoken_number(self) -> str:
        return f"{self.number[:4]}-{self.number[4:7]}-{self.number[7:]}"

    @property
    def who(self) -> str:
        if self.assignee is None:
            return self.section_name
        return self.assignee_name

    @property
    def due_words(self) -> str:
        return _("计时已暂停") if self.paused else due_words(self.due_at)


@dataclass(frozen=True)
class Filter:
    """What a dispatcher looks at: ids as numbers, nought for all; a colour, empty for all."""

    section: int = 0
    building: int = 0
    colour: str = ""

    def fits(self, row: Row, *, but: str = "") -> bool:
        """Whether ``row`` passes, the filter called ``but`` left out of account."""
        return (
            (not self.section or but == "section" or row.section == self.section)
            and (not self.building or but == "building" or row.building == self.building)
            and (not self.colour or but == "colour" or row.level == self.colour)
        )


@dataclass
class Column:
    """A column: the first cards, most urgent first, and how many there are in all."""

    key: str
    title: str
    cards: list[Row] = field(default_factory=list)
    count: int = 0

    @property
    def more(self) -> int:
        return self.count - len(self.cards)


@dataclass
class Board:
    """Everything the board shows to one person under one filter."""

    columns: list[Column]
    sections: list[tuple[int, str, int]]
    buildings: list[tuple[int, str, int]]
    colours: dict[str, int]
    total: int
    red: int
    amber: int
    rows: list[Row]


def marker() -> str:
    """Changes whenever a case has moved, and every minute because countdowns do.

    The sum over the latest events also notices one that was committed after a later one.
    """
    latest = Event.objects.order_by("-id").values("id")[:_LATEST]
    total = Event.objects.filter(pk__in=latest).aggregate(total=Sum("id"))["total"] or 0
    return f"{total}.{int(timezone.now().timestamp() // 60)}"


def scope_key(actor: Person) -> tuple[tuple[str, str, str, bool], ...]:
    """What the board of ``actor`` depends on besides cases: equal for people of equal scope."""
    return tuple(
        (grant.organisation_path, grant.place_path, grant.service, DISPATCH in grant.permissions)
        for grant in scope.grants(actor)
        if {VIEW, DISPATCH} & grant.permissions
    )


def board(actor: Person, wanted: Filter) -> Board:
    """The board of ``actor``'s sections. Three queries, and one for the names of buildings."""
    rows = read(actor)
    shown = [row for row in rows if wanted.fits(row)]
    columns = {key: Column(key, title) for key, title in column_titles().items()}
    for row in shown:
        column = columns[row.column]
        column.count += 1
        if len(column.cards) < SHOWN:
            column.cards.append(row)
    _count_reporters([row for column in columns.values() for row in column.cards])
    levels = Counter(row.level for row in rows if wanted.fits(row, but="colour"))
    return Board(
        columns=list(columns.values()),
        sections=_sections(rows, wanted),
        buildings=_buildings(rows, wanted),
        colours={"red": levels["red"], "amber": levels["amber"]},
        total=len(shown),
        red=sum(row.level == "red" for row in shown),
        amber=sum(row.level == "amber" for row in shown),
        rows=shown,
    )


def column_titles() -> dict[str, str]:
    """Columns in their order, with their names."""
    titles = (_("待派单"), _("待接单"), _("办理中"), _("待补正"), _("待确认"))
    return dict(zip(COLUMNS, titles, strict=True))


def read(actor: Person) -> list[Row]:
    """Every running case of ``actor``'s sections as rows, most urgent first. Two queries."""
    now = timezone.now()
    grants = [grant for grant in scope.grants(actor) if DISPATCH in grant.permissions]
    rows = [Row(*values) for values in _open_tasks(actor)] + [Row(*values) for values in _confirming(actor)]
    for row in rows:
        row.accepted, row.paused = bool(row.accepted), bool(row.paused)
        row.level = _level(row, now)
        work = row.state == State.OPEN and row.kind != StepKind.APPROVE
        row.movable = work and any(
            grant.covers(row.section_path or "", row.place_path or "", row.service) for grant in grants
        )
    return rows


def _open_tasks(actor: Person) -> Iterable[tuple[Any, ...]]:
    within = _within(actor, "section__path") | (
        Q(section__isnull=True) & _within(actor, "case__section__path")
    )
    return (
        Task.objects.filter(within, state=TaskState.OPEN)
        .order_by(F("due_at").asc(nulls_last=True), "id")
        .values_list(
            "id", "case_id", "case__number", "case__title", "case__state", "kind", "step_name", "assignee_id",
            "assignee__name", "accepted_at", "section_id", "section__name", "section__path",
            "case__place__full_name", "case__place__path", "case__service", "due_at", "amber_at", "paused_at",
            "case__reopened", "case__reminders",
        )[:MOST]
    )  # fmt: skip


def _within(actor: Person, organisation: str) -> Q:
    narrowing = {"place": "case__place__path", "service": "case__service"}
    return scope.within(actor, DISPATCH, organisation=organisation, **narrowing) | scope.within(
        actor, VIEW, organisation=organisation, **narrowing
    )


def _confirming(actor: Person) -> Iterable[tuple[Any, ...]]:
    narrowing = {"organisation": "section__path", "place": "place__path", "service": "service"}
    within = scope.within(actor, DISPATCH, **narrowing) | scope.within(actor, VIEW, **narrowing)
    values = (
        "id", "number", "title", "state", "section_id", "section__name", "section__path", "place__full_name",
        "place__path", "service", "confirm_by", "reopened", "reminders",
    )  # fmt: skip
    cases = Case.objects.filter(within, state=State.CONFIRMING).order_by("confirm_by", "id")
    for pk, number, title, state, section, name, path, place, place_path, service, by, reopened, reminders in (
        cases.values_list(*values)[:MOST]
    ):  # fmt: skip
        yield (
            None, pk, number, title, state, "confirm", "", None, "", None, section, name, path, place, place_path,
            service, by, None, None, reopened, reminders,
        )  # fmt: skip


def _level(row: Row, now: datetime) -> str:
    if row.state == State.CONFIRMING or row.paused:
        return ""
    if row.due_at and row.due_at < now:
        return "red"
    return "amber" if row.amber_at and row.amber_at <= now else ""


def _count_reporters(cards: Sequence[Row]) -> None:
    counted = (
        Follower.objects.filter(case__in={card.case for card in cards})
        .order_by()
        .values_list("case")
        .annotate(n=Count("id"))
    )
    followers = dict(counted)
    for card in cards:
        card.reporters = 1 + followers.get(card.case, 0)


def _sections(rows: Sequence[Row], wanted: Filter) -> list[tuple[int, str, int]]:
    counts = Counter(row.section for row in rows if wanted.fits(row, but="section"))
    names = {row.section: row.section_name for row in rows if row.section}
    return [(pk, name, counts[pk]) for pk, name in sorted(names.items(), key=lambda each: str(each[1]))]


def _buildings(rows: Sequence[Row], wanted: Filter) -> list[tuple[int, str, int]]:
    known = {row.building for row in rows if row.building}
    counts = Counter(row.building for row in rows if wanted.fits(row, but="building"))
    names = Place.objects.filter(pk__in=known).order_by("position", "pinyin", "id").values_list("id", "name")
    return [(pk, name, counts[pk]) for pk, name in names]


@dataclass(frozen=True)
class Hand:
    """Somebody who can take a job: how many they have open, and whether they are on duty now."""

    pk: int
    name: str
    section: str
    load: int
    on_duty: bool


def hands_on_duty(sections: Sequence[int], *, at: datetime) -> list[Hand]:
    """Who is on duty in ``sections`` at that moment, the least busy first. One query."""
    mine = Q(duty_shifts__substitute__isnull=True) & _running("duty_shifts", sections, at)
    stands_in = _running("substitute_shifts", sections, at)
    ids = Person.objects.active().filter(mine | stands_in).values("pk").distinct()
    return with_load(Person.objects.filter(pk__in=ids), on_duty=None)


def _running(relation: str, sections: Sequence[int], at: datetime) -> Q:
    handed_over = Q(**{f"{relation}__handed_over_at__isnull": True}) | Q(
        **{f"{relation}__handed_over_at__gt": at}
    )
    return handed_over & Q(
        **{
            f"{relation}__section__in": list(sections),
            f"{relation}__starts_at__lte": at,
            f"{relation}__ends_at__gt": at,
        }
    )


def with_load(people: QuerySet[Person], *, on_duty: set[int] | None) -> list[Hand]:
    """``people`` with their load; those in ``on_duty`` (None: all of them) first, then the least busy. One query."""
    load = Count("tasks", filter=Q(tasks__state=TaskState.OPEN, tasks__case__state=State.OPEN))
    rows = people.annotate(load=load).values_list("pk", "name", "organisation__name", "load", "pinyin")
    hands = [
        (pinyin, Hand(pk, name, section, busy, on_duty is None or pk in on_duty))
        for pk, name, section, busy, pinyin in rows
    ]
    hands.sort(key=lambda each: (not each[1].on_duty, each[1].load, each[0]))
    return [hand for _pinyin, hand in hands]


def sections_to_send(section: Organisation) -> list[Organisation]:
    """Sections and contractors of the same unit, and those that routing sends cases to: where a task may go."""
    parent = "/".join(section.path.split("/")[:-2]) + "/"
    near = Q(path__startswith=parent, kind__in=["section", "contractor"])
    return list(Organisation.objects.filter(near, ended_on__isnull=True).order_by("position", "pinyin", "id"))
