"""The keepers' pages: people not let in, contractors and their people, hosting rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from houqin.foundation.errors import NotFound, Problem
from houqin.portal import problems
from houqin.portal.door import person_of
from houqin.portal.guard import needs
from houqin.services.visitors import actions, queries
from houqin.services.visitors.forms_keeping import (
    ContractorForm,
    DenialForm,
    LevelForm,
    RuleForm,
    WorkerChangeForm,
    WorkerForm,
    initial_of,
)
from houqin.services.visitors.views.forming import carry_out, form_page
from houqin.services.visitors.views.tabs import tabs

METHODS = ["GET", "HEAD", "POST"]
SHOWN = 100
Record = TypeVar("Record", bound=Model)


@needs("visitors.deny")
@require_http_methods(METHODS)
def denials(request: HttpRequest) -> HttpResponse:
    """The duty office: visits that wait for its word, and the people not let in."""
    actor, status = person_of(request), 200
    form = DenialForm(request.POST or None)
    if request.method == "POST":
        made, status = carry_out(form, lambda: actions.deny(actor, **form.cleaned_data))
        if made:
            messages.success(request, _("已登记，门岗将请其联系值班室。"))
            return redirect("visitors:denials")
    context = {
        "held": list(queries.visits_held(actor).filter(held=True)[:SHOWN]),
        "denials": list(queries.denials_kept(actor)[:SHOWN]),
        "form": form,
        "today": timezone.localdate(),
        "tabs": tabs(request, "denials"),
    }
    return render(request, "visitors/denials.html", context, status=status)


@needs("visitors.deny")
@require_POST
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Let them in again."""
    why = request.POST.get("why", "")[:200]
    _try(request, lambda: actions.lift(person_of(request), denial=pk, why=why), _("已解除。"))
    return redirect("visitors:denials")


@needs("visitors.deny")
@require_POST
def clear(request: HttpRequest, pk: int) -> HttpResponse:
    """This visit is let in."""
    _try(request, lambda: actions.clear(person_of(request), visit=pk), _("已确认，本次来访可以放行。"))
    return redirect("visitors:denials")


@needs("visitors.keep")
@require_safe
def contractors(request: HttpRequest) -> HttpResponse:
    """Companies whose people come again and again."""
    rows = list(queries.contractors_listed(person_of(request))[:SHOWN])
    context = {"rows": rows, "today": timezone.localdate(), "tabs": tabs(request, "contractors")}
    return render(request, "visitors/contractors.html", context)


@needs("visitors.keep")
@require_http_methods(METHODS)
def new_contractor(request: HttpRequest) -> HttpResponse:
    """One more company."""
    form = ContractorForm(request.POST or None, initial={"from_time": "07:00", "until_time": "20:00"})
    del form.fields["ended"]
    return _filled(
        request, form, _("新增承包单位"), "/visitors/contractors",
        lambda: actions.make_contractor(person_of(request), **form.cleaned_data),
    )  # fmt: skip


@needs("visitors.keep")
@require_http_methods(METHODS)
def contractor(request: HttpRequest, pk: int) -> HttpResponse:
    """One company with its people; one more of them."""
    actor, status = person_of(request), 200
    found = _found(queries.contractors_kept(actor), pk)
    form = WorkerForm(request.POST or None)
    if request.method == "POST":
        made, status = carry_out(form, lambda: actions.add_worker(actor, contractor=pk, **form.cleaned_data))
        if made:
            messages.success(request, _("已登记%(name)s。") % {"name": made.name})
            return redirect("visitors:contractor", pk)
    context = {
        "contractor": found,
        "workers": list(found.workers.order_by("ended_at", "name", "pk")[:500]),
        "form": form,
        "today": timezone.localdate(),
    }
    return render(request, "visitors/contractor.html", context, status=status)


@needs("visitors.keep")
@require_http_methods(METHODS)
def set_contractor(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a company, or end it."""
    found = _found(queries.contractors_kept(person_of(request)), pk)
    initial = {**initial_of(found, ContractorForm), "ended": found.ended_at is not None}
    form = ContractorForm(request.POST or None, initial=initial)
    return _filled(
        request, form, found.name, f"/visitors/contractors/{pk}",
        lambda: actions.set_contractor(person_of(request), contractor=pk, **form.cleaned_data),
    )  # fmt: skip


@needs("visitors.keep")
@require_http_methods(METHODS)
def worker(request: HttpRequest, pk: int) -> HttpResponse:
    """Another induction, or the end."""
    found = _found(queries.workers_kept(person_of(request)), pk)
    initial = {"inducted_until": found.inducted_until, "ended": found.ended_at is not None}
    form = WorkerChangeForm(request.POST or None, initial=initial)
    return _filled(
        request, form, found.name, f"/visitors/contractors/{found.contractor_id}",
        lambda: actions.set_worker(person_of(request), worker=pk, **form.cleaned_data),
    )  # fmt: skip


@needs("visitors.keep")
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Whom hosts may receive without approval."""
    rows = list(queries.rules_kept(person_of(request))[:SHOWN])
    levels = list(queries.levels(person_of(request)))
    context = {"rows": rows, "levels": levels, "tabs": tabs(request, "rules")}
    return render(request, "visitors/rules.html", context)


@needs("visitors.keep")
@require_http_methods(METHODS)
def new_rule(request: HttpRequest) -> HttpResponse:
    """One more rule."""
    usual = {
        "from_time": "08:00",
        "until_time": "18:00",
        "most_people": 10,
        "workdays_only": True,
        "active": True,
    }
    form = RuleForm(request.POST or None, initial=usual)
    return _filled(
        request,
        form,
        _("新增接访规则"),
        "/visitors/rules",
        lambda: actions.make_rule(person_of(request), **form.cleaned_data),
    )


@needs("visitors.keep")
@require_http_methods(METHODS)
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a rule, or switch it off."""
    found = _found(queries.rules_kept(person_of(request)), pk)
    form = RuleForm(request.POST or None, initial=initial_of(found, RuleForm))
    return _filled(
        request, form, found.name, "/visitors/rules",
        lambda: actions.set_rule(person_of(request), rule=pk, **form.cleaned_data),
    )  # fmt: skip


@needs("visitors.keep")
@require_http_methods(METHODS)
def new_level(request: HttpRequest) -> HttpResponse:
    """One more level of office."""
    form = LevelForm(request.POST or None)
    return _filled(
        request, form, _("新增职级"), "/visitors/rules",
        lambda: actions.make_level(person_of(request), **form.cleaned_data),
    )  # fmt: skip


@needs("visitors.keep")
@require_http_methods(METHODS)
def level(request: HttpRequest, pk: int) -> HttpResponse:
    """Which posts count as a level."""
    found = _found(queries.levels(person_of(request)), pk)
    initial = {"name": found.name, "position": found.position, "words": _("、").join(found.words)}
    form = LevelForm(request.POST or None, initial=initial)
    return _filled(
        request, form, found.name, "/visitors/rules",
        lambda: actions.set_level(person_of(request), level=pk, **form.cleaned_data),
    )  # fmt: skip


def _found(rows: QuerySet[Record], pk: int) -> Record:
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def _filled(
    request: HttpRequest, form: forms.Form, title: str, back: str, work: Callable[[], object]
) -> HttpResponse:
    """Show a form, and do the work once it is filled in rightly."""
    if request.method != "POST":
        return form_page(request, form, title, back)
    made, status = carry_out(form, work)
    if made is None:
        return form_page(request, form, title, back, status=status)
    messages.success(request, _("已保存。"))
    return redirect(back)


def _try(request: HttpRequest, work: Callable[[], Any], said: str) -> None:
    try:
        work()
    except Problem as problem:
        if not problems.is_about_input(problem):
            raise
        told = [str(text) for texts in problem.errors.values() for text in texts] or [str(problem.message)]
        messages.error(request, " ".join(told))
    else:
        messages.success(request, said)
