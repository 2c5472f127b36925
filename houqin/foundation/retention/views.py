"""The administrator's page: what is kept for how long, how much the next run erases, and changing a period."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from houqin.foundation.errors import Problem
from houqin.foundation.people.forms import add_problem
from houqin.foundation.people.models import Person
from houqin.foundation.retention import actions, queries
from houqin.foundation.retention.forms import PeriodForm


@login_required
@require_safe
def kinds(request: HttpRequest) -> HttpResponse:
    """Every kind with its period, and how many rows the next run would erase."""
    rows = queries.standings(cast(Person, request.user))
    return render(request, "retention/kinds.html", {"rows": rows, "due": sum(row.due for row in rows)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def kind(request: HttpRequest, kind: str) -> HttpResponse:
    """One kind: its period, who set it when, and how many a new period would make due."""
    actor = cast(Person, request.user)
    history = queries.history(actor, kind)[:50]
    kept, days = queries.find(kind), queries.days_of(kind)
    sent = request.POST if request.method == "POST" else None
    form = PeriodForm(sent, kept=kept, initial={"days": days})
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_period(actor, kind=kind, days=form.cleaned_data["days"])
        except Problem as problem:
            add_problem(form, problem)
        else:
            messages.success(request, _("已保存。到期的内容在每晚清除，或由系统管理员运行命令立即清除。"))
            return redirect("retention:kind", kind)
    context = {"code": kind, "kept": kept, "days": days, "form": form, "history": history}
    context["due"] = kept.due(queries.due_before(kind)).count()
    return render(request, "retention/kind.html", context, status=422 if form.errors else 200)
