"""A case locked for a move, with all that the move reads of it: one statement for each way to name the case."""

from typing import Any

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet, Subquery

from houqin.affairs.models import Case, Follower, Rating, RatingKind, Task, TaskState
from houqin.foundation.compiled import Compiled
from houqin.foundation.errors import NotFound
from houqin.foundation.people.models import beyond_the_name
from houqin.foundation.people.queries import organisation
from houqin.foundation.rows import next_id
from houqin.foundation.trail.actors import Actor

_OPEN = Q(tasks__state=TaskState.OPEN)
_EVERY = Q(tasks__id__isnull=False)
#: What no verb asks of the case's place.
_OF_PLACES = tuple(
    f"place__{each}" for each in ("pinyin", "initials", "area_m2", "capacity", "position", "qr")
)


def _lockable(viewer: int, tasks: Q = _OPEN, **which: Any) -> QuerySet[Case]:
    """The case with all that a move reads of it, a row for each of its ``tasks`` (or one without).

    ``seen`` is its version when the statement began: the row itself may be a later one, if its lock was waited for.
    """
    cases: QuerySet[Any] = Case.objects.select_for_update(of=("self",)).filter(**which)
    rated = Rating.objects.filter(case=OuterRef("pk"), person=viewer, kind=RatingKind.APPLICANT)
    return (
        cases.annotate(
            a_task=FilteredRelation("tasks", condition=tasks),
            joined=Exists(Follower.objects.filter(case=OuterRef("pk"))),
            rated=Exists(rated),
            seen=Subquery(Case.objects.filter(**which).order_by().values("version")),
        )
        .select_related("place", "applicant", "a_task__assignee")
        .defer(*beyond_the_name("applicant"), *beyond_the_name("a_task__assignee"), *_OF_PLACES)
        .order_by("a_task__id")
    )


def _giving(viewer: int, tasks: Q, number: str) -> QuerySet[Case]:
    keys = {each: next_id(Task) for each in SPARE_KEYS}
    return _lockable(viewer, tasks, number=number).annotate(**keys)


#: Verbs that open a task, seldom more than two: their keys are read along with the case.
SPARE_KEYS = ("one_task", "another_task")
_GIVES = frozenset({"approve", "add_approver", "dispatch", "transfer"})
#: Those that give it to who had it before, and so ask for all its tasks.
_GIVES_BACK = frozenset({"return_step", "reopen"})
BY_NUMBER = Compiled(lambda viewer, number: _lockable(viewer, number=number), int, str)
_TO_GIVE = Compiled(lambda viewer, number: _giving(viewer, _OPEN, number), int, str)
_TO_GIVE_BACK = Compiled(lambda viewer, number: _giving(viewer, _EVERY, number), int, str)
FOR_VERB = dict.fromkeys(_GIVES, _TO_GIVE) | dict.fromkeys(_GIVES_BACK, _TO_GIVE_BACK)
BY_ID = Compiled(lambda viewer, pk: _lockable(viewer, pk=pk), int, int)
BY_TASK = Compiled(
    lambda viewer, task: _lockable(viewer, pk=Subquery(Task.objects.filter(pk=task).values("case"))), int, int
)


def locked(which: Compiled[Any], actor: Actor, key: int | str | None) -> Case:
    """The case with its ``open_tasks``, nobody else moving it. Raises NotFound where there is none.

    Its lock and what belongs to it are one statement. Where somebody else has moved it while this one waited, only the
    case's own row would be the new one, so everything is read again, now under the lock.
    """
    rows = which.rows(actor.pk or 0, key)
    if rows and rows[0].seen != rows[0].version:
        rows = which.rows(actor.pk or 0, key)
    if not rows:
        raise NotFound
    case: Case = rows[0]
    case.section, case.organisation = organisation(case.section_id), organisation(case.organisation_id)
    tasks = [row.a_task for row in rows if hasattr(row, "a_task")]
    for task in tasks:
        task.case, task.section = case, organisation(task.section_id)
    case.open_tasks = [task for task in tasks if task.state == TaskState.OPEN]
    case.every_task = tasks if which is _TO_GIVE_BACK else None
    return case
