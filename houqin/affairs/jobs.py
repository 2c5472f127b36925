"""Watching limits: amber and red notices, escalation to the section's head, completion by silence."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy
from procrastinate.contrib.django import app

from houqin.affairs import rights
from houqin.affairs.actions.applicant import confirm_by_silence
from houqin.affairs.models import Case, State, Task, TaskState
from houqin.affairs.moves import Move, MovedOn, moved_on, touching
from houqin.affairs.warnings.evaluation import evaluate_due
from houqin.affairs.who import Holder, heads_over
from houqin.foundation.notices.actions import tell
from houqin.foundation.people import scope
from houqin.foundation.people.models import Organisation
from houqin.foundation.trail.actors import SYSTEM

BATCH = 200


@app.periodic(cron="* * * * *")
@app.task(name="affairs.watch_limits", queueing_lock="affairs.watch_limits")
def watch_limits(timestamp: int = 0) -> None:
    """Every minute. May run twice: each step claims its rows and marks them in the same transaction."""
    now = timezone.now()
    steps = (warn_amber, escalate_red, escalate_promises, complete_silent)
    _one_by_one([(number,) for number in range(len(steps))], lambda number: bool(steps[number](now)))


def warn_amber(now: datetime) -> int:
    """Tell holders whose limit has reached 80 %. Returns how many tasks."""
    with transaction.atomic():
        tasks = list(_open().filter(amber_at__lte=now, due_at__gt=now, ambered_at__isnull=True)[:BATCH])
        for task in tasks:
            tell(
                rights.told_of(task.case, task, now),
                kind="affairs.amber",
                title=format_lazy(gettext_lazy("即将超时：{title}"), title=task.case.title),
                url=task.case.get_absolute_url(),
                record=task.case,
            )
        Task.objects.filter(pk__in=[task.pk for task in tasks]).update(ambered_at=now)
    return len(tasks)


def escalate_red(now: datetime) -> int:
    """Each overdue task once: holder and section head hear of it, and the timeline says so. Returns how many."""
    overdue = Task.objects.filter(
        state=TaskState.OPEN, case__state=State.OPEN, due_at__lte=now, escalated_at__isnull=True
    ).values_list("pk", "case_id")
    return _one_by_one(overdue[:BATCH], lambda task_id, case_id: _escalate(task_id, case_id, now))


def escalate_promises(now: datetime) -> int:
    """Each case past what was promised to its applicant once, like an overdue task. Returns how many were told of."""
    late = Case.objects.filter(state=State.OPEN, due_at__lte=now, escalated_at__isnull=True).order_by(
        "due_at"
    )
    return _one_by_one(late.values_list("pk")[:BATCH], lambda case_id: _escalate_case(case_id, now))


def complete_silent(now: datetime) -> int:
    """Cases whose applicant has said nothing for three statutory workdays. Returns how many."""
    return _one_by_one([(case_id,) for case_id in silent_cases(now)], _complete)


def silent_cases(now: datetime) -> list[int]:
    """Ids of the cases to complete by silence, those that wait longest first."""
    silent = Case.objects.filter(state=State.CONFIRMING, confirm_by__lte=now).order_by("confirm_by")
    return list(silent.values_list("pk", flat=True)[:BATCH])


@app.periodic(cron="* * * * *")
@app.task(name="affairs.evaluate_warnings", queueing_lock="affairs.evaluate_warnings")
def evaluate_warnings(timestamp: int = 0, everything: bool = False) -> int:
    """Every minute: the warning rules whose turn it is. May run twice. Answers how many warnings were opened or ended."""
    return evaluate_due(timezone.now(), everything=everything)


@app.periodic(cron="17 * * * *")
@app.task(name="affairs.hand_back", queueing_lock="affairs.hand_back")
def hand_back_tasks(timestamp: int = 0) -> None:
    """Every hour: what people who have left still hold goes to somebody who is here. May run twice."""
    hand_back()


def hand_back() -> int:
    """Give the open tasks of people who have left to the section's queue, approvals to a head above. Returns how many."""
    left = Task.objects.filter(
        state=TaskState.OPEN, assignee__isnull=False, assignee__ended_on__lte=timezone.localdate()
    )
    return _one_by_one(left.values_list("pk", "case_id")[:BATCH], _hand_back)


def _one_by_one(rows: Iterable[tuple[int, ...]], work: Callable[..., bool]) -> int:
    """Do ``work`` for each row, and count what was done: one that fails does not hold up the others.

    What failed is raised together at the end, so that the job is seen to have failed and is tried again.
    """
    done, failures = 0, []
    for row in list(rows):
        try:
            done += work(*row)
        except Exception as failure:
            failures.append(failure)
    if failures:
        raise ExceptionGroup("cases that could not be moved", failures)
    return done


def _complete(case_id: int) -> bool:
    with suppress(MovedOn), touching(SYSTEM, "confirm_by_silence", case_id) as move:
        confirm_by_silence(move)
        return True
    return False


def _hand_back(task_id: int, case_id: int) -> bool:
    with suppress(MovedOn), touching(SYSTEM, "transfer", case_id) as move:
        task = next((each for each in move.tasks if each.pk == task_id), None)
        if task is None or task.assignee is None or task.assignee.is_active:
            raise moved_on(move)
        move.task, move.text = task, gettext("%(name)s 已离任") % {"name": task.assignee.name}
        move.close(task, TaskState.MOVED)
        (opened,) = move.give([Holder(task.section, task.assignee)], like=task, required=task.required)
        move.data = {"to": [str(opened.assignee or opened.section)]}
        move.announce({})
        return True
    return False


def _escalate(task_id: int, case_id: int, now: datetime) -> bool:
    with transaction.atomic():
        if Case.objects.select_for_update().get(pk=case_id).state != State.OPEN:
            return False
        claimed = Task.objects.filter(pk=task_id, state=TaskState.OPEN, escalated_at__isnull=True).update(
            escalated_at=now
        )
        if not claimed:
            return False
        with touching(SYSTEM, "escalate", case_id) as move:
            move.task = next(task for task in move.tasks if task.pk == task_id)
            _tell_heads(move, move.task.section or move.case.section, [move.task])
        return True


def _escalate_case(case_id: int, now: datetime) -> bool:
    """Lateness that was told of every open task already is not told again."""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=case_id)
        if case.state != State.OPEN or case.escalated_at:
            return False
        Case.objects.filter(pk=case_id).update(escalated_at=now)
        if not case.tasks.filter(state=TaskState.OPEN, escalated_at__isnull=True).exists():
            return False
        with touching(SYSTEM, "escalate", case_id) as move:
            _tell_heads(move, move.case.section, move.tasks)
        return True


def _tell_heads(move: Move, section: Organisation, tasks: Sequence[Task]) -> None:
    """Those who have the tasks and the section's heads hear of it; the timeline keeps it for those inside."""
    heads = heads_over(section)
    move.inside = True
    move.data = {"to": [head.name for head in heads]}
    title = format_lazy(gettext_lazy("已超时：{title}"), title=move.case.title)
    told = {*move.told(tasks), *heads}
    move.tell(list(told), "affairs.overdue", title)
    place = move.case.place.path if move.case.place else ""
    over = scope.holders(
        "brief.read", organisation_path=section.path, place_path=place, service=move.case.service
    )
    move.tell([each for each in over if each not in told], "affairs.red", title)


def _open():  # type: ignore[no-untyped-def]  # a queryset of Task
    return (
        Task.objects.filter(state=TaskState.OPEN, case__state=State.OPEN)
        .select_related("assignee", "section", "case__section", "case__place")
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("id")
    )
