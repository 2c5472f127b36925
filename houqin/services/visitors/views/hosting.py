"""A host's pages: my visitors, inviting one or a list, a visit with its pass."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from houqin.foundation.calendar import clock
from houqin.foundation.errors import NotFound, Problem
from houqin.foundation.people import scope
from houqin.foundation.sealed.envelope import seal, unseal
from houqin.portal import problems
from houqin.portal.door import person_of, signed_in
from houqin.portal.questions import questions
from houqin.services.visitors import actions, queries, sheets
from houqin.services.visitors.forms import InviteForm, PeriodForm
from houqin.services.visitors.forms_keeping import GroupForm
from houqin.services.visitors.models import Visit, VisitState
from houqin.services.visitors.views.forming import carry_out

METHODS = ["GET", "HEAD", "POST"]
SHOWN = 50
#: For what the list between preview and confirmation is sealed.
_LIST = "visitors.group"


@signed_in
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Whom I receive: today and to come, and who was here last."""
    hosted, now = queries.hosted_by(person_of(request)), timezone.now()
    context = {
        "coming": list(
            hosted.filter(until_at__gt=now - timedelta(hours=2)).order_by("from_at", "pk")[:SHOWN]
        ),
        "past": list(hosted.filter(until_at__lte=now - timedelta(hours=2)).order_by("-from_at", "-pk")[:10]),
    }
    return render(request, "visitors/mine.html", context)


@signed_in
@require_http_methods(METHODS)
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody; within one's own right it is done at once."""
    actor = person_of(request)
    if request.method != "POST":
        start = _next_hour()
        usual = {
            "from_at": start,
            "until_at": start + timedelta(hours=2),
            "place": actor.usual_place,
            "host": actor.pk,
        }
        return _invite_page(request, InviteForm(initial=usual, actor=actor), 200)
    form = InviteForm(request.POST, actor=actor)
    made, status = carry_out(form, lambda: actions.invite(actor, **form.told()))
    if made is None:
        return _invite_page(request, form, status)
    if made.state == VisitState.PENDING:
        messages.success(
            request, _("已提交审批：%(why)s。批准后访客才会收到通行码。") % {"why": made.exceeds}
        )
    else:
        messages.success(request, _("已登记。请把通行码链接发给访客。"))
    return redirect("visitors:visit", made.pk)


def _invite_page(request: HttpRequest, form: InviteForm, status: int) -> HttpResponse:
    context = {"form": form, "questions": questions(form, person_of(request)), "draft": "visitors-invite"}
    return render(request, "visitors/invite.html", context, status=status)


def _next_hour() -> datetime:
    """When a visit probably begins: the next full hour, after hours nine on the next workday."""
    start = timezone.localtime().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    calendar = clock.load()
    if calendar.is_workday(start.date()) and 8 <= start.hour < 17:
        return start
    day = start.date() if start.hour < 8 else start.date() + timedelta(days=1)
    while not calendar.is_workday(day):
        day += timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, time(9)))


@signed_in
@require_http_methods(METHODS)
def group(request: HttpRequest) -> HttpResponse:
    """A list of visitors: read, shown line by line, and entered once that is confirmed."""
    actor = person_of(request)
    if request.method != "POST":
        start = _next_hour()
        usual = {"from_at": start, "until_at": start + timedelta(hours=2), "place": actor.usual_place}
        return _group_page(request, GroupForm(initial=usual, actor=actor))
    form = GroupForm(request.POST, request.FILES, actor=actor)
    try:
        lines = _lines(request, form)
    except Problem as problem:
        problems.put_into(form, problem)
        return _group_page(request, form, status=problems.status_of(problem))
    good = [line.guest for line in lines if not line.wrong]
    if "confirm" not in request.POST or not good:
        return _group_page(request, form, lines=lines, status=200 if form.is_valid() and good else 422)
    told = (
        {
            name: form.cleaned_data[name]
            for name in ("name", "kind", "purpose", "place", "from_at", "until_at")
        }
        if form.is_valid()
        else {}
    )
    made, status = carry_out(form, lambda: actions.invite_group(actor, host=actor, guests=good, **told))
    if made is None:
        return _group_page(request, form, lines=lines, status=status)
    said = ngettext("已登记 %(n)d 人。", "已登记 %(n)d 人。", len(good)) % {"n": len(good)}
    if made.visits.filter(state=VisitState.PENDING).exists():
        said += _("人数超出您的接待权限，已提交审批。")
    messages.success(request, said)
    return redirect("visitors:mine")


def _lines(request: HttpRequest, form: GroupForm) -> list[sheets.Line]:
    """From the file, or from what the preview sealed. Raises Problem."""
    if file := request.FILES.get("file"):
        if (file.size or 0) > sheets.MOST_BYTES:
            raise Problem(errors={"file": [_("文件超过 4 MB，请拆分后再传。")]})
        return sheets.lines_of(file.read(), file.name or "")
    if kept := request.POST.get("list"):
        try:
            told = json.loads(unseal(bytes.fromhex(kept), _LIST))
        except (Problem, ValueError) as error:
            raise Problem(errors={"file": [_("名单已失效，请重新上传。")]}) from error
        return [sheets.Line(row, sheets.Guest(**guest), tuple(wrong)) for row, guest, wrong in told]
    raise Problem(errors={"file": [_("请选择名单文件。")]})


def _group_page(
    request: HttpRequest, form: GroupForm, *, lines: list[sheets.Line] | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "questions": questions(form, person_of(request)), "lines": lines}
    if lines:
        kept = json.dumps([[line.row, vars(line.guest), line.wrong] for line in lines], ensure_ascii=False)
        context["list"] = seal(kept, _LIST).hex()
        context["good"] = sum(not line.wrong for line in lines)
        context["bad"] = len(lines) - context["good"]
    return render(request, "visitors/group.html", context, status=status)


@signed_in
@require_safe
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """One visit: how it stands, its pass to send on, what can be done."""
    return _visit_page(request, _seen(request, pk), None)


@signed_in
@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """At another time."""
    found, form = _seen(request, pk), PeriodForm(request.POST)
    made, status = carry_out(
        form, lambda: actions.move_visit(person_of(request), visit=pk, **form.cleaned_data)
    )
    if made is None:
        return _visit_page(request, found, form, status=status)
    messages.success(request, _("已改时间，门禁和车位随之调整。"))
    return redirect("visitors:visit", pk)


@signed_in
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """It is off."""
    try:
        actions.cancel_visit(person_of(request), visit=pk, reason=request.POST.get("reason", "")[:200])
    except Problem as problem:
        if not problems.is_about_input(problem):
            raise
        messages.error(request, str(problem.message))
    else:
        messages.success(request, _("已取消，通行码失效，车位退回。"))
    return redirect("visitors:visit", pk)


def _seen(request: HttpRequest, pk: int) -> Visit:
    found = queries.visits_seen_by(person_of(request)).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def _visit_page(
    request: HttpRequest, found: Visit, form: PeriodForm | None, *, status: int = 200
) -> HttpResponse:
    actor = person_of(request)
    runs = queries.visits_run_by(actor).filter(pk=found.pk).exists()
    period = form or PeriodForm(initial={"from_at": found.from_at, "until_at": found.until_at})
    context = {
        "visit": found,
        "crossings": found.crossings.select_related("by").order_by("-number"),
        "form": period,
        "runs": runs,
        "can_change": runs and found.is_open and not found.source,
        "link": f"{settings.BASE_URL}{reverse('visitors:pass', args=[found.key])}"
        if runs and found.state in (VisitState.EXPECTED, VisitState.INSIDE) and not found.held
        else "",
        "may_reveal": runs or scope.holds(actor, "visitors.view"),
    }
    return render(request, "visitors/visit.html", context, status=status)
