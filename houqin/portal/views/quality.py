"""Quality control (质量回访): a weekly sample to call, rated apart from what applicants said."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from houqin.affairs import actions, rights
from houqin.affairs import queries as affairs
from houqin.affairs.models import RatingKind, State
from houqin.foundation.errors import NotFound, NotPermitted, Problem
from houqin.portal import problems
from houqin.portal import quality as control
from houqin.portal.door import person_of
from houqin.portal.forms_staff import QualityForm
from houqin.portal.guard import needs

check = needs("affairs.quality")
_WEEK = timedelta(days=7)


@check
@require_GET
def quality(request: HttpRequest) -> HttpResponse:
    """The sample of a week: the badly rated first, those already called at the end."""
    monday = _monday(request.GET.get("week", ""))
    cases = control.sample(person_of(request), monday)
    this_week = control.monday_of(timezone.localdate())
    context = {
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "open": [case for case in cases if case.checked is None],  # type: ignore[attr-defined]
        "called": [case for case in cases if case.checked is not None],  # type: ignore[attr-defined]
        "before": (monday - _WEEK).isoformat(),
        "after": (monday + _WEEK).isoformat() if monday < this_week else "",
    }
    return render(request, "portal/quality.html", context)


def _monday(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = timezone.localdate() - _WEEK
    return control.monday_of(min(day, timezone.localdate()))


@check
@require_http_methods(["GET", "HEAD", "POST"])
def quality_case(request: HttpRequest, number: str) -> HttpResponse:
    """Call the applicant and write down what they said."""
    actor = person_of(request)
    case = affairs.find_case(actor, number)
    if rights.scope_grant(actor, "affairs.quality", case) is None:
        raise NotPermitted
    if case.state != State.COMPLETED:
        raise NotFound
    form = QualityForm(request.POST or None)
    week = f"{reverse('portal:quality')}?week={timezone.localdate(case.ended_at).isoformat()}"
    if request.method == "POST" and form.is_valid():
        try:
            actions.rate_quality(actor, case=number, **form.cleaned_data)
        except Problem as problem:
            problems.put_into(form, problem)
        else:
            messages.success(request, _("回访已记录，单独统计，不改变申请人的评价。"))
            return redirect(week)
    ratings = list(case.ratings.all())
    context = {
        "case": case,
        "form": form,
        "theirs": [each for each in ratings if each.kind == RatingKind.APPLICANT],
        "ours": [each for each in ratings if each.kind == RatingKind.QUALITY],
        "hands": control.done_by_hand(case),
        "week": week,
    }
    return render(request, "portal/quality_case.html", context, status=422 if form.errors else 200)
