"""Pages of visitors themselves: asking to come with a phone alone, and the pass."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from houqin.affairs import actions as affairs
from houqin.foundation.address import client_address
from houqin.foundation.errors import Problem
from houqin.foundation.places.codes import drawing
from houqin.foundation.standards import mask_phone
from houqin.foundation.trail.actors import Outsider
from houqin.portal import problems
from houqin.portal.door import remember_case
from houqin.services.access import queries as doors
from houqin.services.parking import queries as parking
from houqin.services.visitors import actions, proving, queries, rules
from houqin.services.visitors.forms import RequestForm, phone_field
from houqin.services.visitors.views.forming import carry_out

METHODS = ["GET", "HEAD", "POST"]
#: What this browser's session keeps: the challenge of the code that was sent, the proof that came of it.
_ASKS, _KNOWN = "visitors_challenge", "visitors_proof"


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
            phone = form.cleaned_data["phone"]
            request.session[_ASKS] = proving.send_code(phone, address=client_address(request)).challenge
            return redirect("visitors:request")
        proof, _until = proving.prove(request.session.get(_ASKS, ""), form.cleaned_data["code"])
    except Problem as problem:
        problems.put_into(form, problem)
        return _ask_page(request, form, problems.status_of(problem))
    request.session.pop(_ASKS)
    request.session[_KNOWN] = proof
    return redirect("visitors:request_new")


def _known(request: HttpRequest) -> str:
    """The phone that was proved in this browser; empty for none."""
    return proving.phone_of(request.session.get(_KNOWN, ""))


def _ask_page(request: HttpRequest, form: forms.Form, status: int) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "asks_code": isinstance(form, CodeForm)}
    asked = proving.asked(request.session.get(_ASKS, ""))
    if asked and context["asks_code"]:
        context |= {"phone": mask_phone(asked.phone), "shown_code": asked.shown}
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
        proving.count_request(phone, address=client_address(request))
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
    context: dict[str, Any] = {"visit": found, "mark": mark, "now": now, "goes": found.has_pass}
    if token := actions.pass_of(found, at=now):
        context["qr"] = drawing(token)
        context["early"] = now < found.from_at - rules.EARLY
    if found.plate and not fragment:
        context["guidance"] = parking.guide(found.plate)
    response = render(request, "visitors/pass.html#live" if fragment else "visitors/pass.html", context)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return problems.vary(response)
