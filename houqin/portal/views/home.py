"""The first page: what to do now, what waits for my word, what I often ask for, and today."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from houqin.affairs.rights import PERMISSION
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.portal import queries, rows, words
from houqin.portal.door import person_of
from houqin.portal.drawn import drawn
from houqin.portal.home_cases import for_home
from houqin.portal.shell import Shell, shell
from houqin.portal.today import today

_TASKS = 5
_CASES = 5
_TILES = 8


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Home of whoever has signed in; passers-by get the public entry."""
    if not isinstance(request.user, Person):
        return redirect("portal:report")
    person, now = person_of(request), timezone.now()
    frame: Shell = shell(request)["shell"]
    tasks = _tasks(person, frame, now)
    asked, latest = for_home(person, latest=_CASES)
    day = today(person)
    waiting = [(row, words.VERBS[row.answer]) for row in asked]
    context = {
        "greeting": rows.greeting(now),
        "tasks": tasks,
        "waiting": waiting,
        "latest": latest,
        **_tiles(frame, queries.offered_lately(person)),
        "today": day,
        "duty": drawn("components/duty.html", duty=day.duty),
        "summary": _summary(tasks, len(waiting), frame.todo_count),
    }
    return render(request, "portal/home.html", context)


def _tasks(person: Person, frame: Shell, now: datetime) -> list[rows.TaskRow]:
    """The most urgent; nobody who neither has one nor shares a queue is asked about."""
    if not frame.todo_count and not any(scope.holds(person, each) for each in PERMISSION.values()):
        return []
    return rows.first_task_rows(person, now, _TASKS)


def _tiles(frame: Shell, offered: list[Any]) -> dict[str, Any]:
    """Favourites, or what is popular when there are none."""
    by_code = {each.item.code: each for each in offered}
    mine = [by_code[code] for code in frame.standing.favourites if code in by_code]
    shown = (mine or queries.popular(offered))[:_TILES]
    tiles = tuple(queries.tiles(shown, frame.standing.favourites))
    return {"tiles": drawn("components/home_tiles.html", tiles=tiles), "own_tiles": bool(mine)}


def _summary(tasks: list[rows.TaskRow], waiting: int, todo: int) -> str:
    """One sentence: what is most pressing."""
    red = sum(task.level == "red" for task in tasks)
    parts = []
    if red:
        parts.append(ngettext("%(n)d 件已超时，请先办", "%(n)d 件已超时，请先办", red) % {"n": red})
    elif todo:
        parts.append(ngettext("有 %(n)d 件待办", "有 %(n)d 件待办", todo) % {"n": todo})
    elif any(task.queued for task in tasks):
        parts.append(_("科室有待接的任务"))
    if waiting:
        parts.append(ngettext("%(n)d 件办件等您回复", "%(n)d 件办件等您回复", waiting) % {"n": waiting})
    return _("，").join(parts) if parts else _("现在没有要您办的事。")
