"""Duty: the week of a section, one shift, and one's own."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from houqin.foundation.errors import NotFound, NotPermitted, Problem
from houqin.foundation.people import actions, forms, queries, roster, scope
from houqin.foundation.people.models import DutyShift, Organisation, Person


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def week(request: HttpRequest) -> HttpResponse:
    """Plan a section's week. Whoever plans none comes to their own shifts."""
    actor = cast(Person, request.user)
    if not scope.holds(actor, "duty.manage"):
        return redirect("people:my_duty")
    sections = list(queries.sections_planned_by(actor))
    section = _chosen(sections, request.GET.get("section", ""), actor)
    if section is None:
        return redirect("people:my_duty")
    monday = _monday(request.GET.get("week", ""))
    form = forms.ShiftForm(request.POST or None, section=section, initial={"on": _first_day(monday)})
    if request.method == "POST" and form.is_valid() and _plan(request, actor, section, form):
        return HttpResponseRedirect(_address(section, monday))
    context: dict[str, Any] = {
        "week": roster.week(section, monday=monday),
        "section": section,
        "form": form,
        "today": timezone.localdate(),
        "sections": [_chip(each, monday, section) for each in sections],
        "address": _address(section, monday),
        "before": _address(section, monday - roster.WEEK),
        "after": _address(section, monday + roster.WEEK),
    }
    return render(request, "people/duty_week.html", context, status=422 if form.errors else 200)


def _plan(request: HttpRequest, actor: Person, section: Organisation, form: forms.ShiftForm) -> bool:
    start, end = form.span()
    values = {field: form.cleaned_data[field] for field in ("person", "place", "name")}
    try:
        actions.plan_shift(actor, section=section, starts_at=start, ends_at=end, **values)
    except Problem as problem:
        forms.add_problem(form, problem)
        return False
    messages.success(request, _("已排班：%(person)s") % {"person": form.cleaned_data["person"].name})
    return True


@login_required
@require_POST
def copy_week(request: HttpRequest) -> HttpResponse:
    """Plan a week as the one before it."""
    actor = cast(Person, request.user)
    sections = list(queries.sections_planned_by(actor))
    section = _chosen(sections, request.POST.get("section", ""), actor)
    if section is None:
        raise NotPermitted
    monday = _monday(request.POST.get("week", ""))
    planned, left_out = actions.copy_week(actor, section=section, monday=monday)
    text = ngettext("已复制 %(n)d 个班次。", "已复制 %(n)d 个班次。", planned) % {"n": planned}
    if left_out:
        text += ngettext(
            "另有 %(n)d 个班次因人员离开或时间重复没有复制。",
            "另有 %(n)d 个班次因人员离开或时间重复没有复制。",
            left_out,
        ) % {"n": left_out}
    messages.success(request, text)
    return HttpResponseRedirect(_address(section, monday))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def shift(request: HttpRequest, pk: int) -> HttpResponse:
    """One shift: who has it, who stands in, what was handed over."""
    actor = cast(Person, request.user)
    found = _shift(actor, pk)
    plans = scope.grant_for(actor, "duty.manage", organisation_path=found.section.path) is not None
    initial = {"substitute": found.substitute_id, "reason": found.substitute_reason}
    form = forms.SubstituteForm(request.POST or None, shift=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.substitute_shift(actor, shift=found, **form.cleaned_data)
        except NotPermitted:
            raise
        except Problem as problem:
            forms.add_problem(form, problem)
        else:
            messages.success(request, _("替班安排已保存，双方会收到通知。"))
            return redirect("people:shift", pk=pk)
    now = timezone.now()
    context = {
        "shift": found,
        "form": form,
        "may_plan": plans and not found.handed_over_at and found.ends_at > now,
        "may_drop": plans and found.starts_at > now,
        "may_hand_over": _may_hand_over(actor, found),
        "back": _address(found.section, _monday_of(timezone.localdate(found.starts_at)))
        if plans
        else reverse("people:my_duty"),
    }
    return render(request, "people/duty_shift.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a shift out of the plan."""
    actor = cast(Person, request.user)
    found = _shift(actor, pk)
    back = _address(found.section, _monday_of(timezone.localdate(found.starts_at)))
    try:
        actions.drop_shift(actor, shift=found)
    except NotPermitted:
        raise
    except Problem as problem:
        messages.error(request, str(problem.message))
    else:
        messages.success(request, _("已取消这一班。"))
    return HttpResponseRedirect(back)


@login_required
@require_http_methods(["GET", "HEAD"])
def mine(request: HttpRequest) -> HttpResponse:
    """My own shifts, and what the shift before left word of."""
    actor = cast(Person, request.user)
    now = timezone.now()
    shifts = list(queries.shifts_of(actor, since=now - timedelta(hours=2))[:50])
    context = {
        "running": [each for each in shifts if _may_hand_over(actor, each)],
        "coming": [each for each in shifts if each.starts_at > now],
        "handovers": queries.handovers_for(actor, at=now),
        "plans": scope.holds(actor, "duty.manage"),
        "form": forms.HandOverForm(),
    }
    return render(request, "people/duty_mine.html", context)


@login_required
@require_POST
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a shift over to the next one."""
    actor = cast(Person, request.user)
    found = _shift(actor, pk)
    form = forms.HandOverForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("交班事项不能超过 1000 字。"))
        return redirect("people:my_duty")
    try:
        actions.hand_over_shift(actor, shift=found, note=form.cleaned_data["note"])
    except NotPermitted:
        raise
    except Problem as problem:
        messages.error(request, str(problem.message))
    else:
        messages.success(request, _("已交班，接班人会收到通知。"))
    return redirect("people:my_duty")


def _shift(actor: Person, pk: int) -> DutyShift:
    found = queries.shift_for(actor, pk)
    if found is None:
        raise NotFound
    return found


def _may_hand_over(actor: Person, shift: DutyShift) -> bool:
    return (
        roster.holder(shift).pk == actor.pk and not shift.handed_over_at and shift.starts_at <= timezone.now()
    )


def _chosen(sections: list[Organisation], wanted: str, actor: Person) -> Organisation | None:
    """The section asked for, else one's own, else the first."""
    if wanted:
        chosen = next((each for each in sections if str(each.pk) == wanted), None)
        if chosen is None:
            raise NotFound
        return chosen
    own = next((each for each in sections if each.pk == actor.organisation_id), None)
    return own or (sections[0] if sections else None)


def _monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _monday(text: str) -> date:
    """The Monday of the week asked for, else of this week; a year no roster reaches is this week too."""
    today = timezone.localdate()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = today
    return _monday_of(day if abs(day.year - today.year) < 100 else today)


def _first_day(monday: date) -> date:
    return min(max(monday, timezone.localdate()), monday + timedelta(days=6))


def _address(section: Organisation, monday: date) -> str:
    return f"{reverse('people:duty')}?{urlencode({'section': section.pk, 'week': monday.isoformat()})}"


def _chip(section: Organisation, monday: date, current: Organisation) -> dict[str, Any]:
    return {
        "label": section,
        "url": _address(section, monday),
        "count": None,
        "current": section.pk == current.pk,
    }
