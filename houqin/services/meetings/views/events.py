"""Big events: the list, the plan with everything on it, the run sheet to print."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from houqin.foundation.errors import NotFound, Problem
from houqin.portal import problems
from houqin.portal.door import person_of, signed_in
from houqin.portal.guard import needs
from houqin.services.meetings import actions, queries
from houqin.services.meetings.forms_events import EventForm, MoveEventForm
from houqin.services.meetings.planning import PARTS, add_part, form_of
from houqin.services.meetings.problems import SeriesClash


@needs("meetings.serve")
@require_http_methods(["GET", "HEAD", "POST"])
def events(request: HttpRequest) -> HttpResponse:
    """What is planned, and the form that begins another."""
    form = EventForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                made = actions.plan_event(person_of(request), **form.cleaned_data)
                return redirect("meetings:event", made.pk)
        except Problem as problem:
            if not problems.is_about_input(problem):
                raise
            problems.put_into(form, problem)
    person = person_of(request)
    over = queries.events_of(person).filter(ends_at__lt=timezone.now())[:20]
    context = {"coming": queries.coming_events(person), "over": over, "form": form}
    return render(request, "meetings/events.html", context, status=status)


@signed_in
@require_safe
def event(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan, with a form for each part."""
    queries.event_of(person_of(request), pk)
    return _plan(request, pk)


@signed_in
@require_POST
def add(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    """Add to one part of the plan."""
    person = person_of(request)
    queries.event_of(person, pk)
    if part not in PARTS:
        raise NotFound
    form = form_of(part, pk, request.POST)
    more: dict[str, Any] = {}
    try:
        if form.is_valid():
            add_part(person, pk, part, form.cleaned_data)
            messages.success(request, _("已加入活动方案。"))
            return redirect("meetings:event", pk)
    except Problem as problem:
        if not problems.is_about_input(problem):
            raise
        problems.put_into(form, problem)
        if isinstance(problem, SeriesClash):
            more["clashes"] = problem.clashes
    return _plan(request, pk, status=422, given={part: form}, **more)


@signed_in
@require_POST
def tick(request: HttpRequest, pk: int, check: int) -> HttpResponse:
    """A line of the check-list is done, or not after all."""
    actions.tick(person_of(request), event=pk, check=check)
    return redirect("meetings:event", pk)


@signed_in
@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """All of it at another time."""
    person = person_of(request)
    found, form = queries.event_of(person, pk), MoveEventForm(request.POST)
    try:
        if form.is_valid():
            actions.move_event(person, event=pk, by=form.cleaned_data["starts_at"] - found.starts_at)
            messages.success(request, _("活动已整体改期，会场、值守、车辆和流程单一并调整。"))
            return redirect("meetings:event", pk)
    except Problem as problem:
        if not problems.is_about_input(problem):
            raise
        problems.put_into(form, problem)
    return _plan(request, pk, status=422, given={"move": form})


@signed_in
@require_POST
def call_off(request: HttpRequest, pk: int) -> HttpResponse:
    """It will not be."""
    try:
        actions.call_off_event(person_of(request), event=pk, reason=request.POST.get("reason", "")[:200])
    except Problem as problem:
        if not problems.is_about_input(problem):
            raise
        messages.error(
            request,
            " ".join(str(text) for texts in problem.errors.values() for text in texts)
            or str(problem.message),
        )
        return redirect("meetings:event", pk)
    messages.success(request, _("活动已取消，会场全部释放。"))
    return redirect("meetings:events")


@signed_in
@require_safe
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The run sheet by minute, with posts and vehicles, for whoever plans it or stands at a post; made to be printed."""
    return render(request, "meetings/event_sheet.html", queries.sheet_of(person_of(request), pk))


def _plan(
    request: HttpRequest,
    pk: int,
    *,
    status: int = 200,
    given: dict[str, forms.Form] | None = None,
    **more: Any,
) -> HttpResponse:
    given = given or {}
    plan = queries.sheet_of(person_of(request), pk)
    shown = {part: given.get(part) or form_of(part, pk) for part in PARTS}
    initial = {"starts_at": plan["event"].starts_at}
    shown["move"] = given.get("move") or MoveEventForm(initial=initial, auto_id="move-%s")
    return render(request, "meetings/event.html", {**plan, "forms": shown, **more}, status=status)
