"""Whether a case is whole: its tasks, its timeline and the trail tell the same story."""

from __future__ import annotations

from itertools import pairwise

from django.db import connection

from houqin.affairs.models import Case, State, Task, TaskState
from houqin.foundation.trail.models import Entry


def check(case: Case) -> None:
    """Raise AssertionError unless the case is in exactly one state, and everything agrees with it."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    tasks = list(case.tasks.filter(state=TaskState.OPEN).select_related("assignee"))
    assert bool(tasks) == (case.state in (State.OPEN, State.WAITING_APPLICANT))
    assert all(task.assignee_id or task.section_id for task in tasks)
    assert all(task.kind != "approve" or task.assignee_id != case.applicant_id for task in tasks)
    assert all(task.assignee is None or task.assignee.is_active for task in tasks)
    _trail_tells_the_same(case, tasks)


def check_all() -> int:
    """Check every case there is, and answer how many there are."""
    cases = list(Case.objects.order_by("pk"))
    for case in cases:
        check(case)
    return len(cases)


def _trail_tells_the_same(case: Case, tasks: list[Task]) -> None:
    entries = list(Entry.objects.filter(record_type="affairs.case", record_id=str(case.pk)).order_by("id"))
    told = entries[-1].after
    entries = [entry for entry in entries if entry.before]
    for earlier, later in pairwise(entries):
        assert later.before == earlier.after
    assert told == {
        "state": case.state,
        "step": case.step,
        "version": case.version,
        "tasks": {str(task.pk): {"assignee": task.assignee_id, "section": task.section_id} for task in tasks},
    }
    assert case.events.count() == case.version
