"""Delegation (委托代办): who stands in for me, and for whom I do."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from houqin.affairs import actions
from houqin.affairs.models import Delegation
from houqin.foundation.errors import Problem
from houqin.portal import problems
from houqin.portal.door import person_of, signed_in
from houqin.portal.forms_staff import DelegationForm

_PAST_SHOWN = 10


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def delegations(request: HttpRequest) -> HttpResponse:
    """Mine and those I was given, and the form for another."""
    actor, now = person_of(request), timezone.now()
    form = DelegationForm(request.POST or None, initial={"from_on": timezone.localdate()})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            start, end = form.span()
            try:
                made = actions.delegate_tasks(
                    actor,
                    delegate=form.cleaned_data["delegate"],
                    starts_at=start,
                    ends_at=end,
                    reason=form.cleaned_data["reason"],
                )
            except Problem as problem:
                for field, texts in problem.errors.items():
                    form.add_error({"ends_at": "to_on"}.get(field, field), [str(text) for text in texts])
                form.add_error(None, str(problem.message))
                status = problems.status_of(problem)
            else:
                messages.success(request, _("已委托%(name)s代办。") % {"name": made.delegate.name})
                return redirect("portal:delegations")
    mine = Delegation.objects.filter(person=actor).select_related("delegate__organisation")
    given = Delegation.objects.filter(delegate=actor, ends_at__gt=now).select_related("person__organisation")
    context = {
        "form": form,
        "now": now,
        "running": mine.filter(ends_at__gt=now).order_by("starts_at"),
        "past": mine.filter(ends_at__lte=now)[:_PAST_SHOWN],
        "given": given.order_by("starts_at"),
    }
    return render(request, "portal/delegations.html", context, status=status)


@signed_in
@require_POST
def end_delegation(request: HttpRequest, pk: int) -> HttpResponse:
    """Take my tasks back now."""
    actions.end_delegation(person_of(request), delegation=pk, at=timezone.now())
    messages.success(request, _("委托已结束，待办回到您手上。"))
    return redirect("portal:delegations")
