"""The pages between a right password and the house: a code, a password of one's own, a first second factor."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from houqin.foundation.errors import Problem
from houqin.foundation.people import actions, forms, second_factor, stages
from houqin.foundation.people.models import Person
from houqin.foundation.people.stages import Pending
from houqin.foundation.people.views import door

Stage = Callable[[HttpRequest, Pending], HttpResponse]
_SECRET = "door_secret"  # noqa: S105 - the name of a session's entry


def _stage(name: str) -> Callable[[Stage], Callable[[HttpRequest], HttpResponse]]:
    """A page for whoever is at the door and has this to do next; others go to the sign-in page, or on."""

    def decorate(view: Stage) -> Callable[[HttpRequest], HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest) -> HttpResponse:
            at = stages.pending(request)
            if at is None:
                return redirect("people:sign_in")
            return view(request, at) if stages.next_stage(at) == name else door.advance(request, at)

        return never_cache(login_not_required(require_http_methods(["GET", "HEAD", "POST"])(guarded)))

    return decorate


@_stage("people:code")
def code(request: HttpRequest, at: Pending) -> HttpResponse:
    """The code of the app, or a recovery code."""
    form = forms.CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.prove(at.person, code=form.cleaned_data["code"])
        except Problem as problem:
            forms.add_problem(form, problem)
        else:
            return door.advance(
                request, stages.hold(request, at.person, via=at.via, next=at.next, proved=True)
            )
    status = 422 if form.errors else 200
    return render(request, "people/code.html", {"form": form, "person": at.person}, status=status)


@sensitive_post_parameters("new", "again")
@_stage("people:new_password")
def new_password(request: HttpRequest, at: Pending) -> HttpResponse:
    """A password of one's own instead of the initial one, or of one that is too old."""
    form = forms.NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = actions.choose_password(at.person, new=form.cleaned_data["new"])
        except Problem as problem:
            forms.add_problem(form, problem)
        else:
            held = stages.hold(request, person, via=at.via, next=at.next, proved=at.proved)
            return door.advance(request, held)
    status = 422 if form.errors else 200
    return render(request, "people/new_password.html", {"form": form, "person": at.person}, status=status)


@_stage("people:enrol")
def enrol(request: HttpRequest, at: Pending) -> HttpResponse:
    """The first second factor: a QR code for the app, then a code as proof, then the recovery codes to keep."""
    secret = request.session.get(_SECRET) or second_factor.new_secret()
    request.session[_SECRET] = secret
    form = forms.CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = actions.set_up_factor(at.person, secret=secret, code=form.cleaned_data["code"])
        except Problem as problem:
            forms.add_problem(form, problem)
        else:
            del request.session[_SECRET]
            response = door.advance(request, Pending(at.person, at.via, at.next, proved=True))
            return _shown_once(request, codes, response)
    context = {"form": form, **drawing(at.person, secret)}
    return render(request, "people/enrol.html", context, status=422 if form.errors else 200)


def drawing(person: Person, secret: str) -> dict[str, object]:
    """What the page of setting up shows: the QR code, and the secret in groups for whoever cannot scan."""
    address = second_factor.address_for_app(secret, person.username or person.name, "Houqin")
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return {"person": person, "drawn": second_factor.drawn(address), "secret": groups}


def _shown_once(request: HttpRequest, codes: list[str], onward: HttpResponse) -> HttpResponse:
    """The recovery codes, on a page that keeps the cookies of ``onward`` and leads where it leads."""
    page = render(
        request, "people/recovery_codes.html", {"codes": codes, "onward": onward.headers["Location"]}
    )
    page.cookies.update(onward.cookies)
    return page
