"""Cases and tasks as lists draw them: everything worked out beforehand, so that a template only writes it down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from houqin.affairs.declare import StepKind
from houqin.affairs.models import Case, State, Task
from houqin.affairs.naming import said
from houqin.affairs.queries import todo_values
from houqin.foundation.people.models import Person
from houqin.portal import words
from houqin.portal.drawn import drawn
from houqin.portal.templatetags.look import ago, due_words

_CLOCK_ICONS = {"red": "octagon", "amber": "triangle", "": "clock"}


@dataclass(frozen=True, slots=True)
class Clock:
    """What is left of a limit, ready to be written down."""

    words: str
    icon: str
    css: str
    exact: str


def clock_of(due: datetime | None, level: str, *, paused: bool) -> Clock | None:
    """The clock of a case or task as lists show it; none without a limit."""
    if paused:
        return Clock(_("计时已暂停"), "pause", "", "")
    if due is None:
        return None
    exact = timezone.localtime(due).strftime("%Y-%m-%d %H:%M")
    return Clock(due_words(due), _CLOCK_ICONS[level], f"countdown-{level}" if level else "", exact)


@dataclass(slots=True)
class CaseRow:
    """A case in a list; the attributes are those of ``components/case_card.html`` and ``case_row.html``."""

    number: str
    url: str
    title: str
    state: str
    state_word: str
    who: str
    due: datetime | None
    level: str
    paused: bool
    place: str
    at: datetime
    step_word: str = ""
    is_new: bool = False
    answer: str = ""

    @property
    def clock(self) -> Clock | None:
        return clock_of(self.due, self.level, paused=self.paused)

    @property
    def line(self) -> SafeString:
        """Its line on the home page."""
        shown = {"level": self.level, "state": self.state, "state_word": self.state_word, "ago": ago(self.at)}
        return drawn("components/case_line.html", url=self.url, title=self.title, who=self.who, **shown)


@dataclass(frozen=True, slots=True)
class Action:
    """The next thing to do with a task, as a button."""

    verb: str
    label: str
    icon: str
    url: str
    at_once: bool
    primary: bool


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task in the to-do list."""

    task: int
    case: str
    number: str
    url: str
    title: str
    place: str
    step_word: str
    item: str
    due: datetime | None
    level: str
    paused: bool
    who: str
    has_phone: bool
    queued: bool
    instead_of: str
    reopened: int
    reminders: int
    actions: tuple[Action, ...] = ()

    @property
    def clock(self) -> Clock | None:
        return clock_of(self.due, self.level, paused=self.paused)

    @property
    def line(self) -> SafeString:
        """Its line on the home page."""
        return drawn("components/task_line.html", t=self, clock=self.clock)

    def card(self, here: str) -> SafeString:
        """Its card; what is done by it comes back to ``here``."""
        quoted = quote(here, safe="")
        return drawn("components/todo_card.html", t=self, clock=self.clock, here=here, here_quoted=quoted)


def case_rows(cases: Iterable[Case], *, now: datetime | None = None) -> list[CaseRow]:
    now = now or timezone.now()
    return [case_row(case, now) for case in cases]


def case_row(case: Case, now: datetime) -> CaseRow:
    """What one case says of itself: what it is, who has it, by when."""
    colour = case.colour(now) if case.state == State.OPEN else ""
    running = case.state == State.OPEN
    return CaseRow(
        number=case.spoken_number,
        url=f"/cases/{case.number}",
        title=case.title,
        state=case.state,
        state_word=case.get_state_display(),
        who=who_has(case, getattr(case, "open_tasks", ())),
        due=case.due_at if running else (case.confirm_by if case.state == State.CONFIRMING else None),
        level=colour if colour in ("amber", "red") else "",
        paused=case.state == State.WAITING_APPLICANT,
        place=str(case.place) if case.place_id else "",
        at=case.submitted_at,
    )


def who_has(case: Case, tasks: Sequence[Task]) -> str:
    """Who has the case now, in words."""
    if case.state == State.OPEN:
        return _("、").join(str(task.holder_name) for task in tasks)
    if case.state in (State.CONFIRMING, State.WAITING_APPLICANT):
        return case.applicant_name
    return ""


#: What a task's row is made of; plain values, because a page of records costs more to build than to draw.
_TASK_VALUES = (
    "id", "kind", "step_name", "assignee_id", "assignee__name", "accepted_at", "arrived_at", "due_at", "amber_at",
    "paused_at", "case__number", "case__title", "case__item_name", "case__applicant_name", "case__applicant_phone",
    "case__reopened", "case__reminders", "case__place__full_name",
)  # fmt: skip


def first_task_rows(actor: Person, now: datetime, most: int) -> list[TaskRow]:
    """The first ``most`` of all the tasks ``actor`` should do, most urgent first. One query."""
    return [_task_row(values, actor.pk, now) for values in todo_values(actor, _TASK_VALUES, most)]


def task_rows(tasks: QuerySet[Task], actor_id: int, now: datetime) -> list[TaskRow]:
    """Tasks as their holder sees them, in the order of ``tasks``. One query."""
    return [_task_row(values, actor_id, now) for values in tasks.values_list(*_TASK_VALUES)]


def _task_row(values: tuple[Any, ...], actor_id: int, now: datetime) -> TaskRow:
    (
        pk, kind, step_name, assignee, assignee_name, accepted_at, arrived_at, due_at, amber_at,
        paused_at, number, title, item, who, phone, reopened, reminders, place,
    ) = values  # fmt: skip
    task = Task(pk=pk, kind=kind, accepted_at=accepted_at, arrived_at=arrived_at)
    level = level_of(due_at, amber_at, paused_at, now)
    return TaskRow(
        task=pk,
        case=number,
        number=f"{number[:4]}-{number[4:7]}-{number[7:]}",
        url=f"/cases/{number}",
        title=without_place(title, place or ""),
        place=place or "",
        step_word=said(step_name),
        item=said(item),
        due=due_at,
        level=level,
        paused=bool(paused_at) and level != "red",
        who=who,
        has_phone=bool(phone),
        queued=assignee is None,
        instead_of=assignee_name if assignee not in (None, actor_id) else "",
        reopened=reopened,
        reminders=reminders,
        actions=_task_actions(task, number),
    )


def level_of(
    due_at: datetime | None, amber_at: datetime | None, paused_at: datetime | None, now: datetime
) -> str:
    """Red past the limit, amber past 80 %, else nothing: as :meth:`Clocked.colour`, from plain values."""
    if due_at and due_at < (paused_at or now):
        return "red"
    return "amber" if not paused_at and amber_at and amber_at <= now else ""


def without_place(title: str, place: str) -> str:
    """``title`` without the place in front of it, where the place stands beside it anyway."""
    for front in (place, place.replace(" ", "")):
        if front and title.startswith(front) and title[len(front) :].strip():
            return title[len(front) :].strip()
    return title


def _task_actions(task: Task, number: str) -> tuple[Action, ...]:
    """What to do next: take it, be there, finish it, or decide."""
    if task.kind == StepKind.HANDLE and task.accepted_at is None:
        return (_button("accept", task, number, at_once=True),)
    if task.kind == StepKind.HANDLE:
        first = () if task.arrived_at else (_button("arrive", task, number),)
        return (*first, _button("complete", task, number, primary=not first))
    verb = "approve" if task.kind == StepKind.APPROVE else "dispatch"
    return (_button(verb, task, number),)


def _button(verb: str, task: Task, number: str, *, primary: bool = True, at_once: bool = False) -> Action:
    said = words.VERBS[verb]
    url = f"/cases/{number}/{verb}?task={task.pk}"
    return Action(verb, str(said.label), said.icon, url, at_once, primary)


def greeting(now: datetime) -> str:
    """上午好 and the like, by the clock of the compound."""
    hour = timezone.localtime(now).hour
    if hour < 6:
        return _("夜深了")
    if hour < 11:
        return _("早上好")
    if hour < 13:
        return _("中午好")
    return _("下午好") if hour < 18 else _("晚上好")
