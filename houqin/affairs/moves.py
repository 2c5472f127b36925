"""One move of a case, whole or not at all.

:func:`moving` locks the case, checks that the verb is still possible and allowed, hands out a :class:`Move` to change
things with, and writes case, timeline, trail and notices when the block ends — all in one transaction.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from houqin.affairs import clocks, rights
from houqin.affairs.conditions import CONDITIONS
from houqin.affairs.declare import ClockKind, Limit, StepKind
from houqin.affairs.locked import BY_ID, BY_NUMBER, BY_TASK, FOR_VERB, SPARE_KEYS, locked
from houqin.affairs.models import Case, Event, Follower, State, Task, TaskState
from houqin.affairs.who import Holder, in_place_of, resolve
from houqin.foundation.calendar import clock as calendar
from houqin.foundation.compiled import Compiled
from houqin.foundation.errors import Conflict, NotFound, NotPermitted
from houqin.foundation.files.actions import attach
from houqin.foundation.notices.actions import tell
from houqin.foundation.people.models import Person
from houqin.foundation.people.scope import Grant
from houqin.foundation.rows import Writes, changed, fresh, next_ids, snapshot
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import Actor

SILENCE_WORKDAYS = 3

#: The case that :func:`holding` has locked already.
_held: ContextVar[Case | None] = ContextVar("held_case", default=None)
_FOLLOWERS = Compiled(lambda case: Follower.objects.filter(case=case).select_related("person"), int)


class MovedOn(Conflict):
    """The verb named a task, or a version, that is no longer the present one."""

    code = "moved_on"


class Move:
    """A case under the actor's hands: locked, with its open tasks loaded. Only this class changes cases and tasks."""

    def __init__(self, actor: Actor, verb: str, case: Case, now: datetime) -> None:
        self.actor, self.verb, self.case, self.now = actor, verb, case, now
        self.writes = case.writes = Writes()
        self.tasks: list[Task] = list(case.open_tasks)
        self.task: Task | None = None
        #: keys for new tasks that the caller has at hand
        self.task_ids: list[int] = [getattr(case, each) for each in SPARE_KEYS if hasattr(case, each)]
        self.grant: Grant | None = None
        self.text = ""
        self.data: dict[str, Any] = {}
        self.inside = False
        self.before = self.picture()
        self._stored, self._visited = snapshot(case), dict(case.flow.get("visits", {}))

    @property
    def person(self) -> Person | None:
        """The actor, if a person of ours: not for passers-by and the platform itself."""
        return self.actor if isinstance(self.actor, Person) else None

    @property
    def step(self) -> dict[str, Any]:
        return self.case.flow["steps"][self.case.step]

    def picture(self) -> dict[str, Any]:
        """The case as the trail keeps it: state, step, version, and who has each open task."""
        return {
            "state": str(self.case.state),
            "step": self.case.step,
            "version": self.case.version,
            "tasks": {
                str(task.pk): {"assignee": task.assignee_id, "section": task.section_id}
                for task in self.tasks
                if task.state == TaskState.OPEN
            },
        }

    # -- tasks ---------------------------------------------------------------------------------------------------

    def close(self, task: Task, state: TaskState = TaskState.DONE, outcome: str = "") -> None:
        """End one task; its clock stays as it stood."""
        task.state, task.outcome = state, outcome or self.verb
        task.closed_at, task.closed_by = self.now, self.person
        self.writes.update(task, ["state", "outcome", "closed_at", "closed_by", "accepted_at"])

    def close_rest(self, tasks: Iterable[Task] | None = None) -> None:
        """End the other open tasks, because this move decided for them too."""
        rest = [task for task in (self.tasks if tasks is None else tasks) if task.state == TaskState.OPEN]
        for task in rest:
            task.state, task.outcome, task.closed_at = TaskState.ENDED, self.verb, self.now
            self.writes.update(task, ["state", "outcome", "closed_at"])

    @property
    def holding(self) -> set[int]:
        """Ids of those who have an open task."""
        open_ones = [task for task in self.tasks if task.state == TaskState.OPEN]
        return {task.assignee_id for task in open_ones if task.assignee_id}

    def give(
        self, holders: Sequence[Holder], *, like: Task | None = None, required: bool | None = None
    ) -> list[Task]:
        """Open a task of the present step for each holder, once a person; ``like`` carries over that task's clock."""
        kind = StepKind(self.step["kind"])
        here = [in_place_of(self.case, kind, holder, self.holding) for holder in holders]
        once = {holder.person or holder.section: holder for holder in reversed(here)}
        opened = [self._task(holder, like, required) for holder in reversed(once.values())]
        self._number(opened)
        self.writes.insert(*opened)
        self.tasks.extend(opened)
        self.tell_holders(opened)
        return opened

    def _number(self, tasks: Sequence[Task]) -> None:
        """Give new tasks their keys: timeline, trail and answer name them before they are written."""
        keys, self.task_ids = self.task_ids[: len(tasks)], self.task_ids[len(tasks) :]
        keys += next_ids(*[Task] * (len(tasks) - len(keys)))
        for task, key in zip(tasks, keys, strict=True):
            task.pk = key

    def _task(self, holder: Holder, like: Task | None, required: bool | None) -> Task:
        step = self.step
        task = fresh(
            Task,
            case=self.case,
            step=self.case.step,
            step_key=step["key"],
            step_name=step["name"],
            kind=step["kind"],
            section=holder.section,
            assignee=holder.person,
            opened_at=self.now,
            required=step["agree"] == "all" if required is None else required,
            visit=like.visit if like else self._visits() + 1,
        )
        if like:
            clocks.carry(like, task)
            task.moved_from = like
        else:
            self._begin(task, _limit(step["limit"]))
        return task

    def _begin(self, task: Task, limit: Limit | None) -> None:
        """Start the step's clock; a step without a limit of its own is due when the case is."""
        if limit:
            clocks.begin(task, limit, now=self.now)
        else:
            clocks.carry(self.case, task)

    def _visits(self) -> int:
        visits = self.case.flow.setdefault("visits", {})
        return int(visits.get(str(self.case.step), 0))

    # -- the line ------------------------------------------------------------------------------------------------

    def enter(self, index: int, holders: Sequence[Holder] | None = None) -> None:
        """Go to the first step from ``index`` on whose condition holds; past the last the case is completed."""
        steps = self.case.flow["steps"]
        while index < len(steps) and not CONDITIONS[steps[index]["when"]](self.case):
            index += 1
        if index == len(steps):
            self.finish(State.COMPLETED)
            return
        self.case.step = index
        if steps[index]["kind"] == StepKind.CONFIRM:
            self.ask_applicant()
            return
        opened = self.give(holders or resolve(self.case, steps[index]["who"]))
        self.case.flow["visits"][str(index)] = opened[0].visit

    def approvals_ahead(self) -> bool:
        """Whether an approval comes after the present step, as things stand now."""
        ahead = self.case.flow["steps"][self.case.step + 1 :]
        return any(step["kind"] == StepKind.APPROVE and CONDITIONS[step["when"]](self.case) for step in ahead)

    def ask_applicant(self) -> None:
        """Wait for the applicant's word; three statutory workdays of silence count as yes."""
        self.case.state = State.CONFIRMING
        self.case.confirm_by = calendar.load().add_workdays(self.now, SILENCE_WORKDAYS)
        clocks.pause(self.case, now=self.now)

    def finish(self, state: State) -> None:
        """End the case: no task stays open, and its service hears of it."""
        self.close_rest()
        self.case.state, self.case.ended_at, self.case.confirm_by = state, self.now, None
        self.case.rated = False
        getattr(self.case.item.moments, state)(self.case)

    def pause(self) -> None:
        """The applicant has it: the case's clock and its tasks' stand still."""
        self._clocks(clocks.pause)
        self.case.state = State.WAITING_APPLICANT

    def resume(self) -> None:
        """Back to work: the clocks run again with what was left."""
        self._clocks(clocks.resume)
        self.case.state = State.OPEN

    def _clocks(self, change: Any) -> None:
        change(self.case, now=self.now)
        for task in self.tasks:
            change(task, now=self.now)
            self.writes.update(task, ["due_at", "amber_at", "paused_at", "left_minutes"])

    # -- people --------------------------------------------------------------------------------------------------

    def tell_holders(self, tasks: Iterable[Task]) -> None:
        """Each holder of ``tasks`` hears of it, and who stands in for them; for a queue its dispatchers do."""
        for task in tasks:
            people = rights.told_of(self.case, task, self.now)
            title = format_lazy(
                gettext_lazy("{step}：{title}") if task.assignee else gettext_lazy("待派单：{title}"),
                step=task.step_name,
                title=self.case.title,
            )
            self.tell([each for each in people if each.pk != self.actor.pk], "affairs.task", title)

    def tell_applicant(self, kind: str, title: Any, body: str = "") -> None:
        """The applicant and all who joined hear of it."""
        people = (
            [each.person for each in _FOLLOWERS.rows(self.case.pk) if each.person] if self.case.joined else []
        )
        if self.case.applicant:
            people.append(self.case.applicant)
        self.tell([each for each in people if each.pk != self.actor.pk], kind, title, body)

    def tell(self, people: Sequence[Person], kind: str, title: Any, body: str = "") -> None:
        if people:
            url = self.case.get_absolute_url()
            tell(people, kind=kind, title=title, body=body, url=url, record=self.case, writes=self.writes)

    def told(self, tasks: Iterable[Task]) -> list[Person]:
        """Everybody who hears of any of ``tasks``, once."""
        return list({person: None for task in tasks for person in rights.told_of(self.case, task, self.now)})

    def say(self, comment: str, photos: Sequence[str] = (), session_key: str = "") -> None:
        """What the actor wrote and attached, for the timeline; a passer-by's files belong to ``session_key``."""
        self.text = comment
        if photos:
            attach(self.actor, photos, record=self.case, label=self.verb, session_key=session_key)
            self.data["files"] = [str(each) for each in photos]

    def announce(self, data: Mapping[str, Any]) -> None:
        """Let the item's service do its part, with what the verb's own form took."""
        self.case.item.moments.acted(self.case, self.verb, {**data, "actor": self.actor, "task": self.task})

    # -- the end -------------------------------------------------------------------------------------------------

    def write(self) -> None:
        """Write all that this move has changed, with the timeline's line and the trail's entry, by one statement.

        The case has its ``open_tasks`` from now on.
        """
        self.case.open_tasks = [task for task in self.tasks if task.state == TaskState.OPEN]
        self.case.version += 1
        names = changed(self.case, self._stored)
        if self.case.flow.get("visits", {}) != self._visited:
            names.append("flow")
        event = fresh(
            Event,
            case=self.case,
            at=self.now,
            actor=self.person,
            actor_name=self.actor.name,
            verb=self.verb,
            task=self.task,
            step_name=self.task.step_name if self.task else "",
            text=self.text,
            data=self.data,
            inside=self.inside,
        )
        entry = trail.entry(
            self.actor,
            f"affairs.{self.verb}",
            self.case,
            before=self.before,
            after=self.picture(),
            grant=self.grant,
            name=self.case.number,
        )
        self.writes.insert(event, entry)
        self.writes.update(self.case, names)
        self.writes.run()


@contextmanager
def moving(
    actor: Actor, verb: str, *, task: int | None = None, case: str | None = None, version: int | None = None
) -> Iterator[Move]:
    """Do ``verb`` within one transaction: on a task, or (the applicant's own) on a case at a version.

    Raises NotFound outside the actor's scope, MovedOn when task or version are no longer the present ones, NotPermitted
    without the right.
    """
    held = _held.get()
    if held is not None:
        _held.set(None)  # the first verb takes it; what that verb sets off elsewhere locks for itself
    with transaction.atomic() if held is None else nullcontext():
        record = held or (locked(BY_NUMBER, actor, case) if task is None else locked(BY_TASK, actor, task))
        move = Move(actor, verb, record, timezone.now())
        if task is not None:
            _take_task(move, task)
        else:
            _speak_for_applicant(move, version)
        yield move
        move.write()


@contextmanager
def touching(actor: Actor, verb: str, case_id: int) -> Iterator[Move]:
    """A move of the platform itself (silence, escalation): the case is locked, no right is asked for."""
    with transaction.atomic():
        move = Move(actor, verb, locked(BY_ID, actor, case_id), timezone.now())
        yield move
        move.write()


@contextmanager
def holding(actor: Actor, number: str, verb: str) -> Iterator[Case]:
    """Lock a case for what is read of it before ``verb`` of ``actor`` follows within the block; the verb then locks nothing
    again.

    Raises NotFound for an unknown number.
    """
    with transaction.atomic():
        case = locked(FOR_VERB.get(verb, BY_NUMBER), actor, number)
        token = _held.set(case)
        try:
            yield case
        finally:
            _held.reset(token)


def _take_task(move: Move, task_id: int) -> None:
    actor, case = move.actor, move.case
    task = next((each for each in move.tasks if each.pk == task_id), None)
    if task and case.state == State.OPEN:
        away = rights.away_for(actor, [task], move.now)
        allowed, move.grant = rights.task_grant(actor, move.verb, case, task, away)
        if allowed:
            move.task = task
            move.inside = bool(move.step.get("inside"))
            if task.assignee_id in away and task.assignee_id != actor.pk and task.assignee:
                move.data["for"] = task.assignee.name
            return
    if not rights.may_see(actor, case):
        raise NotFound
    if task is None and not case.tasks.filter(pk=task_id).exists():
        raise NotFound
    if task is None or case.state != State.OPEN or _was_theirs(move, task):
        raise moved_on(move)
    raise NotPermitted


def _was_theirs(move: Move, task: Task) -> bool:
    """Somebody else took it from the queue, or accepted it, a moment ago."""
    return move.verb == "accept" and task.accepted_at is not None


def _speak_for_applicant(move: Move, version: int | None) -> None:
    actor, case = move.actor, move.case
    if move.verb == "rate":
        allowed = rights.may_rate(actor, case, follows=rights.follows(actor, case))
    else:
        allowed = rights.speaks_for_applicant(actor, case)
    if not allowed:
        if not rights.may_see(actor, case):
            raise NotFound
        raise NotPermitted
    if move.verb not in rights.verbs_while(case) or (version is not None and version != case.version):
        raise moved_on(move)


def moved_on(move: Move) -> MovedOn:
    """Says where the case is now."""
    holders = _("、").join(str(task.holder_name) for task in move.tasks if task.state == TaskState.OPEN)
    place = _("，由 %(who)s 办理") % {"who": holders} if holders else ""
    return MovedOn(
        _("办件已有新进展：现为“%(state)s”%(place)s。请刷新后再操作。")
        % {"state": move.case.get_state_display(), "place": place}
    )


def _limit(kept: Mapping[str, Any] | None) -> Limit | None:
    return Limit(kept["minutes"], ClockKind(kept["clock"])) if kept else None
