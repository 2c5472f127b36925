"""One meeting and one's own meetings: look, move, call off."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from houqin.foundation.errors import Problem
from houqin.portal import problems
from houqin.portal.door import person_of, signed_in
from houqin.services.meetings import actions, queries
from houqin.services.meetings.forms import MoveForm
from houqin.services.meetings.models import Meeting, MeetingState
from houqin.services.meetings.problems import SeriesClash, Taken

SHOWN = 50
#: Which of a series a change is for.
ONE, FOLLOWING = "one", "following"


@signed_in
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What lies ahead of me, what I wait for, what is over."""
    person, now = person_of(request), timezone.now()
    own = queries.own_meetings(person)
    context = {
        "coming": own.filter(ends_at__gt=now, state__in=("pending", "booked", "running"))[:SHOWN],
        "waits": queries.waits_of(person)[:SHOWN],
        "over": own.exclude(ends_at__gt=now, state__in=("pending", "booked", "running")).order_by(
            "-starts_at"
        )[:20],
    }
    return render(request, "meetings/mine.html", context)


@signed_in
@require_safe
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """One meeting: for whom it concerns whole, for others as much as the grid says."""
    person = person_of(request)
    found = queries.any_meeting(pk)
    may_run = queries.may_run(person, found)
    context: dict[str, Any] = {
        "meeting": found,
        "title": queries.shown_title(person, found),
        "may_run": may_run,
        "may_change": may_run
        and found.state in (MeetingState.BOOKED, MeetingState.PENDING)
        and found.ends_at > timezone.now(),
        "may_end": may_run and found.state == MeetingState.RUNNING,
        "left_in_series": queries.left_in_series(found),
    }
    if may_run:
        context["story"] = queries.story_of(found)
    return render(request, "meetings/meeting.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Another time or room, for this meeting or for it and all that follow in its series."""
    person = person_of(request)
    found = queries.meeting_of(person, pk)
    form = MoveForm(
        request.POST or None,
        initial={
            "room": found.room_id,
            "starts_at": found.starts_at,
            "ends_at": found.ends_at,
            "seen": found.sequence,
        },
    )
    context: dict[str, Any] = {
        "meeting": found,
        "form": form,
        "left_in_series": queries.left_in_series(found),
    }
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                _move(request, found, form)
                messages.success(request, _("已改好，参会人会收到通知。"))
                return redirect("meetings:meeting", pk)
        except Problem as problem:
            if not problems.is_about_input(problem):
                raise
            problems.put_into(form, problem)
            status = problems.status_of(problem)
            if isinstance(problem, Taken):
                context["ways"] = problem.alternatives
            elif isinstance(problem, SeriesClash):
                context["clashes"] = problem.clashes
    return render(request, "meetings/move.html", context, status=status)


def _move(request: HttpRequest, found: Meeting, form: MoveForm) -> None:
    given = form.cleaned_data
    if found.series_id and request.POST.get("which") == FOLLOWING:
        minutes = int((given["ends_at"] - given["starts_at"]).total_seconds() // 60)
        actions.move_following(
            person_of(request), meeting=found.pk, room=given["room"] if given["room"].pk != found.room_id else None,
            shift=given["starts_at"] - found.starts_at, minutes=minutes,
        )  # fmt: skip
        return
    actions.move(
        person_of(request), meeting=found.pk, room=given["room"], starts_at=given["starts_at"], ends_at=given["ends_at"],
        seen=given["seen"],
    )  # fmt: skip


@signed_in
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Call it off, or it and all that follow."""
    person, reason = person_of(request), request.POST.get("reason", "")[:200]
    if request.POST.get("which") == FOLLOWING:
        count = actions.cancel_following(person, meeting=pk, reason=reason)
        said = ngettext("已取消后续 %(n)d 次会议。", "已取消后续 %(n)d 次会议。", count)
        messages.success(request, said % {"n": count})
    else:
        actions.cancel(person, meeting=pk, reason=reason)
        messages.success(request, _("会议已取消，会议室已释放。"))
    return redirect("meetings:meeting", pk)


@signed_in
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """It is over early."""
    actions.end(person_of(request), meeting=pk)
    messages.success(request, _("会议已结束，剩余时间已释放。"))
    return redirect("meetings:meeting", pk)
