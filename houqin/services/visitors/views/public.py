"""Pages of visitors themselves: asking to come with a phone alone, and the pass."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from houqin.affairs import actions as affairs
from houqin.foundation.address import client_address
from houqin.foundation.errors import Problem
from houqin.foundation.limits.actions import spend
from houqin.foundation.places.codes import drawing
from houqin.foundation.sealed.envelope import keyed, seal, unseal
from houqin.foundation.standards import mask_phone
from houqin.foundation.trail.actors import Outsider
from houqin.portal import problems
from houqin.portal.door import remember_case
from houqin.services.access import actions as access
from houqin.services.access import queries as doors
from houqin.services.parking import queries as parking
from houqin.services.visitors import codes, queries, rules, texting
from houqin.services.visitors.forms import RequestForm, phone_field
from houqin.services.visitors.models import VisitState
from houqin.services.visitors.views.forming import carry_out

METHODS = ["GET", "HEAD", "POST"]
_ASKS, _KNOWN = "visitors_asks", "visitors_known"
#: How long a phone counts as proved in this browser.
_PROVED = timedelta(hours=2)
#: Codes for one phone, from one address; tries at one code; requests of one phone.
_PER_PHONE, _PER_ADDRESS, _TRIES, _REQUESTS = 3, 20, 5, 6
_TEN_MINUTES, _HOUR = 600, 3600


class PhoneForm(forms.Form):
    """Whose phone it is."""

    phone = phone_field(help_text=gettext_lazy("验证码发到这个手机；通行码也用它接收"))


class CodeForm(forms.Form):
    """The code that was sent."""

    code = forms.CharField(
        label=gettext_lazy("验证码"), max_length=12, error_messages={"required": gettext_lazy("请填写 6 位验证码。")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "w-date"}),
    )  # fmt: skip


@require_http_methods(METHODS)
def request(request: HttpRequest) -> HttpResponse:
    """First the phone, then the code that was sent to it."""
    if "again" in request.GET:
        request.session.pop(_ASKS, None)
    elif _known(request):
        return redirect("visitors:request_new")
    if request.method != "POST":
        asked = _ASKS in request.session
        return _ask_page(request, CodeForm() if asked else PhoneForm(), 200)
    form: forms.Form = CodeForm(request.POST) if "code" in request.POST else PhoneForm(request.POST)
    if not form.is_valid():
        return _ask_page(request, form, 422)
    try:
        if isinstance(form, PhoneForm):
            _send_code(request, form.cleaned_data["phone"])
            return redirect("visitors:request")
        _prove(request, form.cleaned_data["code"])
    except Problem as problem:
        problems.put_into(form, problem)
        return _ask_page(request, form, problems.status_of(problem))
    return redirect("visitors:request_new")


def _send_code(request: HttpRequest, phone: str) -> None:
    """Raises TooMany, and Problem where nothing can be sent."""
    spend(f"visitors:code:{client_address(request)}", limit=_PER_ADDRESS, per_seconds=_HOUR)
    spend(f"visitors:code:{keyed(phone, 'visitors.code')}", limit=_PER_PHONE, per_seconds=_TEN_MINUTES)
    if not (texting.can_text() or texting.shows_code()):
        raise Problem(_("本院区没有开通短信验证，请联系接待人，由其邀请您。"))
    nonce = secrets.token_urlsafe(12)
    request.session[_ASKS] = {"phone": seal(phone, _ASKS).hex(), "nonce": nonce}
    if texting.can_text():
        texting.send_code(phone, codes.code_of(phone, nonce))


def _prove(request: HttpRequest, code: str) -> None:
    """Raises TooMany, Problem for another code."""
    asked = request.session.get(_ASKS)
    if not asked:
        raise Problem(_("验证码已失效，请重新获取。"))
    spend(f"visitors:try:{asked['nonce']}", limit=_TRIES, per_seconds=_TEN_MINUTES)
    if not codes.is_good(_opened(asked["phone"]), asked["nonce"], code):
        raise Problem(errors={"code": [_("验证码不对或已过期，请核对后再填。")]})
    request.session.pop(_ASKS)
    request.session[_KNOWN] = {"phone": asked["phone"], "until": (timezone.now() + _PROVED).timestamp()}


def _known(request: HttpRequest) -> str:
    """The phone that was proved in this browser; empty for none."""
    known = request.session.get(_KNOWN)
    if not known or known["until"] < timezone.now().timestamp():
        return ""
    return _opened(known["phone"])


def _opened(sealed: str) -> str:
    try:
        return unseal(bytes.fromhex(sealed), _ASKS)
    except (Problem, ValueError):  # its key is gone: the phone is proved anew
        return ""


def _ask_page(request: HttpRequest, form: forms.Form, status: int) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "asks_code": isinstance(form, CodeForm)}
    asked = request.session.get(_ASKS)
    if asked and context["asks_code"]:
        phone = _opened(asked["phone"])
        context["phone"] = mask_phone(phone)
        if texting.shows_code():
            context["shown_code"] = codes.code_of(phone, asked["nonce"])
    return render(request, "visitors/request.html", context, status=status)


@require_http_methods(METHODS)
def request_new(request: HttpRequest) -> HttpResponse:
    """What the visit is about; the host is asked."""
    phone = _known(request)
    if not phone:
        return redirect("visitors:request")
    if request.method != "POST":
        start = timezone.localtime().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        form = RequestForm(initial={"from_at": start, "until_at": start + timedelta(hours=1)})
        return render(request, "visitors/request_new.html", {"form": form, "phone": mask_phone(phone)})
    form, guest = RequestForm(request.POST), Outsider(request.POST.get("name", "").strip()[:50], phone)

    def ask() -> Any:
        spend(f"visitors:request:{client_address(request)}", limit=_PER_ADDRESS, per_seconds=_HOUR)
        spend(f"visitors:request:{keyed(phone, 'visitors.request')}", limit=_REQUESTS, per_seconds=_HOUR)
        return affairs.submit(guest, item="visitors.request", data=request.POST)

    case, status = carry_out(form, ask)
    if case is None:
        context = {"form": form, "phone": mask_phone(phone)}
        return render(request, "visitors/request_new.html", context, status=status)
    remember_case(request, case.number, name=guest.name, phone=phone)
    return redirect("visitors:requested")


@require_safe
def requested(request: HttpRequest) -> HttpResponse:
    """The visits of a phone that was proved here, each with its pass once there is one. Asks for itself anew."""
    phone = _known(request)
    if not phone:
        return redirect("visitors:request")
    context = {"visits": list(queries.of_phone(phone)[:20]), "phone": mask_phone(phone)}
    live = bool(getattr(request, "htmx", False))
    return problems.vary(
        render(request, "visitors/requested.html#live" if live else "visitors/requested.html", context)
    )


@require_safe
def pass_page(request: HttpRequest, key: str) -> HttpResponse:
    """The pass on the visitor's phone, without an account: the address is the key. It asks for itself anew; 204 while it is good."""
    found, now = queries.visit_of_key(key), timezone.now()
    window = doors.pass_window(now)
    fragment = bool(getattr(request, "htmx", False))
    mark = f"{window}-{found.state}-{found.held:d}"
    if fragment and request.GET.get("w") == mark:
        return problems.vary(HttpResponse(status=204))
    goes = found.state in (VisitState.EXPECTED, VisitState.INSIDE, VisitState.LEFT) and not found.held
    context: dict[str, Any] = {"visit": found, "mark": mark, "now": now, "goes": goes}
    if goes and (found.state == VisitState.INSIDE or found.until_at > now):
        context["qr"] = drawing(access.pass_token(found.holder, at=now))
        context["early"] = now < found.from_at - rules.EARLY
    if found.plate and not fragment:
        context["guidance"] = parking.guide(found.plate)
    response = render(request, "visitors/pass.html#live" if fragment else "visitors/pass.html", context)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return problems.vary(response)
