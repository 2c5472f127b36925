"""Booking: one meeting, a series, or the case of a room that needs approval; and the ways out where it is taken."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from houqin.affairs.actions import submit
from houqin.affairs.forms import check
from houqin.foundation.errors import Problem
from houqin.foundation.people.models import Person
from houqin.portal import problems
from houqin.portal.door import person_of, signed_in
from houqin.services.meetings import actions, queries, rules
from houqin.services.meetings.forms import CHOICE, BookingForm, RepeatForm, moment_of, repeat_of
from houqin.services.meetings.problems import SeriesClash, Taken


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The booking form, with room and time filled in where the grid was dragged over."""
    actor = person_of(request)
    if request.method != "POST":
        repeat = RepeatForm(prefix="series", initial=repeat_of(request.GET.get("rule", "")))
        return _page(request, _prefilled(request, actor), repeat)
    form, repeat = BookingForm(_other_way(request), actor=actor), RepeatForm(request.POST, prefix="series")
    more: dict[str, Any] = {}
    status = 422
    if form.is_valid() and repeat.is_valid():
        try:
            return _book(request, actor, form, repeat)
        except Problem as problem:
            if not problems.is_about_input(problem):
                raise
            problems.put_into(form, problem)
            status = problems.status_of(problem)
            if isinstance(problem, Taken):
                more = {"ways": problem.alternatives, "may_wait": not repeat.cleaned_data["repeat"]}
            elif isinstance(problem, SeriesClash):
                more = {
                    "clashes": [(each, f"{CHOICE}{each.starts_at.isoformat()}") for each in problem.clashes]
                }
    return _page(request, form, repeat, status=status, **more)


def _book(request: HttpRequest, actor: Person, form: BookingForm, repeat: RepeatForm) -> HttpResponse:
    wish = form.wish()
    if rule := repeat.rule(wish.starts_at):
        asked = {
            **dict(form.data.items()),
            "rule": rule,
            "skip_holidays": repeat.cleaned_data["skip_holidays"],
        }
        whole = BookingForm(asked, actor=actor)
        check(whole)
        return _book_series(request, actor, whole)
    if rules.approval_needed(wish):
        case = submit(actor, item="meetings.book", data=form.data)
        messages.success(request, _("已提交审批，审批期间会议室为您保留。"))
        return redirect(case.get_absolute_url())
    meeting = actions.book(actor, wish=wish, **form.named())
    messages.success(request, _("已预订。"))
    return redirect("meetings:meeting", meeting.pk)


def _book_series(request: HttpRequest, actor: Person, form: BookingForm) -> HttpResponse:
    if actions.series_needs_approval(actor, wish=form.wish(), **form.repeated()):
        case = submit(actor, item="meetings.book", data=form.data)
        messages.success(request, _("系列会议已提交审批，审批期间各次会议室均为您保留。"))
        return redirect(case.get_absolute_url())
    series = actions.book_series(actor, wish=form.wish(), **form.repeated(), **form.named())
    first = series.meetings.order_by("starts_at")[0]
    messages.success(request, _("系列会议已预订，共 %(n)d 次。") % {"n": series.meetings.count()})
    return redirect("meetings:meeting", first.pk)


def _other_way(request: HttpRequest) -> QueryDict:
    """What was filled in; where one of the ways out was chosen, with its room and time."""
    given = request.POST.copy()
    room, _at, when = given.pop("way", [""])[0].partition("@")
    starts, _at, ends = when.partition("@")
    if room.isdecimal() and starts and ends:
        given["room"], given["starts_at"], given["ends_at"] = (
            queries.room_of(int(room)).place.code,
            starts,
            ends,
        )
    return given


def _prefilled(request: HttpRequest, actor: Person) -> BookingForm:
    first = timezone.localtime().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    starts = moment_of(request.GET.get("from")) or first
    ends = moment_of(request.GET.get("to")) or starts + timedelta(hours=1)
    room = request.GET.get("room", "")
    return BookingForm(
        initial={
            "room": room,
            "subject": request.GET.get("subject", "")[:100],
            "starts_at": starts,
            "ends_at": ends,
            "expected": request.GET.get("seats") or None,
        },
        actor=actor,
    )


def _page(
    request: HttpRequest, form: BookingForm, repeat: RepeatForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    code = str(form["room"].value() or "")
    room = queries.room_by_code(code)
    if room is None:
        form.offer_rooms()
    form.offer_layouts(room)
    context = {"form": form, "repeat": repeat, "room": room, **more}
    return render(request, "meetings/new.html", context, status=status)


@signed_in
@require_POST
def wait(request: HttpRequest) -> HttpResponse:
    """Wait for a room that is taken, with what the booking form held."""
    form = BookingForm(request.POST, actor=person_of(request))
    if not form.is_valid():
        return _page(request, form, RepeatForm(prefix="series"), status=422)
    wish = form.wish()
    try:
        actions.wait(
            person_of(request), room=wish.room, title=form.cleaned_data["subject"], starts_at=wish.starts_at,
            ends_at=wish.ends_at, expected=wish.expected,
        )  # fmt: skip
    except Problem as problem:
        if not problems.is_about_input(problem):
            raise
        said = [str(text) for texts in problem.errors.values() for text in texts]
        messages.error(request, " ".join(said) or str(problem.message))
    else:
        messages.success(request, _("已登记候补，会议室空出来时按登记先后自动预订并通知您。"))
    return redirect("meetings:mine")


@signed_in
@require_POST
def stop_waiting(request: HttpRequest, pk: int) -> HttpResponse:
    """Wait no longer."""
    actions.stop_waiting(person_of(request), wait=pk)
    messages.success(request, _("已取消候补。"))
    return redirect("meetings:mine")
