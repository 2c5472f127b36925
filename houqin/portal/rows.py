"""Cases and tasks as lists draw them: everything worked out beforehand, so that a template only writes it down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.affairs.declare import StepKind
from houqin.affairs.models import Case, State, Task
from houqin.portal import words
from houqin.portal.templatetags.look import due_words

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


@dataclass(slots=True)
class TaskRow:
    """A task in the to-do list; the attributes are those of ``components/task_card.html``."""

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
    phone: str
    queued: bool
    instead_of: str
    reopened: int
    reminders: int
    actions: list[dict[str, Any]] = field(default_factory=list)

    @property
    def clock(self) -> Clock | None:
        return clock_of(self.due, self.level, paused=self.paused)


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
        return "、".join(str(task.holder_name) for task in tasks)
    if case.state in (State.CONFIRMING, State.WAITING_APPLICANT):
        return case.applicant_name
    return ""


def task_row(task: Task, actor_id: int, now: datetime) -> TaskRow:
    """One task as its holder sees it; its case must have been loaded with it."""
    case = task.case
    place = str(case.place) if case.place_id else ""
    colour = task.colour(now)
    other = task.assignee is not None and task.assignee_id != actor_id
    return TaskRow(
        task=task.pk,
        case=case.number,
        number=case.spoken_number,
        url=f"/cases/{case.number}",
        title=without_place(case.title, place),
        place=place,
        step_word=task.step_name,
        item=case.item_name,
        due=task.due_at,
        level=colour if colour in ("amber", "red") else "",
        paused=colour == "paused",
        who=case.applicant_name,
        phone=case.applicant_phone,
        queued=task.assignee_id is None,
        instead_of=task.assignee.name if other and task.assignee else "",
        reopened=case.reopened,
        reminders=case.reminders,
        actions=_task_actions(task),
    )


def without_place(title: str, place: str) -> str:
    """``title`` without the place in front of it, where the place stands beside it anyway."""
    for front in (place, place.replace(" ", "")):
        if front and title.startswith(front) and title[len(front) :].strip():
            return title[len(front) :].strip()
    return title


def _task_actions(task: Task) -> list[dict[str, Any]]:
    """The next thing to do with a task, as a button: take it, be there, finish it, or decide."""
    if task.kind == StepKind.HANDLE and task.accepted_at is None:
        return [_button("accept", task, at_once=True)]
    if task.kind == StepKind.HANDLE:
        first = [] if task.arrived_at else [_button("arrive", task)]
        return [*first, _button("complete", task, primary=not first)]
    verb = "approve" if task.kind == StepKind.APPROVE else "dispatch"
    return [_button(verb, task)]


def _button(verb: str, task: Task, *, primary: bool = True, at_once: bool = False) -> dict[str, Any]:
    said = words.VERBS[verb]
    return {
        "verb": verb,
        "label": said.label,
        "icon": said.icon,
        "url": f"/cases/{task.case.number}/{verb}?task={task.pk}",
        "at_once": at_once,
        "primary": primary,
    }


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
