"""The year's calendar and what the administrator changes in it."""

from __future__ import annotations

from datetime import date
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from houqin.foundation.calendar import actions, forms, queries
from houqin.foundation.calendar.models import Day, DayKind
from houqin.foundation.calendar.notice import NoticeDay, parse_notice
from houqin.foundation.errors import Problem
from houqin.foundation.people.forms import add_problem
from houqin.foundation.people.models import Person
from houqin.foundation.people.scope import authorise_everywhere

FIRST_YEAR, LAST_YEAR = 2018, 2099


def _actor(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404


@login_required
@require_safe
def this_year(request: HttpRequest) -> HttpResponse:
    return redirect("calendar:year", timezone.localdate().year)


@login_required
@require_safe
def year(request: HttpRequest, year: int) -> HttpResponse:
    """Twelve months; whoever keeps the calendar opens a day to change it."""
    _check_year(year)
    months = queries.months(year)
    row = queries.year_of(year)
    context = {
        "year": year,
        "months": months,
        "workdays": sum(month.workdays for month in months),
        "notice_number": row.notice_number if row else "",
        "missing": [] if row and row.notice_number else [year],
        "missing_elsewhere": [each for each in queries.missing_years(timezone.localdate()) if each != year],
        "hours": queries.working_hours(),
        "may_manage": queries.may_manage(_actor(request)),
        "today": timezone.localdate(),
        "before": year - 1 if year > FIRST_YEAR else None,
        "after": year + 1 if year < LAST_YEAR else None,
    }
    return render(request, "calendar/year.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def day(request: HttpRequest, year: int, month: int, day: int) -> HttpResponse:
    """Change one day."""
    authorise_everywhere(_actor(request), actions.PERMISSION)
    try:
        on = date(year, month, day)
    except ValueError:
        raise Http404 from None
    _check_year(year)
    found = Day.objects.filter(on=on).first()
    initial = {"kind": found.kind if found else "plain", "name": found.name if found else ""}
    form = forms.DayForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and _set_day(request, on, form):
        return HttpResponseRedirect(reverse("calendar:year", args=[year]) + f"#d{on:%m%d}")
    context = {"form": form, "on": on, "cancel_url": reverse("calendar:year", args=[year])}
    return render(request, "calendar/day.html", context, status=422 if form.errors else 200)


def _set_day(request: HttpRequest, on: date, form: forms.DayForm) -> bool:
    kind = form.cleaned_data["kind"]
    try:
        actions.set_day(
            _actor(request), on=on, kind="" if kind == "plain" else kind, name=form.cleaned_data["name"]
        )
    except Problem as problem:
        add_problem(form, problem)
        return False
    messages.success(request, _("已更新 %(day)s，新的办理时限按此计算。") % {"day": f"{on:%Y-%m-%d}"})
    return True


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: HttpRequest, year: int) -> HttpResponse:
    """Paste the official notice, see which days it gives, adopt them."""
    authorise_everywhere(_actor(request), actions.PERMISSION)
    _check_year(year)
    row = queries.year_of(year)
    form = forms.NoticeForm(request.POST or None, initial={"notice_number": row.notice_number if row else ""})
    days: list[NoticeDay] = []
    if request.method == "POST" and form.is_valid():
        try:
            days = parse_notice(form.cleaned_data["text"], year)
            if "adopt" in request.POST:
                number = form.cleaned_data["notice_number"]
                actions.adopt_notice(_actor(request), year=year, notice_number=number, days=days)
                messages.success(request, _("已采用 %(year)s 年放假通知。") % {"year": year})
                return redirect("calendar:year", year)
        except Problem as problem:
            add_problem(form, problem)
    context = {
        "form": form,
        "year": year,
        "days": days,
        "off": sum(day.kind == DayKind.HOLIDAY for day in days),
        "cancel_url": reverse("calendar:year", args=[year]),
    }
    return render(request, "calendar/notice.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: HttpRequest) -> HttpResponse:
    """Working hours by the day they begin to hold."""
    authorise_everywhere(_actor(request), actions.PERMISSION)
    rows = queries.working_hours()
    form = forms.HoursForm(request.POST or None, initial=_times(rows))
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_hours(_actor(request), **form.cleaned_data)
        except Problem as problem:
            add_problem(form, problem)
        else:
            messages.success(request, _("已保存作息时间。"))
            return redirect("calendar:hours")
    context = {"form": form, "rows": rows}
    return render(request, "calendar/hours.html", context, status=422 if form.errors else 200)


def _times(rows: list[queries.WorkingHours]) -> dict[str, object]:
    if not rows:
        return {}
    names = ("morning_from", "morning_to", "afternoon_from", "afternoon_to")
    return {name: getattr(rows[0], name) for name in names}


@login_required
@require_POST
def remove_hours(request: HttpRequest, year: int, month: int, day: int) -> HttpResponse:
    try:
        actions.remove_hours(_actor(request), from_on=date(year, month, day))
    except ValueError:
        raise Http404 from None
    except Problem as problem:
        if problem.status != 400:
            raise
        messages.error(request, str(problem.message))
    return redirect("calendar:hours")
