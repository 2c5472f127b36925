"""Setting up: all lots and screens at a glance, and the partner compounds."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from houqin.portal.door import person_of
from houqin.portal.guard import needs
from houqin.services.parking import actions, queries, signing
from houqin.services.parking.forms_manage import DisplayForm, PartnerForm, TokenForm, WhyForm
from houqin.services.parking.views.forming import carry_out, form_page
from houqin.services.parking.views.tabs import tabs_of

_SHOWN = 100


@needs("parking.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """The lots that can be set up, and the screens at the gates; a new screen's address is shown this once."""
    person, status, address = person_of(request), 200, ""
    form = DisplayForm(request.POST or None)
    if request.method == "POST":
        made, status = carry_out(form, lambda: actions.make_display(person, **form.cleaned_data))
        if made:
            address, form = f"{settings.BASE_URL}{reverse('parking:gate', args=[made])}", DisplayForm()
    context = {
        "form": form,
        "address": address,
        "lots": queries.lots_managed(person),
        "displays": queries.displays(),
        "tabs": tabs_of(person, "setup"),
    }
    return render(request, "parking/setup.html", context, status=status)


@needs("parking.manage")
@require_POST
def end_display(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a screen's address back."""
    actions.end_display(person_of(request), display=pk)
    messages.success(request, _("入口屏已停用。"))
    return redirect("parking:setup")


@needs("parking.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def partners(request: HttpRequest) -> HttpResponse:
    """The partner compounds and their permits that are good here; a permit or its end is registered by POST."""
    person, status = person_of(request), 200
    form = TokenForm(request.POST or None)
    if request.method == "POST":
        made, status = carry_out(
            form, lambda: actions.take_partner_permit(person, token=form.cleaned_data["token"])
        )
        if made:
            said = (
                _("已登记撤销。")
                if made.revoked_at
                else _("已登记，车牌 %(plate)s 可以入场。") % {"plate": made.plate}
            )
            messages.success(request, said)
            return redirect("parking:partners")
    context = {
        "form": form,
        "partners": queries.partners(),
        "permits": queries.partner_permits()[:_SHOWN],
        "revoked": queries.revoked()[:_SHOWN],
        "public_key": signing.own_public_key(),
        "our_code": settings.BASE_URL,
        "tabs": tabs_of(person, "partners"),
    }
    return render(request, "parking/partners.html", context, status=status)


@needs("parking.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def new_partner(request: HttpRequest) -> HttpResponse:
    """Put a compound on the list."""
    form = PartnerForm(request.POST or None)
    return form_page(
        request, form, _("新增伙伴院区"), reverse("parking:partners"),
        lambda: actions.add_partner(person_of(request), **form.cleaned_data),
    )  # fmt: skip


@needs("parking.manage")
@require_POST
def revoke_partner(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a compound off the list."""
    actions.revoke_partner(person_of(request), partner=pk)
    messages.success(request, _("已撤销，该院区的通行证不再有效。"))
    return redirect("parking:partners")


@needs("parking.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def revoke_permit(request: HttpRequest, pk: int) -> HttpResponse:
    """One permit of a partner is good here no more."""
    form = WhyForm(request.POST or None)
    return form_page(
        request, form, _("撤销伙伴院区通行证"), reverse("parking:partners"),
        lambda: actions.revoke_partner_permit(person_of(request), permit=pk, why=form.cleaned_data["why"]),
    )  # fmt: skip
