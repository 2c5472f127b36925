"""Watching limits: amber and red notices, escalation to the section's head, completion by silence."""

from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app

from houqin.affairs.actions.applicant import confirm_by_silence
from houqin.affairs.models import Case, State, Task, TaskState
from houqin.affairs.moves import MovedOn, touching
from houqin.affairs.who import heads_over
from houqin.foundation.notices.actions import tell
from houqin.foundation.trail.actors import SYSTEM

BATCH = 200


@app.periodic(cron="* * * * *")
@app.task(name="affairs.watch_limits", queueing_lock="affairs.watch_limits")
def watch_limits(timestamp: int = 0) -> None:
    """Every minute. May run twice: each step claims its rows and marks them in the same transaction."""
    now = timezone.now()
    warn_amber(now)
    escalate_red(now)
    complete_silent(now)


def warn_amber(now: datetime) -> int:
    """Tell holders whose limit has reached 80 %. Returns how many tasks."""
    with transaction.atomic():
        tasks = list(_open().filter(amber_at__lte=now, due_at__gt=now, ambered_at__isnull=True)[:BATCH])
        for task in tasks:
            if task.assignee:
                title = format_lazy(gettext_lazy("即将超时：{title}"), title=task.case.title)
                tell(
                    [task.assignee],
                    kind="affairs.amber",
                    title=title,
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
    done = 0
    for task_id, case_id in list(overdue[:BATCH]):
        done += _escalate(task_id, case_id, now)
    return done


def complete_silent(now: datetime) -> int:
    """Cases whose applicant has said nothing for three statutory workdays. Returns how many."""
    silent = list(
        Case.objects.filter(state=State.CONFIRMING, confirm_by__lte=now).values_list("pk", flat=True)[:BATCH]
    )
    done = 0
    for case_id in silent:
        with suppress(MovedOn), touching(SYSTEM, "confirm_by_silence", case_id) as move:
            confirm_by_silence(move)
            done += 1
    return done


def _escalate(task_id: int, case_id: int, now: datetime) -> bool:
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=case_id)
        claimed = Task.objects.filter(pk=task_id, state=TaskState.OPEN, escalated_at__isnull=True).update(
            escalated_at=now
        )
        if not claimed:
            return False
        with touching(SYSTEM, "escalate", case_id) as move:
            move.inside = True
            move.task = next(task for task in move.tasks if task.pk == task_id)
            section = move.task.section or move.case.section
            heads = heads_over(section)
            move.data = {"to": [head.name for head in heads]}
            holder = [move.task.assignee] if move.task.assignee else []
            title = format_lazy(gettext_lazy("已超时：{title}"), title=move.case.title)
            move.tell([*holder, *(head for head in heads if head not in holder)], "affairs.overdue", title)
        return True


def _open():  # type: ignore[no-untyped-def]  # a queryset of Task
    return (
        Task.objects.filter(state=TaskState.OPEN, case__state=State.OPEN)
        .select_related("assignee", "case")
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("id")
    )
