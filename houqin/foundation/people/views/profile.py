"""What people see and change of themselves."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from houqin.foundation.errors import NotFound, Problem
from houqin.foundation.people import actions, forms, queries, scope, second_factor, sign_in
from houqin.foundation.people.models import Person
from houqin.foundation.people.moments import PROFILE_PARTS
from houqin.foundation.people.views import door
from houqin.foundation.people.views.door import keep_language, safe_next


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Who I am here, what I may change, where I am signed in."""
    person = cast(Person, request.user)
    initial = {
        "phone": person.phone,
        "email": person.email,
        "usual_place": person.usual_place.code if person.usual_place else "",
    }
    form = forms.ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_profile(person, **{name: form.cleaned_data[name] for name in form.changed_data})
        except Problem as problem:
            forms.add_problem(form, problem)
        else:
            messages.success(request, _("个人资料已保存。"))
            return redirect("people:profile")
    context = {
        "form": form,
        "person": person,
        "place_label": str(person.usual_place or ""),
        "grants": scope.grants(person),
        "has_factor": second_factor.has(person),
        "parts": [part for each in PROFILE_PARTS if (part := each(person))],
        "languages": Person._meta.get_field("language").choices,
    }
    return render(request, "people/profile.html", context, status=422 if form.errors else 200)


@login_required
@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change one's password; other browsers are signed out."""
    person = cast(Person, request.user)
    form = forms.PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.change_password(
                person, old=form.cleaned_data["old"], new=form.cleaned_data["new"]
            )
        except Problem as problem:
            forms.add_problem(form, problem)
        else:
            sign_in.keep_only_this(request, changed)
            messages.success(request, _("密码已修改，其他设备上的登录已退出。"))
            return redirect("people:profile")
    return render(request, "people/password.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_POST
def large_type(request: HttpRequest) -> HttpResponse:
    """Switch large type on or off."""
    person = cast(Person, request.user)
    actions.set_preferences(person, large_type=not person.large_type)
    return HttpResponseRedirect(safe_next(request))


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Speak another language from now on; kept with the person, or with the browser of whoever is not in."""
    wanted = request.POST.get("language", "")
    response = HttpResponseRedirect(safe_next(request))
    if wanted not in dict(settings.LANGUAGES):
        return response
    if isinstance(request.user, Person):
        actions.set_preferences(request.user, language=wanted)
    return keep_language(response, wanted)


@login_required
@require_GET
def sessions(request: HttpRequest) -> HttpResponse:
    """Where I am signed in."""
    person = cast(Person, request.user)
    context = {"sessions": queries.sessions_of(person), "this_session": request.session.session_key}
    return render(request, "people/sessions.html", context)


@login_required
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign out of one other browser: the phone that was lost."""
    person = cast(Person, request.user)
    session = queries.sessions_of(person).filter(pk=pk).first()
    if session is None:
        raise NotFound(_("这台设备已经退出。"))
    if session.session_key == request.session.session_key:
        return door.leave(request)
    actions.end_session(person, session=session)
    messages.success(request, _("%(device)s已退出登录。") % {"device": session.device or _("该设备")})
    return redirect("people:sessions")


@login_required
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere else."""
    sign_in.keep_only_this(request, cast(Person, request.user))
    messages.success(request, _("其他设备上的登录已退出。"))
    return redirect("people:sessions")
