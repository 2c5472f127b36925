"""A verb by its name: what pages, the API and bulk handling call. The verb's form checks the input first."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from houqin.affairs import rights
from houqin.affairs.actions import applicant, tasks
from houqin.affairs.forms import VERB_FORMS, check, form_of
from houqin.affairs.models import Case, Task
from houqin.affairs.moves import holding
from houqin.foundation.errors import NotFound, Problem, Text
from houqin.foundation.trail.actors import Actor

_OF_TASK = {
    name: getattr(tasks, name)
    for name in (
        "approve", "refuse", "return_step", "add_approver", "dispatch", "accept", "arrive", "complete", "transfer",
        "request_supplement",
    )
}  # fmt: skip
_OF_APPLICANT = {
    name: getattr(applicant, name)
    for name in ("supplement", "confirm", "reopen", "remind", "withdraw", "rate")
}
assert set(_OF_TASK) | set(_OF_APPLICANT) == set(VERB_FORMS)


@dataclass(frozen=True)
class Outcome:
    """What became of one case of a bulk."""

    task: int
    case: Case | None
    problem: Text | None


def perform(
    actor: Actor,
    verb: str,
    *,
    case: str,
    task: int | None = None,
    version: int | None = None,
    data: Mapping[str, Any],
    permit: Callable[[Case], None] | None = None,
    session_key: str = "",
) -> Case:
    """Do ``verb`` on the case: on ``task`` for whoever has it, at ``version`` for the applicant.

    ``permit`` may refuse a case that the actor sees, by raising. ``session_key`` owns what a passer-by uploaded. Raises
    NotFound for an unknown verb or a task of another case, Problem with ``errors`` by field, and whatever the verb
    itself raises.
    """
    if verb not in VERB_FORMS:
        raise NotFound(_("没有“%(verb)s”这个操作。") % {"verb": verb})
    with holding(actor, case, verb) as record:
        if not rights.may_see(actor, record):
            raise NotFound
        if permit:
            permit(record)
        if verb in _OF_TASK and task is None:
            raise Problem(_("请指明所办的待办编号（task）。"), errors={"task": [_("必填。")]})
        form = form_of(record, verb)(data, actor=actor, case=record)
        check(form)
        standard, extra = form.split()
        if verb in _OF_TASK:
            return _OF_TASK[verb](actor, task=task, data=extra, **standard)
        if "photos" in standard:
            standard["session_key"] = session_key
        return _OF_APPLICANT[verb](actor, case=case, version=version, data=extra, **standard)


def perform_many(actor: Actor, verb: str, *, tasks: Iterable[int], data: Mapping[str, Any]) -> list[Outcome]:
    """Do the same to a selected list, each case by itself: one that cannot be done does not hold up the others."""
    numbers = dict(Task.objects.filter(pk__in=list(tasks)).values_list("pk", "case__number"))
    outcomes = []
    for task in tasks:
        try:
            case = perform(actor, verb, case=numbers.get(task, ""), task=task, data=data)
            outcomes.append(Outcome(task, case, None))
        except Problem as problem:
            outcomes.append(Outcome(task, None, problem.message))
    return outcomes
