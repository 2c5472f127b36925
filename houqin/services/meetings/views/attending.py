"""Participants signing in at the screen or the desk, each on their own page; what the meeting needs; name plates."""

from __future__ import annotations

import csv
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from houqin.foundation.errors import NotFound, Problem
from houqin.foundation.people.models import Person
from houqin.foundation.places.codes import drawing
from houqin.portal import problems
from houqin.portal.door import person_of, signed_in
from houqin.services.meetings import actions, codes, queries
from houqin.services.meetings.forms_attending import FeedbackForm, NeedForm, SubstituteForm
from houqin.services.meetings.models import Meeting, Participant, Reply


def run_by(request: HttpRequest, pk: int) -> Meeting:
    """The meeting, for who runs it; nobody else finds it."""
    found = queries.any_meeting(pk)
    if not queries.may_run(person_of(request), found):
        raise NotFound
    return found


# -- signing in ----------------------------------------------------------------------------------------------------


@signed_in
@require_safe
def screen(request: HttpRequest, pk: int) -> HttpResponse:
    """For the screen of the room: the code of this minute and how many are there. Asks for itself anew every few seconds."""
    meeting = run_by(request, pk)
    code = codes.code_of(pk)
    address = f"{settings.BASE_URL}{reverse('meetings:sign', args=[pk])}?c={code}"
    context = {"meeting": meeting, "qr": drawing(address), "code": code, **queries.roll_counts(meeting)}
    template = "meetings/screen.html#live" if getattr(request, "htmx", False) else "meetings/screen.html"
    return problems.vary(render(request, template, context))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever scanned the screen taps once."""
    meeting = queries.any_meeting(pk)
    code = request.POST.get("c") or request.GET.get("c") or ""
    title = queries.shown_title(person_of(request), meeting)
    context: dict[str, Any] = {"meeting": meeting, "title": title, "code": code}
    if request.method == "POST":
        try:
            context["done"] = actions.sign_in_by_code(person_of(request), meeting=pk, code=code)
        except Problem as problem:
            context["problem"] = problem
            return render(request, "meetings/sign.html", context, status=problem.status)
    return render(request, "meetings/sign.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def attendance(request: HttpRequest, pk: int) -> HttpResponse:
    """The desk: scan a pass, or tick people off; live figures of who is there, late and missing."""
    meeting = run_by(request, pk)
    if request.method == "POST":
        try:
            if token := codes.token_of(request.POST.get("pass", "")):
                who = actions.sign_in_by_pass(person_of(request), meeting=pk, token=token)
                messages.success(request, _("%(name)s 已签到。") % {"name": who.name})
            else:
                ticked = [int(each) for each in request.POST.getlist("participant") if each.isdecimal()]
                count = actions.sign_in_listed(person_of(request), meeting=pk, participants=ticked)
                messages.success(request, _("已登记 %(n)d 人签到。") % {"n": count})
        except Problem as problem:
            messages.error(request, str(problem.message))
        return redirect("meetings:attendance", pk)
    context = {
        "meeting": meeting,
        "find": request.GET.get("q", ""),
        **queries.roll(meeting, request.GET.get("q", "")),
    }
    template = (
        "meetings/attendance.html#live" if getattr(request, "htmx", False) else "meetings/attendance.html"
    )
    return problems.vary(render(request, template, context))


@signed_in
@require_safe
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """The attendance list as a spreadsheet reads it (CSV with a mark for Excel)."""
    meeting = run_by(request, pk)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="attendance-{pk}.csv"'
    answer.write("\ufeff")
    table = csv.writer(answer)
    table.writerow([_("姓名"), _("单位"), _("职务"), _("答复"), _("签到时间"), _("签到方式")])
    for each in meeting.participants.order_by("organisation", "id"):
        at = f"{timezone.localtime(each.signed_in_at):%Y-%m-%d %H:%M:%S}" if each.signed_in_at else ""
        row = [
            each.name,
            each.organisation,
            each.post,
            each.get_reply_display(),
            at,
            each.get_signed_in_by_display(),
        ]
        table.writerow([_harmless(str(cell)) for cell in row])
    return answer


def _harmless(cell: str) -> str:
    """A name that begins like a formula stays a name in the spreadsheet."""
    return f"'{cell}" if cell[:1] in "=+-@\t" and cell[:1] else cell


@signed_in
@require_safe
def plates(request: HttpRequest, pk: int) -> HttpResponse:
    """Name plates to print and fold: those who come, in the order of the list."""
    meeting = run_by(request, pk)
    people = meeting.participants.exclude(reply="no").order_by("id")
    return render(request, "meetings/plates.html", {"meeting": meeting, "people": people})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def needs(request: HttpRequest, pk: int) -> HttpResponse:
    """What the meeting needs, and who prepares it."""
    meeting = run_by(request, pk)
    form = NeedForm(request.POST or None, initial={"wanted_at": meeting.starts_at})
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                actions.ask_need(person_of(request), meeting=pk, **form.cleaned_data)
                messages.success(request, _("已转有关科室准备，会议改期时会自动跟着调整。"))
                return redirect("meetings:needs", pk)
        except Problem as problem:
            if not problems.is_about_input(problem):
                raise
            problems.put_into(form, problem)
            status = problems.status_of(problem)
    context = {"meeting": meeting, "form": form, "needs": queries.needs_of(meeting)}
    return render(request, "meetings/needs.html", context, status=status)


# -- a participant's own page --------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest, token: str) -> HttpResponse:
    """One's own page of a meeting, by the secret address: reply, pass to show at the desk, how it was. No account needed."""
    participant = queries.participant_of(token)
    viewer = request.user if isinstance(request.user, Person) else None
    own = viewer is not None and viewer.pk == participant.person_id
    form = SubstituteForm(request.POST if "substitute" in request.POST else None) if own else None
    if request.method == "POST":
        try:
            if form is not None and form.is_bound:
                if not form.is_valid():
                    return render(request, "meetings/own.html", _own(participant, form=form), status=422)
                actions.send_substitute(person_of(request), token=token, **form.cleaned_data)
                messages.success(request, _("已通知代会人，您的答复记为不参加。"))
            else:
                actor = actions.actor_of(participant, viewer)
                actions.reply(
                    actor,
                    token=token,
                    answer=request.POST.get("answer", ""),
                    note=request.POST.get("note", ""),
                )
                messages.success(request, _("已答复，谢谢。"))
        except Problem as problem:
            messages.error(request, str(problem.message))
        return redirect("meetings:own", token)
    address = f"{settings.BASE_URL}{reverse('meetings:own', args=[token])}"
    return render(request, "meetings/own.html", _own(participant, qr=drawing(address), form=form))


@require_POST
def vehicle(request: HttpRequest, token: str) -> HttpResponse:
    """A guest says with what they come."""
    participant = queries.participant_of(token)
    actor = actions.actor_of(participant, request.user if isinstance(request.user, Person) else None)
    try:
        actions.bring_vehicle(actor, token=token, plate=request.POST.get("plate", "")[:20])
        messages.success(request, _("已登记，车位安排见下方。"))
    except Problem as problem:
        told = [str(text) for texts in problem.errors.values() for text in texts]
        messages.error(request, " ".join(told) or str(problem.message))
    return redirect("meetings:own", token)


@require_http_methods(["GET", "HEAD", "POST"])
def own_feedback(request: HttpRequest, token: str) -> HttpResponse:
    """How it was: three taps."""
    participant = queries.participant_of(token)
    actor = actions.actor_of(participant, request.user if isinstance(request.user, Person) else None)
    form = FeedbackForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                actions.give_feedback(actor, token=token, **form.cleaned_data)
                messages.success(request, _("谢谢您的评价。"))
                return redirect("meetings:own", token)
        except Problem as problem:
            if not problems.is_about_input(problem):
                raise
            problems.put_into(form, problem)
            status = problems.status_of(problem)
    return render(request, "meetings/feedback.html", _own(participant, form=form), status=status)


@signed_in
@require_safe
def feedback(request: HttpRequest, pk: int) -> HttpResponse:
    """From the notice to one's own page."""
    return redirect("meetings:own_feedback", queries.own_participant(person_of(request), pk).token)


@signed_in
@require_safe
def my_place(request: HttpRequest, pk: int) -> HttpResponse:
    """From an invitation to one's own page."""
    return redirect("meetings:own", queries.own_participant(person_of(request), pk).token)


def _own(participant: Participant, **more: Any) -> dict[str, Any]:
    meeting = participant.meeting
    return {
        "participant": participant,
        "meeting": meeting,
        "visit": queries.visit_of(participant),
        "open": meeting.is_open,
        "may_rate": meeting.starts_at <= timezone.now()
        and meeting.state in ("running", "ended")
        and (participant.reply != Reply.NO or participant.signed_in_at is not None),
        **more,
    }
