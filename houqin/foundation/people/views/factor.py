"""One's own second factor, from the profile: set up, new recovery codes, another phone."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from houqin.foundation.errors import Problem
from houqin.foundation.people import actions, forms, second_factor
from houqin.foundation.people.models import Person, RecoveryCode, SecondFactor
from houqin.foundation.people.views.stages import drawing

_SECRET = "profile_secret"  # noqa: S105 - the name of a session's entry


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor_page(request: HttpRequest) -> HttpResponse:
    """Whether there is one and since when; without one, the QR code to begin with."""
    person = cast(Person, request.user)
    form = forms.CodeForm(request.POST or None)
    factor = SecondFactor.objects.filter(person=person).first()
    if factor is None:
        return _set_up(request, person, form)
    return _standing(request, person, factor, forms.CodeForm())


def _set_up(request: HttpRequest, person: Person, form: forms.CodeForm) -> HttpResponse:
    secret = request.session.get(_SECRET) or second_factor.new_secret()
    request.session[_SECRET] = secret
    if request.method == "POST" and form.is_valid():
        try:
            codes = actions.set_up_factor(person, secret=secret, code=form.cleaned_data["code"])
        except Problem as problem:
            forms.add_problem(form, problem)
        else:
            del request.session[_SECRET]
            return _codes(request, codes)
    context = {"form": form, **drawing(person, secret)}
    return render(request, "people/factor_set_up.html", context, status=422 if form.errors else 200)


def _standing(
    request: HttpRequest, person: Person, factor: SecondFactor, form: forms.CodeForm, wanted: str = ""
) -> HttpResponse:
    context = {
        "form": form,
        "factor": factor,
        "wanted": wanted,
        "required": second_factor.is_required(person),
        "left": RecoveryCode.objects.filter(factor=factor, used_at__isnull=True).count(),
    }
    return render(request, "people/factor.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    """New recovery codes for a code."""
    person = cast(Person, request.user)
    form = forms.CodeForm(request.POST)
    factor = SecondFactor.objects.filter(person=person).first()
    if factor is None:
        return redirect("people:second_factor")
    if form.is_valid():
        try:
            return _codes(request, actions.renew_recovery_codes(person, code=form.cleaned_data["code"]))
        except Problem as problem:
            forms.add_problem(form, problem)
    return _standing(request, person, factor, form, "renew")


@never_cache
@login_required
@require_POST
def drop(request: HttpRequest) -> HttpResponse:
    """Do without, or begin with another phone."""
    person = cast(Person, request.user)
    form = forms.CodeForm(request.POST)
    factor = SecondFactor.objects.filter(person=person).first()
    if factor is None:
        return redirect("people:second_factor")
    if form.is_valid():
        try:
            actions.drop_factor(person, code=form.cleaned_data["code"])
        except Problem as problem:
            forms.add_problem(form, problem)
        else:
            messages.success(request, _("动态口令已停用。"))
            return redirect("people:second_factor")
    return _standing(request, person, factor, form, "drop")


def _codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    context = {"codes": codes, "onward": reverse("people:profile")}
    return render(request, "people/recovery_codes.html", context)
