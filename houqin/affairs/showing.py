"""Whose number is shown to whom around a case: the applicant's to who must call them, the holder's to who asked."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.affairs import rights
from houqin.affairs.models import Case
from houqin.affairs.queries import find_case
from houqin.foundation.errors import NotFound, NotPermitted
from houqin.foundation.personal.showing import SHOWN, Shown
from houqin.foundation.trail.actors import Actor


def _case(actor: Actor, number: str) -> Case:
    if not (number.isascii() and number.isdigit()):
        raise NotFound
    return find_case(actor, number)


def applicant(actor: Actor, number: str) -> Shown:
    """The applicant's phone as it stands in the case."""
    case = _case(actor, number)
    tasks = () if case.ended else rights.open_tasks(case)
    away = rights.away_for(actor, tasks, timezone.now())
    able = any(rights.verbs_on_task(actor, case, task, away) for task in tasks)
    may, grant = rights.caller_grant(actor, case, able=able)
    if not may:
        raise NotPermitted
    return Shown(case, "applicant_phone", case.number, _("联系申请人"), grant)


def holder(actor: Actor, key: str) -> Shown:
    """The phone of whoever has an open task of a case (``number-task``), for anybody who sees the case and has signed in."""
    number, _dash, task = key.partition("-")
    case = _case(actor, number)
    for each in rights.open_tasks(case):
        if str(each.pk) == task and each.assignee:
            return Shown(
                each.assignee, "phone", each.assignee.name, _("办件 %(number)s") % {"number": number}
            )
    raise NotFound


SHOWN.add("affairs.applicant", applicant)
SHOWN.add("affairs.holder", holder)
