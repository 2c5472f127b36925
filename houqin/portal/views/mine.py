"""我的办件 and 待办: what I asked for, and what I have to do."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from houqin.affairs import queries as affairs
from houqin.foundation.people.models import Person
from houqin.portal import queries, rows
from houqin.portal.door import person_of, signed_in

_PAGE = queries.PAGE
#: Tasks are cards with buttons, so a page of them holds fewer.
_TASKS = 20


@require_safe
@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """My cases, newest first: filters with their counts, one page by key."""
    person = person_of(request)
    boxes = {key: name for key, name, _condition in queries.BOXES}
    box = request.GET.get("box", "all")
    box = box if box in boxes else "all"
    before = request.GET.get("before", "")
    found = queries.my_page(person, box=box, before=int(before) if before.isdecimal() else None)
    counts = queries.my_counts(person)
    context = {
        "cases": rows.case_rows(found[:_PAGE]),
        "chips": [
            {"label": name, "url": f"?box={key}", "count": counts[key], "current": key == box}
            for key, name in boxes.items()
            if counts[key] or key in ("all", box)
        ],
        "counts": counts,
        "box": box,
        "next_url": f"?box={box}&before={found[_PAGE - 1].pk}" if len(found) > _PAGE else "",
        "first_url": f"?box={box}" if before else "",
    }
    return render(request, "portal/mine.html", context)


@require_safe
@signed_in
def todo(request: HttpRequest) -> HttpResponse:
    """My tasks, those I stand in for and my sections' queues: most urgent first, one page by key."""
    person, now = person_of(request), timezone.now()
    box = request.GET.get("box", "all")
    box = box if box in ("mine", "queue", "instead") else "all"
    after = _after(request.GET.get("after", ""))
    if box == "all" and not after:
        page = rows.first_task_rows(person, now, _TASKS + 1)
    else:
        wanted = affairs.todo(person).filter(_box(box, person), after or Q())
        page = rows.task_rows(wanted[: _TASKS + 1], person.pk, now)
    drawn, whole = page[:_TASKS], box == "all" and not after and len(page) <= _TASKS
    counts = _counted(drawn) if whole else affairs.todo_counts(person)
    here = request.get_full_path()
    context = {
        "groups": _groups(drawn, here),
        "counts": counts,
        "summary": _summary(counts),
        "chips": _chips(counts, box),
        "next_url": f"?{urlencode({'box': box, 'after': _key(page[_TASKS - 1])})}"
        if len(page) > _TASKS
        else "",
        "first_url": f"?box={box}" if request.GET.get("after") else "",
        "here": here,
    }
    return render(request, "portal/todo.html", context)


def _counted(drawn: list[rows.TaskRow]) -> affairs.TodoCounts:
    """The counts from a page that holds all the tasks."""
    return affairs.TodoCounts(
        all=len(drawn),
        red=sum(task.level == "red" for task in drawn),
        amber=sum(task.level == "amber" for task in drawn),
        mine=sum(not task.queued and not task.instead_of for task in drawn),
        queue=sum(task.queued for task in drawn),
        instead=sum(bool(task.instead_of) for task in drawn),
    )


def _box(box: str, person: Person) -> Q:
    return {
        "mine": Q(assignee=person),
        "queue": Q(assignee__isnull=True),
        "instead": Q(assignee__isnull=False) & ~Q(assignee=person),
    }.get(box, Q())


def _chips(counts: affairs.TodoCounts, box: str) -> list[dict[str, Any]]:
    names = {"all": _("全部"), "mine": _("派给我的"), "queue": _("科室待接"), "instead": _("代他人办")}
    many: dict[str, int] = vars(counts)
    shown = [key for key in names if many[key] or key in ("all", box)]
    return [
        {"label": names[key], "url": f"?box={key}", "count": many[key], "current": key == box}
        for key in (shown if len(shown) > 2 or box != "all" else [])
    ]


def _groups(drawn: list[rows.TaskRow], here: str) -> list[dict[str, Any]]:
    """Overdue, nearly so, and the rest, which is all where nothing is late; an empty group is left out."""
    late = any(task.level for task in drawn)
    names = (("red", _("超时")), ("amber", _("即将超时")), ("", _("其余待办") if late else _("全部")))
    groups = [
        {"level": level, "name": name, "tasks": [task.card(here) for task in drawn if task.level == level]}
        for level, name in names
    ]
    return [group for group in groups if group["tasks"]]


def _summary(counts: affairs.TodoCounts) -> str:
    if not counts.all:
        return ""
    parts = [ngettext("共 %(n)d 件", "共 %(n)d 件", counts.all) % {"n": counts.all}]
    if counts.red:
        parts.append(ngettext("%(n)d 件已超时", "%(n)d 件已超时", counts.red) % {"n": counts.red})
    if counts.amber:
        parts.append(ngettext("%(n)d 件即将超时", "%(n)d 件即将超时", counts.amber) % {"n": counts.amber})
    return _("，").join(parts)


def _key(task: rows.TaskRow) -> str:
    """Where a page ends: the limit (none sorts last) and the id."""
    return f"{task.due.isoformat() if task.due else ''}~{task.task}"


def _after(key: str) -> Q | None:
    """Tasks behind the place that ``key`` names; None for a key that is none."""
    due, _sign, pk = key.partition("~")
    if not pk.isdecimal():
        return None
    if not due:
        return Q(due_at__isnull=True, pk__gt=int(pk))
    at = parse_datetime(due)
    if at is None or timezone.is_naive(at):
        return None
    return Q(due_at__gt=at) | Q(due_at=at, pk__gt=int(pk)) | Q(due_at__isnull=True)
