"""Coming in by way of another house, and which of them are linked to one's account."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from houqin.foundation.errors import Problem
from houqin.foundation.people.identities import linking, messengers, oidc
from houqin.foundation.people.identities.providers import PROVIDERS, Proof, Refused
from houqin.foundation.people.models import Identity, Person
from houqin.foundation.people.sessions import UNLINKED
from houqin.foundation.people.views import door


@login_not_required
@never_cache
@require_GET
def leave_for(request: HttpRequest, provider: str) -> HttpResponse:
    """On to the other house; whoever is in already goes to link it."""
    if not PROVIDERS[provider].open():
        raise Http404
    link = request.user.is_authenticated
    onward = door.safe_next(request)
    try:
        if provider == "oidc":
            return oidc.depart(request, next=onward, link=link)
        page = messengers.dingtalk_page if provider == "dingtalk" else messengers.wechat_page
        return HttpResponseRedirect(page(request, next=onward, link=link))
    except Refused as refused:
        return _refused(request, refused)


@login_not_required
@never_cache
@require_GET
def come_back(request: HttpRequest, provider: str) -> HttpResponse:
    """Back from the other house, with what it proves."""
    if not PROVIDERS[provider].open():
        raise Http404
    try:
        proof, stashed = _proof(request, provider)
        return _open(request, proof, stashed)
    except Problem as problem:
        return _refused(request, problem)


@login_not_required
@never_cache
@require_POST
def inside_dingtalk(request: HttpRequest) -> HttpResponse:
    """An auth code that the page got from the messenger it is open in."""
    if not PROVIDERS["dingtalk"].open():
        raise Http404
    try:
        proof = messengers.dingtalk_proof(request.POST.get("auth_code", ""), inside=True)
        return _open(request, proof, {"next": door.safe_next(request), "link": False})
    except Problem as problem:
        return _refused(request, problem)


@login_not_required
@require_GET
def dingtalk_script(request: HttpRequest) -> FileResponse:
    """DingTalk's own script, from this machine: pages take scripts from nowhere else."""
    if not (settings.DINGTALK_JSAPI and PROVIDERS["dingtalk"].open()):
        raise Http404
    try:
        file = Path(settings.DINGTALK_JSAPI).open("rb")  # noqa: SIM115 - the response closes it
    except OSError as gone:
        raise Http404 from gone
    return FileResponse(file, content_type="text/javascript", headers={"Cache-Control": "max-age=3600"})


def _proof(request: HttpRequest, provider: str) -> tuple[Proof, dict[str, Any]]:
    if provider == "oidc":
        return oidc.arrive(request)
    stashed = messengers.unstash(request, provider)
    code = request.GET.get("code", "")
    if provider == "dingtalk":
        return messengers.dingtalk_proof(code, inside=False), stashed
    return messengers.wechat_proof(code), stashed


def _open(request: HttpRequest, proof: Proof, stashed: dict[str, Any]) -> HttpResponse:
    if stashed["link"] and isinstance(request.user, Person):
        linking.link(request.user, person=request.user, proof=proof)
        messages.success(request, _("已关联%(name)s。") % {"name": PROVIDERS[proof.provider].name()})
        return redirect("people:identities")
    person = linking.person_of(proof)
    if person is not None:
        return door.arrived(request, person, via=proof.provider, onward=stashed["next"])
    request.session[UNLINKED] = {**asdict(proof), "claims": {}}
    return redirect("people:sign_in")


def _refused(request: HttpRequest, problem: Problem) -> HttpResponse:
    return render(request, "people/identity_refused.html", {"problem": problem}, status=problem.status)


@login_required
@require_GET
def identities(request: HttpRequest) -> HttpResponse:
    """Which houses are linked to me, and which can be."""
    person = cast(Person, request.user)
    linked = {each.provider: each for each in Identity.objects.filter(person=person)}
    rows = [
        (each, linked.get(each.code)) for each in PROVIDERS.values() if each.open() or each.code in linked
    ]
    return render(request, "people/identities.html", {"rows": rows})


@login_required
@require_POST
def unlink(request: HttpRequest, provider: str) -> HttpResponse:
    """Link no longer."""
    if provider not in PROVIDERS:
        raise Http404
    linking.unlink(cast(Person, request.user), provider=provider)
    messages.success(request, _("已解除与%(name)s的关联。") % {"name": PROVIDERS[provider].name()})
    return redirect("people:identities")
