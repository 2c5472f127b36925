"""The guard's page for somebody who has come without an invitation."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from houqin.portal.door import person_of
from houqin.portal.guard import needs
from houqin.services.access import queries as doors
from houqin.services.visitors import actions, queries
from houqin.services.visitors.forms_gate import WalkInForm
from houqin.services.visitors.models import Visit
from houqin.services.visitors.views.forming import carry_out
from houqin.services.visitors.views.gate import gate_of


@needs("visitors.gate")
@require_http_methods(["GET", "HEAD", "POST"])
def walk_in(request: HttpRequest) -> HttpResponse:
    """Register them; the host is asked at once, and they wait in the queue."""
    actor = person_of(request)
    if request.method != "POST":
        return _page(request, WalkInForm(actor=actor))
    data = request.POST.copy()
    door = doors.door_of(gate_of(request, [each.code for each in doors.gates()]))
    data["gate"] = door.name if door else ""
    found = list(queries.hosts_typed(actor, data.get("find", "")[:50]))
    if not data.get("host") and len(found) == 1:  # what was typed can mean nobody else
        data["host"] = str(found[0].pk)
    form = WalkInForm(data, actor=actor)
    made, status = carry_out(form, lambda: actions.register_walk_in(actor, data=data))
    if made is None:
        return _page(request, form, status=status)
    messages.success(request, _told(made))
    return redirect("/visitors/gate?show=waiting")


@needs("visitors.gate")
@require_GET
def hosts(request: HttpRequest) -> HttpResponse:
    """Fragment: whom the guard may mean by what has been typed so far."""
    found = queries.hosts_typed(person_of(request), request.GET.get("find", "")[:50])
    context = {"hosts": found, "find": request.GET.get("find", "").strip()}
    return render(request, "visitors/walk_in.html#hosts", context)


@needs("visitors.gate")
@require_POST
def give_up(request: HttpRequest, pk: int) -> HttpResponse:
    """They have gone again before anybody answered."""
    made = actions.give_up(person_of(request), visit=pk)
    messages.success(request, _("已撤销%(name)s的登记。") % {"name": made.name})
    return redirect("/visitors/gate?show=waiting")


def _told(visit: Visit) -> str:
    if visit.held:
        return _("已登记%(name)s。请联系值班室核实后放行。") % {"name": visit.name}
    named = {"name": visit.name, "host": visit.host.name, "why": visit.exceeds}
    if visit.exceeds:
        return _("已登记%(name)s，已问%(host)s。%(why)s，还须安保审批。") % named
    return _("已登记%(name)s，已问%(host)s，同意后即可进入。") % named


def _page(request: HttpRequest, form: WalkInForm, *, status: int = 200) -> HttpResponse:
    find, chosen = (
        (form.data.get("find", "").strip()[:50], form.data.get("host", "")) if form.is_bound else ("", "")
    )
    context = {
        "form": form,
        "find": find,
        "chosen": chosen,
        "hosts": queries.hosts_typed(person_of(request), find),
        "optional": [form[name] for name in ("organisation", "kind", "plate", "items")],
    }
    return render(request, "visitors/walk_in.html", context, status=status)
