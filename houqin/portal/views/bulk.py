"""One verb for many: a selected list, one form, and an answer for each case by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from houqin.affairs import actions, rights
from houqin.affairs.actions import Outcome
from houqin.affairs.forms import VERB_FORMS, FileIdsField, form_of
from houqin.affairs.models import Case, Task
from houqin.foundation.errors import NotFound
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.portal import board as boards
from houqin.portal.door import next_address, person_of, signed_in
from houqin.portal.views.board import handing_data
from houqin.portal.words import VERBS

#: A selection is cut off here: a form that named more would be a mistake.
MOST = 200
_HANDING = ("dispatch", "transfer")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: HttpRequest) -> HttpResponse:
    """Choose a verb for the selected tasks, fill its form in once, see what became of each."""
    actor = person_of(request)
    given = request.POST if request.method == "POST" else request.GET
    tasks = _tasks(actor, given)
    back = next_address(request, reverse("portal:todo"))
    if not tasks:
        return HttpResponseRedirect(back)
    counts = _verbs(actor, tasks)
    verb = given.get("verb", "") or next(iter(counts), "")
    if verb and verb not in VERB_FORMS:
        raise NotFound
    form = _form(actor, tasks, verb, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and verb:
        if verb in _HANDING or form.is_valid():
            outcomes = actions.perform_many(
                actor, verb, tasks=[task.pk for task in tasks], data=_data(verb, request.POST)
            )
            return _told(request, tasks, verb, outcomes, back)
        status = 422
    context = {
        "tasks": tasks,
        "verb": verb,
        "word": VERBS.get(verb),
        "verbs": _choices(tasks, counts, verb, back),
        "fits": counts.get(verb, 0),
        "form": form,
        "fields": [field for field in form if not isinstance(field.field, FileIdsField)],
        "handing": _handing(tasks, verb),
        "back": back,
    }
    return render(request, "portal/bulk.html", context, status=status)


def _tasks(actor: Person, given: QueryDict) -> list[Task]:
    """The selected tasks the actor may see, in the order of selection; those that have moved on are among them."""
    ids = [
        int(each) for each in given.getlist("task") if each.isascii() and each.isdigit() and len(each) < 18
    ]
    ids = list(dict.fromkeys(ids))[:MOST]
    found = Task.objects.filter(pk__in=ids, case__in=Case.objects.filter(rights.visible(actor)))
    by_id = found.select_related(
        "case__place", "case__section", "case__organisation", "section", "assignee"
    ).in_bulk()
    return [by_id[pk] for pk in ids if pk in by_id]


def _verbs(actor: Person, tasks: Sequence[Task]) -> Counter[str]:
    """Verbs that are open to the actor on some of the tasks, with on how many; the commonest first."""
    away = rights.away_for(actor, tasks, timezone.now())
    counts = Counter(verb for task in tasks for verb in rights.verbs_on_task(actor, task.case, task, away))
    return Counter(dict(counts.most_common()))


def _form(actor: Person, tasks: Sequence[Task], verb: str, data: QueryDict | None) -> forms.Form:
    """The item's own form when all are of one item, else the verb's common one."""
    if not verb:
        return forms.Form(data)
    one = {task.case.item_code for task in tasks}
    kind = form_of(tasks[0].case, verb) if len(one) == 1 else VERB_FORMS[verb]
    return kind(data, actor=actor, case=tasks[0].case)


def _data(verb: str, posted: QueryDict) -> Mapping[str, Any]:
    return handing_data(verb, posted) if verb in _HANDING else posted


def _choices(tasks: Sequence[Task], counts: Counter[str], verb: str, back: str) -> list[dict[str, Any]]:
    selected = [("task", task.pk) for task in tasks]
    return [
        {
            "label": VERBS[each].label,
            "count": count,
            "current": each == verb,
            "url": f"{reverse('portal:bulk')}?{urlencode([*selected, ('verb', each), ('next', back)])}",
        }
        for each, count in counts.items()
    ]


def _handing(tasks: Sequence[Task], verb: str) -> dict[str, Any] | None:
    """Whom many tasks may go to: people of the first one's section, or a section."""
    if verb not in _HANDING:
        return None
    section = tasks[0].section or tasks[0].case.section
    handlers = scope.holders("affairs.handle", organisation_path=section.path)
    duty = {hand.pk for hand in boards.hands_on_duty([section.pk], at=timezone.now())}
    return {
        "hands": boards.with_load(handlers, on_duty=duty),
        "section": section,
        "sections": boards.sections_to_send(section),
    }


def _told(
    request: HttpRequest, tasks: Sequence[Task], verb: str, outcomes: Sequence[Outcome], back: str
) -> HttpResponse:
    by_id = {task.pk: task for task in tasks}
    rows = [(by_id[outcome.task], outcome) for outcome in outcomes]
    context = {
        "done": [row for row in rows if row[1].problem is None],
        "failed": [row for row in rows if row[1].problem is not None],
        "word": VERBS[verb],
        "verb": verb,
        "back": back,
    }
    return render(request, "portal/bulk_done.html", context)
