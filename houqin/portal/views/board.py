"""The section board: who has what, by when; and the dialog that gives a job to somebody else."""

from __future__ import annotations

import json
from collections import OrderedDict
from threading import Lock
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from houqin.affairs import actions, rights
from houqin.affairs.declare import StepKind
from houqin.affairs.models import Case, State, Task, TaskState
from houqin.affairs.moves import MovedOn
from houqin.foundation.errors import NotFound, NotPermitted, Problem
from houqin.foundation.people import scope
from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.people.queries import on_duty
from houqin.portal import board as boards
from houqin.portal.door import next_address, person_of, signed_in
from houqin.portal.guard import needs
from houqin.portal.problems import vary

_COLOURS = ("red", "amber")
_LISTED = 200
_KEPT = 32
_kept: OrderedDict[tuple[Any, ...], tuple[str, SafeString]] = OrderedDict()
_kept_lock = Lock()


def forget() -> None:
    """Draw anew next time; for tests, whose database starts over."""
    with _kept_lock:
        _kept.clear()


@needs("affairs.dispatch", "affairs.view")
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The board; for its own polling the changed columns, or nothing when nothing changed."""
    actor, wanted, now = person_of(request), wanted_of(request.GET), boards.marker()
    if request.headers.get("HX-Request"):
        if request.GET.get("v") == now:
            return vary(HttpResponse(status=204))
        return vary(HttpResponse(_live(actor, wanted, now)))
    context = {"live": _live(actor, wanted, now), "may_register": scope.holds(actor, "affairs.intake")}
    return vary(render(request, "portal/board.html", context))


@needs("affairs.dispatch", "affairs.view")
@require_GET
def board_list(request: HttpRequest) -> HttpResponse:
    """The same cases as a table with tick boxes, for handling many at once."""
    wanted = wanted_of(request.GET)
    found = boards.board(person_of(request), wanted)
    titles = boards.column_titles()
    rows = [row for row in found.rows if row.task]
    context = {
        "rows": [(row, titles[row.column]) for row in rows[:_LISTED]],
        "more": max(0, len(rows) - _LISTED),
        "total": len(rows),
        "chips": _chips(found, wanted, "portal:board_list"),
        "board_url": _address("portal:board", wanted),
        "here": request.get_full_path(),
    }
    return render(request, "portal/board_list.html", context)


def wanted_of(query: QueryDict) -> boards.Filter:
    """The filter an address asks for; what makes no sense counts as not asked."""
    colour = query.get("colour", "")
    return boards.Filter(
        section=_number(query.get("section", "")),
        building=_number(query.get("building", "")),
        colour=colour if colour in _COLOURS else "",
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _live(actor: Person, wanted: boards.Filter, now: str) -> SafeString:
    """The moving part of the page, kept in this process until the marker moves on."""
    key = (boards.scope_key(actor), wanted, get_language())
    with _kept_lock:
        kept = _kept.get(key)
        if kept and kept[0] == now:
            _kept.move_to_end(key)
            return kept[1]
    html = _draw(actor, wanted, now)
    with _kept_lock:
        _kept[key] = (now, html)
        _kept.move_to_end(key)
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
    return html


def _draw(actor: Person, wanted: boards.Filter, now: str) -> SafeString:
    found = boards.board(actor, wanted)
    sections = [pk for pk, _name, _count in found.sections]
    context = {
        "board": found,
        "chips": _chips(found, wanted, "portal:board"),
        "hands": boards.hands_on_duty(sections, at=timezone.now()) if sections else [],
        "poll": _address("portal:board", wanted, v=now),
        "list_url": _address("portal:board_list", wanted),
        "filtered": wanted != boards.Filter(),
    }
    return mark_safe(render_to_string("portal/board_live.html", context))  # noqa: S308 - our own template


def _chips(found: boards.Board, wanted: boards.Filter, page: str) -> list[list[dict[str, Any]]]:
    """Rows of chips: colours, sections, buildings. A chosen one leads back to all."""
    words = {"red": _("已超时"), "amber": _("将到期")}

    def chip(name: str, value: Any, label: str, count: int, tone: str = "") -> dict[str, Any]:
        current = getattr(wanted, name) == value
        changed = {**vars(wanted), name: type(value)() if current else value}
        url = _address(page, boards.Filter(**changed))
        return {"label": label, "url": url, "count": count, "current": current, "tone": tone}

    rows = [[chip("colour", key, words[key], found.colours[key], key) for key in _COLOURS]]
    for name, choices in (("section", found.sections), ("building", found.buildings)):
        if len(choices) > 1 or getattr(wanted, name):
            rows.append([chip(name, pk, label, count) for pk, label, count in choices])
    return rows


def _address(page: str, wanted: boards.Filter, **more: str) -> str:
    query = {name: value for name, value in {**vars(wanted), **more}.items() if value}
    return reverse(page) + (f"?{urlencode(query)}" if query else "")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, task: int) -> HttpResponse:
    """The dialog: dispatch or transfer one task. Whoever is on duty stands first, the least busy of them on top."""
    actor = person_of(request)
    current = _task(actor, task)
    verb = "dispatch" if current.kind == StepKind.DISPATCH else "transfer"
    problem = None
    if request.method == "POST":
        try:
            case = actions.perform(
                actor, verb, case=current.case.number, task=current.pk, data=handing_data(verb, request.POST)
            )
        except MovedOn:
            raise
        except Problem as refused:
            problem = refused
        else:
            return _moved(request, case)
    context = _dialog(current, verb, request.POST or request.GET, problem)
    template = (
        "portal/board_move.html#dialog" if request.headers.get("HX-Request") else "portal/board_move.html"
    )
    return vary(render(request, template, context, status=422 if problem else 200))


def _task(actor: Person, pk: int) -> Task:
    task = (
        Task.objects.filter(pk=pk)
        .select_related("case__place", "case__section", "case__organisation", "section", "assignee")
        .first()
    )
    if task is None:
        raise NotFound
    away = rights.away_for(actor, [task], timezone.now())
    verbs = rights.verbs_on_task(actor, task.case, task, away)
    if {"transfer", "dispatch"} & set(verbs):
        return task
    if not rights.may_see(actor, task.case):
        raise NotFound
    if task.state != TaskState.OPEN or task.case.state != State.OPEN:
        raise MovedOn(_("这个办件刚刚有了变化，请刷新后再办。"))
    raise NotPermitted


def handing_data(verb: str, posted: QueryDict) -> QueryDict:
    """What the verb's form takes: the section goes along only where it decides."""
    data = QueryDict(mutable=True)
    data["comment"] = posted.get("comment", "")
    data["person"] = posted.get("person", "")
    if verb == "dispatch":
        sections = [posted.get("section", ""), *posted.getlist("sections")]
        data.setlist("sections", list(dict.fromkeys(each for each in sections if each)))
    else:
        data["section"] = posted.get("section", "")
    return data


def _moved(request: HttpRequest, case: Case) -> HttpResponse:
    tasks = rights.open_tasks(case)
    holders = _("、").join(str(each.assignee or each.section or "") for each in tasks)
    words = _("已交给%(who)s：%(title)s") % {"who": holders, "title": case.title}
    address = next_address(request, "")
    if not request.headers.get("HX-Request") or address:
        messages.success(request, words)
    if not request.headers.get("HX-Request"):
        return HttpResponseRedirect(address or reverse("portal:board"))
    if address:
        return HttpResponse(headers={"HX-Redirect": address})
    trigger = {"toast": {"text": words}, "board-changed": True}
    return HttpResponse(headers={"HX-Trigger": json.dumps(trigger)})


def _dialog(task: Task, verb: str, chosen: QueryDict, problem: Problem | None) -> dict[str, Any]:
    person, section = _asked(chosen, task)
    sections = boards.sections_to_send(task.section or task.case.section)
    if section not in sections:
        sections.insert(0, section)
    return {
        "task": task,
        "verb": verb,
        "approval": task.kind == StepKind.APPROVE,
        "hands": _hands(task, section),
        "chosen_person": person,
        "section": section,
        "sections": sections,
        "comment": chosen.get("comment", "" if verb == "dispatch" else _("调度安排")),
        "problem": problem,
        "next": chosen.get("next", ""),
    }


def _asked(chosen: QueryDict, task: Task) -> tuple[int, Organisation]:
    """Whom a dropped card, or the dialog itself, asks for: a person, and the section whose people are shown."""
    kind, _colon, pk = chosen.get("to", "").partition(":")
    person = _number(pk if kind == "person" else chosen.get("person", ""))
    wanted = _number(pk if kind == "section" else chosen.get("section", ""))
    found = Organisation.objects.filter(pk=wanted, ended_on__isnull=True).first() if wanted else None
    if found is None and person:
        found = Organisation.objects.filter(people=person).first()
    return person, found or task.section or task.case.section


def _hands(task: Task, section: Organisation) -> list[boards.Hand]:
    case = task.case
    place_path = case.place.path if case.place else ""
    if task.kind == StepKind.APPROVE:
        above = (case.organisation or section).path
        people = scope.holders("affairs.approve", organisation_path=above, service=case.service)
        return boards.with_load(people.exclude(pk=case.applicant_id or 0), on_duty=set())
    handlers = scope.holders(
        "affairs.handle", organisation_path=section.path, place_path=place_path, service=case.service
    )
    duty = {each.pk for each in on_duty(section, at=timezone.now(), place_path=place_path)}
    return boards.with_load(handlers.exclude(pk=task.assignee_id or 0), on_duty=duty)
