"""Outages: open one, put it off, close it; and who reported it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from houqin.foundation.errors import Problem
from houqin.portal import problems
from houqin.portal.door import person_of
from houqin.portal.guard import needs
from houqin.services.repairs import actions, queries
from houqin.services.repairs.forms import ExtendForm, IncidentForm

SHOWN = 30


@needs("repairs.incidents")
@require_http_methods(["GET", "HEAD", "POST"])
def incidents(request: HttpRequest) -> HttpResponse:
    """The outages of my scope, and the form that announces one."""
    form = IncidentForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                incident = actions.open_incident(person_of(request), **form.cleaned_data)
                messages.success(request, _("已发布：%(title)s") % {"title": incident.title})
                return redirect("repairs:incidents")
        except Problem as problem:
            if not problems.is_about_input(problem):
                raise
            problems.put_into(form, problem)
            status = problems.status_of(problem)
    rows = list(queries.incidents_of(person_of(request))[:SHOWN])
    context: dict[str, Any] = {
        "running": [
            (each, ExtendForm(auto_id=f"extend-{each.pk}-%s")) for each in rows if not each.closed_at
        ],
        "over": [each for each in rows if each.closed_at],
        "form": form,
    }
    return render(request, "repairs/incidents.html", context, status=status)


@needs("repairs.incidents")
@require_POST
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    """A later end."""
    form = ExtendForm(request.POST)
    try:
        if form.is_valid():
            actions.extend_incident(person_of(request), incident=pk, **form.cleaned_data)
            messages.success(request, _("已延期，相关人员都会收到通知。"))
        else:
            messages.error(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
    except Problem as problem:
        if not problems.is_about_input(problem):
            raise
        messages.error(request, str(problem.message))
    return redirect("repairs:incidents")


@needs("repairs.incidents")
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """It is over."""
    actions.close_incident(person_of(request), incident=pk, note=request.POST.get("note", "")[:200])
    messages.success(request, _("已解除，相关人员都会收到通知。"))
    return redirect("repairs:incidents")
