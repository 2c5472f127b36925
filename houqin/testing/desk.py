"""A desk where dummy cases are submitted and handled: the words tests of the engine are written in."""

from __future__ import annotations

from typing import Any

from houqin.affairs import actions
from houqin.affairs.models import Case, Route, Task, TaskState
from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.trail.actors import Actor
from houqin.testing.cast import Cast
from houqin.testing.dummy import AGREEING, ITEMS, Diary


class Desk:
    """``desk.submit(...)``, ``desk.do("accept", case, by=cast.worker)`` and what is to be seen afterwards."""

    def __init__(self, cast: Cast, diary: Diary) -> None:
        self.cast, self.diary = cast, diary
        Route.objects.bulk_create(Route(item_code=item.code, section=cast.repairs) for item in ITEMS)

    def submit(
        self, what: str = "水龙头滴漏", *, by: Actor | None = None, item: str = "dummy.mend", **more: Any
    ) -> Case:
        """A case by ``by`` (the staff), sorted by its ``kind`` already unless told otherwise."""
        data = {"what": what, "kind": "water", "place": self.cast.toilet.pk, **more.pop("data", {})}
        return actions.submit(by or self.cast.staff, item=item, data=data, **more)

    def do(self, verb: str, case: Case, *, by: Actor, task: Task | None = None, **data: Any) -> Case:
        """``verb`` on the only open task (or the given one), or as the applicant at the present version."""
        person = by
        if isinstance(person, Person):
            person.__dict__.pop("_grants", None)
        fresh = Case.objects.get(pk=case.pk)
        applicant_verb = verb in ("supplement", "confirm", "reopen", "remind", "withdraw", "rate")
        return actions.perform(
            by,
            verb,
            case=case.number,
            task=None if applicant_verb else (task or self.open(case)[0]).pk,
            version=fresh.version if applicant_verb else None,
            data=data,
        )

    def open(self, case: Case) -> list[Task]:
        """The case's open tasks."""
        return list(
            case.tasks.filter(state=TaskState.OPEN).select_related("assignee", "section").order_by("id")
        )

    def holders(self, case: Case) -> list[Person | Organisation | None]:
        """Who has it: people, or sections for queues."""
        return [task.assignee or task.section for task in self.open(case)]

    def agree(self, *people: Person) -> None:
        """Whose consent ``dummy.ask`` needs in its second step."""
        AGREEING[:] = people
