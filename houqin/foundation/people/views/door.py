"""Signing in and out."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from houqin.foundation.errors import Problem, Text, TooMany
from houqin.foundation.outside.address import read_address
from houqin.foundation.people import devices, forms, passwords, sessions, sign_in, stages
from houqin.foundation.people.identities import linking
from houqin.foundation.people.identities.providers import PROVIDERS, Proof, in_dingtalk, offered
from houqin.foundation.people.installation import is_demo
from houqin.foundation.people.models import Person

LANGUAGE_KEPT = 365 * 24 * 60 * 60


def safe_next(request: HttpRequest, otherwise: str = "/") -> str:
    """Where to go on: the ``next`` of the request when it stays on this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    stays = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if stays else otherwise


def keep_language(response: HttpResponse, language: str) -> HttpResponse:
    """Let this browser speak ``language`` from now on."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=LANGUAGE_KEPT,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response


@login_not_required
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """The page of the door. Whoever is in already goes on."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(safe_next(request))
    form = forms.SignInForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                person = authenticate(request, **form.cleaned_data)
            except TooMany as problem:
                forms.add_problem(form, problem)
                status = problem.status
            else:
                if isinstance(person, Person):
                    return arrived(request, person, via="password")
                form.add_error(None, _("登录名或密码不正确，请检查后重新输入。"))
    context = {
        "form": form,
        "next": safe_next(request, otherwise=""),
        "idled": request.session.get(sessions.IDLED) if request.method != "POST" else None,
        "providers": offered(request),
        "unlinked": _unlinked(request),
        "tenant": read_address(settings.DINGTALK_URL) if in_dingtalk(request) else None,
    }
    return render(request, "people/sign_in.html", context, status=status)


def _unlinked(request: HttpRequest) -> Text:
    """The name of the house from which somebody came whom nobody here is linked to."""
    waiting = request.session.get(sessions.UNLINKED)
    return PROVIDERS[waiting["provider"]].name() if waiting else ""


def arrived(request: HttpRequest, person: Person, *, via: str, onward: str = "") -> HttpResponse:
    """Whoever proved to be ``person`` goes in, or to what is left to do at the door."""
    onward = onward or safe_next(request)
    if via == "password" and not is_demo() and passwords.standing(person) is passwords.Standing.LAPSED:
        form = forms.SignInForm(request.POST)
        form.add_error(None, _("初始密码已过期，不能再用来登录。请联系安全管理员重设。"))
        return render(request, "people/sign_in.html", {"form": form, "next": onward}, status=422)
    return advance(request, stages.hold(request, person, via=via, next=onward))


def advance(request: HttpRequest, at: stages.Pending) -> HttpResponse:
    """On to the next stage, or in."""
    page = stages.next_stage(at)
    if page:
        return redirect(page)
    waiting = request.session.pop(sessions.UNLINKED, None)
    sign_in.begin(request, at.person, via=at.via)
    if waiting and at.via == "password":
        _link(request, at.person, Proof(**waiting))
    response = keep_language(HttpResponseRedirect(at.next), at.person.language)
    return devices.keep(request, response)


def _link(request: HttpRequest, person: Person, proof: Proof) -> None:
    """Whoever came from another house and then by password is linked from now on."""
    name = PROVIDERS[proof.provider].name()
    try:
        linking.link(person, person=person, proof=proof)
    except Problem as problem:
        messages.error(request, str(problem.message))
    else:
        messages.success(request, _("已关联%(name)s，以后可以从那里直接登录。") % {"name": name})


@login_not_required
@never_cache
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out of this browser."""
    sign_in.end(request)
    return HttpResponseRedirect(settings.LOGOUT_REDIRECT_URL or "/")
