"""A simulated working day on the demo compound: people report, workers come, applicants confirm and rate."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.affairs import actions, rights
from houqin.affairs.models import Case, State, Task, TaskState
from houqin.foundation.people.models import Person
from houqin.foundation.places.models import Place, SpaceKind
from houqin.services.repairs.models import FaultKind

ITEM = "repairs.report"
#: How many repairs the day keeps running; above it more is finished than reported.
USUAL = 70
ROOMS = (SpaceKind.OFFICE, SpaceKind.TOILET, SpaceKind.TEA, SpaceKind.MEETING, SpaceKind.CORRIDOR)


def step(dice: Random) -> str:
    """One thing that somebody does now, through the same actions as the pages. Returns it in words."""
    running = Case.objects.filter(service="repairs", state=State.OPEN).count()
    moves: list[Callable[[Random], str]] = [_report] if running < USUAL and dice.random() < 0.5 else []
    moves += dice.sample([_work, _work, _work, _dispatch, _answer], 5)
    for move in moves:
        if said := move(dice):
            return said
    return _report(dice)


def _report(dice: Random) -> str:
    person = _any(dice, Person.objects.active().filter(username=None))
    place = _any(dice, Place.objects.filter(space_kind__in=ROOMS, ended_on=None))
    fault = _any(dice, FaultKind.objects.filter(active=True, says_enough=True))
    if not (person and place and fault):
        return ""
    case = actions.submit(person, item=ITEM, data={"place": place.code, "fault": fault.code}, channel="web")
    return _("%(who)s 报修：%(what)s") % {"who": person.name, "what": case.title}


def _work(dice: Random) -> str:
    """The worker of the job that waits longest does what comes next."""
    task = (
        Task.objects.filter(
            state=TaskState.OPEN, kind="handle", assignee__isnull=False, case__service="repairs"
        )
        .filter(case__state=State.OPEN)
        .select_related("assignee", "case")
        .order_by(F("due_at").asc(nulls_last=True), "?")[dice.randrange(12) :]
        .first()
    )
    if task is None or task.assignee is None:
        return ""
    verb = "accept" if task.accepted_at is None else "arrive" if task.arrived_at is None else "complete"
    data = {"comment": _("已处理"), "labour_minutes": dice.randrange(10, 60)} if verb == "complete" else {}
    actions.perform(task.assignee, verb, case=task.case.number, task=task.pk, data=data)
    words = {"accept": _("已接单"), "arrive": _("已到场"), "complete": _("已办毕")}[verb]
    return f"{task.assignee.name} {words}{_('：')}{task.case.title}"


def _dispatch(dice: Random) -> str:
    """A job nobody has is given to somebody of its section."""
    task = (
        Task.objects.filter(
            state=TaskState.OPEN, assignee=None, case__service="repairs", case__state=State.OPEN
        )
        .select_related("case__place", "case__section", "section")
        .order_by("id")
        .first()
    )
    dispatcher = _any(dice, Person.objects.filter(username="dispatcher"))
    if task is None or dispatcher is None:
        return ""
    worker = next(
        iter(rights.scope.holders("affairs.handle", organisation_path=task.case.section.path)), None
    )
    if worker is None:
        return ""
    verb = "dispatch" if task.kind == "dispatch" else "transfer"
    data = {"person": worker.pk, "comment": _("请前往处理")}
    actions.perform(dispatcher, verb, case=task.case.number, task=task.pk, data=data)
    return _("%(who)s 派给 %(worker)s：%(what)s") % {
        "who": dispatcher.name,
        "worker": worker.name,
        "what": task.case.title,
    }


def _answer(dice: Random) -> str:
    """An applicant confirms, or says it is not fixed; some rate at once."""
    case = (
        Case.objects.filter(service="repairs", state=State.CONFIRMING, applicant__isnull=False)
        .order_by("?")
        .first()
    )
    if case is None or case.applicant is None or case.confirm_by is None or case.confirm_by < timezone.now():
        return ""
    if dice.random() < 0.04:
        actions.reopen(case.applicant, case=case.number, comment=_("问题又出现了"))
        return _("%(who)s 要求返工：%(what)s") % {"who": case.applicant.name, "what": case.title}
    actions.confirm(case.applicant, case=case.number)
    if dice.random() < 0.4:
        actions.rate(case.applicant, case=case.number, stars=dice.choices((5, 4, 3, 2), (70, 20, 7, 3))[0])
    return _("%(who)s 已确认：%(what)s") % {"who": case.applicant.name, "what": case.title}


def _any(dice: Random, rows):  # type: ignore[no-untyped-def]  # whatever model the queryset is of
    count = rows.count()
    return rows.order_by("pk")[dice.randrange(count)] if count else None
