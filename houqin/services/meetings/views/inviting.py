"""Who is asked: typed, by group, by section, or from a spreadsheet that is shown before anything happens; and where they park."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from houqin.foundation.errors import Problem
from houqin.portal import problems
from houqin.portal.door import person_of, signed_in
from houqin.services.meetings import actions, queries
from houqin.services.meetings.forms_attending import InviteForm, ParkingForm
from houqin.services.meetings.lists import Listed, read_list
from houqin.services.meetings.models import Meeting
from houqin.services.meetings.views.attending import run_by


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def participants(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is asked and what they answered; ask more by group, organisation, name, or from outside."""
    meeting, person = run_by(request, pk), person_of(request)
    form = InviteForm(request.POST or None, groups=queries.groups_of(person))
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                new = actions.invite(person, meeting=pk, people=form.everybody(), guests=form.strangers())
                said = ngettext("已邀请 %(n)d 人。", "已邀请 %(n)d 人。", len(new))
                messages.success(request, said % {"n": len(new)})
                return redirect("meetings:participants", pk)
        except Problem as problem:
            if not problems.is_about_input(problem):
                raise
            problems.put_into(form, problem)
            status = problems.status_of(problem)
    return _page(request, meeting, form, status=status)


def _page(
    request: HttpRequest, meeting: Meeting, form: InviteForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "meeting": meeting,
        "form": form,
        "groups": queries.groups_of(person_of(request)),
        **queries.roll(meeting),
        **more,
    }
    return render(request, "meetings/participants.html", context, status=status)


@signed_in
@require_POST
def from_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a spreadsheet and show whom it means, filled into the form of invitations. Nobody is asked yet."""
    meeting, person = run_by(request, pk), person_of(request)
    file = request.FILES.get("file")
    try:
        if not isinstance(file, UploadedFile):
            raise Problem(errors={"file": [_("请先选择名单文件。")]})
        rows = read_list(file.read(), file.name or "")
    except Problem as problem:
        said = [str(text) for texts in problem.errors.values() for text in texts]
        form = InviteForm(groups=queries.groups_of(person))
        return _page(request, meeting, form, status=422, list_problem=" ".join(said) or problem.message)
    form = InviteForm(
        initial={
            "people": _("、").join(row.person.staff_number or row.person.name for row in rows if row.person),
            "guests": "\n".join(_line(row) for row in rows if not row.person and not row.unclear),
        },
        groups=queries.groups_of(person),
    )
    return _page(request, meeting, form, listed=rows)


def _line(row: Listed) -> str:
    """A guest as the form takes one: tabs between the parts, so that a name of two words stays one."""
    guest = row.guest
    return "\t".join([guest.name, guest.organisation, guest.post, guest.phone]).rstrip("\t")


@signed_in
@require_POST
def expect(request: HttpRequest, pk: int) -> HttpResponse:
    """Make one guest a visitor, or all of them."""
    person, chosen = person_of(request), request.POST.get("participant", "")
    try:
        if chosen.isdecimal():
            guest = actions.expect_guest(person, meeting=pk, participant=int(chosen))
            said = _("已为 %(name)s 登记来访。") % {"name": guest.name}
        else:
            count = actions.expect_guests(person, meeting=pk)
            said = ngettext("已为 %(n)d 人登记来访。", "已为 %(n)d 人登记来访。", count) % {"n": count}
        messages.success(request, said)
    except Problem as problem:
        if not problems.is_about_input(problem):
            raise
        told = [str(text) for texts in problem.errors.values() for text in texts]
        messages.error(request, " ".join(told) or str(problem.message))
    return redirect("meetings:participants", pk)


@signed_in
@require_POST
def uninvite(request: HttpRequest, pk: int, participant: int) -> HttpResponse:
    """Take somebody off the list."""
    actions.uninvite(person_of(request), meeting=pk, participant=participant)
    messages.success(request, _("已移除。"))
    return redirect("meetings:participants", pk)


@signed_in
@require_POST
def save_group(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the list under a name."""
    try:
        made = actions.save_group(person_of(request), meeting=pk, name=request.POST.get("name", ""))
    except Problem as problem:
        if not problems.is_about_input(problem):
            raise
        messages.error(request, " ".join(str(text) for texts in problem.errors.values() for text in texts))
    else:
        messages.success(request, _("已保存为分组“%(name)s”，本科室都可以使用。") % {"name": made.name})
    return redirect("meetings:participants", pk)


@signed_in
@require_POST
def drop_group(request: HttpRequest, pk: int, group: int) -> HttpResponse:
    """Keep it no longer."""
    actions.drop_group(person_of(request), group=group)
    messages.success(request, _("分组已删除。"))
    return redirect("meetings:participants", pk)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def gates(request: HttpRequest, pk: int) -> HttpResponse:
    """Which doors open for whom and when, and the share of a lot that is kept; both follow the meeting."""
    meeting = run_by(request, pk)
    held = queries.gates_of(meeting)
    form = ParkingForm(request.POST or None, initial={"spaces": held.spaces or None})
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                lot = actions.reserve_parking(person_of(request), meeting=pk, **form.cleaned_data)
                said = _("已在%(lot)s预留车位。") % {"lot": lot} if lot else _("车位已退回。")
                messages.success(request, said)
                return redirect("meetings:gates", pk)
        except Problem as problem:
            if not problems.is_about_input(problem):
                raise
            problems.put_into(form, problem)
            status = problems.status_of(problem)
    context = {"meeting": meeting, "form": form, "held": held}
    return render(request, "meetings/gates.html", context, status=status)
