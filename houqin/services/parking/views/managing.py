"""Setting up: quotas, partner compounds, screens at the gates."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from houqin.portal.door import person_of
from houqin.portal.guard import needs
from houqin.services.parking import actions, queries, signing
from houqin.services.parking.forms import DisplayForm, PartnerForm, QuotaForm
from houqin.services.parking.views.forming import carry_out
from houqin.services.parking.views.tabs import tabs_of


@needs("parking.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """All three on one page; ``what`` says which form was sent."""
    person, what, status, address = person_of(request), request.POST.get("what", ""), 200, ""
    forms: dict[str, BaseForm] = {
        "quota": QuotaForm(request.POST if what == "quota" else None),
        "partner": PartnerForm(request.POST if what == "partner" else None),
        "display": DisplayForm(request.POST if what == "display" else None),
    }
    if request.method == "POST" and what in forms:
        form = forms[what]

        def act() -> object:
            given = form.cleaned_data
            if what == "quota":
                return actions.set_quota(person, **{**given, "lot": given["lot"].pk})
            return (actions.add_partner if what == "partner" else actions.make_display)(person, **given)

        made, status = carry_out(form, act)
        if isinstance(made, str):
            address = f"{settings.BASE_URL}{reverse('parking:gate', args=[made])}"
        elif made:
            messages.success(request, _("已保存。"))
            return redirect("parking:setup")
    context = {
        **{f"{name}_form": form for name, form in forms.items()},
        "address": address,
        "quotas": queries.quotas_kept(person),
        "partners": queries.partners(),
        "displays": queries.displays(),
        "public_key": signing.own_public_key(),
        "our_code": settings.BASE_URL,
        "tabs": tabs_of(person, "setup"),
    }
    return render(request, "parking/setup.html", context, status=status)


@needs("parking.manage")
@require_POST
def revoke_partner(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a compound off the list."""
    actions.revoke_partner(person_of(request), partner=pk)
    messages.success(request, _("已撤销，该院区的通行证不再有效。"))
    return redirect("parking:setup")


@needs("parking.manage")
@require_POST
def end_display(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a screen's address back."""
    actions.end_display(person_of(request), display=pk)
    messages.success(request, _("入口屏已停用。"))
    return redirect("parking:setup")
