"""The guard's page: scan, type, tap. Who is expected, inside, overdue; one tap in or out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from houqin.foundation.errors import NotFound, Problem
from houqin.foundation.places.codes import drawing
from houqin.portal import problems
from houqin.portal.door import person_of
from houqin.portal.guard import needs
from houqin.services.access import queries as doors
from houqin.services.visitors import actions, queries
from houqin.services.visitors.models import Direction, How, Visit
from houqin.services.visitors.views.tabs import tabs

SHOWN = 60
_GATE = "visitors_gate"


def gate_of(request: HttpRequest, gates: Sequence[str]) -> str:
    """The code of the gate at which this browser stands: the one that was chosen, or the first; empty where there is none."""
    return str(request.session.get(_GATE) or (gates[0] if gates else ""))


@needs("visitors.gate")
@require_safe
def gate(request: HttpRequest) -> HttpResponse:
    """``show``: expected (default), waiting, inside, overdue; ``q``: a name, a plate, the last four digits. Asks for itself anew."""
    actor, find = person_of(request), request.GET.get("q", "").strip()[:50]
    show = request.GET.get("show", "")
    gates = list(doors.gates())
    code = gate_of(request, [each.code for each in gates])
    inside = list(queries.inside(actor)[:1000])
    expected = list(queries.expected(actor, find)[: SHOWN + 1])
    overdue = [visit for visit in inside if visit.is_overdue]
    waiting = list(queries.waiting(actor)[:SHOWN])
    context: dict[str, Any] = {
        "gates": gates,
        "gate": code,
        "find": find,
        "show": show,
        "now": timezone.now(),
        "tabs": tabs(request, "gate"),
        "rows": expected[:SHOWN],
        "more": len(expected) > SHOWN,
        "counts": {
            "expected": len(expected[:SHOWN]),
            "waiting": len(waiting),
            "inside": len(inside),
            "overdue": len(overdue),
        },
    }
    if find:
        context["rows"] = [*queries.inside(actor, find=find)[:SHOWN], *expected[:SHOWN]]
        context["workers"] = list(queries.workers_at_gate(actor, find)[:10])
    elif show == "waiting":
        context["rows"], context["more"] = waiting, False
    elif show == "inside":
        context["rows"], context["more"] = inside[:SHOWN], len(inside) > SHOWN
    elif show == "overdue":
        context["rows"], context["more"] = overdue[:SHOWN], len(overdue) > SHOWN
    live = bool(getattr(request, "htmx", False))
    if not live:
        context["qr"] = drawing(f"{settings.BASE_URL}{reverse('visitors:request')}")
    return problems.vary(
        render(request, "visitors/gate.html#live" if live else "visitors/gate.html", context)
    )


@needs("visitors.gate")
@require_POST
def scan(request: HttpRequest) -> HttpResponse:
    """A pass was read, or something typed to look for."""
    given = request.POST.get("q", "").strip()
    if not given.startswith("HQ1."):
        return redirect(f"{reverse('visitors:gate')}?{urlencode({'q': given[:50]})}")

    def work() -> tuple[Visit, str]:
        return actions.pass_by(person_of(request), token=given, gate=request.session.get(_GATE, ""))

    return _done(request, work)


@needs("visitors.gate")
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """At which gate I stand; this browser remembers."""
    code = request.POST.get("gate", "")
    if not any(door.code == code for door in doors.gates()):
        raise NotFound
    request.session[_GATE] = code
    return redirect("visitors:gate")


@needs("visitors.gate")
@require_POST
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    """Let in, with as many people and things as came."""
    people = request.POST.get("people", "")
    told: dict[str, Any] = {
        "visit": pk,
        "gate": request.POST.get("gate", ""),
        "how": How.NAME,
        "people": min(int(people), 999) if people.isascii() and people.isdigit() and len(people) < 5 else 0,
        "items": request.POST.get("items", "")[:200],
    }
    return _done(request, lambda: (actions.enter(person_of(request), **told), Direction.IN))


@needs("visitors.gate")
@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Gone."""
    code = request.POST.get("gate", "")
    return _done(request, lambda: (actions.leave(person_of(request), visit=pk, gate=code), Direction.OUT))


@needs("visitors.gate")
@require_POST
def enter_worker(request: HttpRequest, pk: int) -> HttpResponse:
    """A contractor's worker."""
    code = request.POST.get("gate", "")
    return _done(
        request, lambda: (actions.enter_worker(person_of(request), worker=pk, gate=code), Direction.IN)
    )


def _done(request: HttpRequest, work: Callable[[], tuple[Visit, str]]) -> HttpResponse:
    """Do it, say what became of it, and go on with the queue."""
    try:
        visit, way = work()
    except Problem as problem:
        if not problems.is_about_input(problem):
            raise
        messages.error(request, str(problem.message))
    else:
        named = {"name": visit.name, "host": visit.host.name, "place": visit.place}
        if way == Direction.IN:
            messages.success(request, _("%(name)s 已进入，到%(place)s找%(host)s。") % named)
        else:
            messages.success(request, _("%(name)s 已离开。") % named)
    show = request.POST.get("show", "")
    return redirect(reverse("visitors:gate") + (f"?{urlencode({'show': show})}" if show else ""))
