"""What is promised of the keeper's lots: for meetings, visits, and by hand."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from houqin.foundation.errors import Text
from houqin.portal.door import person_of
from houqin.portal.guard import needs
from houqin.services.parking import actions, queries
from houqin.services.parking.actions.reserving import BY_HAND
from houqin.services.parking.forms import ReserveForm
from houqin.services.parking.models import Reservation
from houqin.services.parking.views.forming import form_page
from houqin.services.parking.views.tabs import tabs_of

_SHOWN = 200


@needs("parking.keep")
@require_safe
def reservations(request: HttpRequest) -> HttpResponse:
    """What is promised now and later, the next first."""
    person = person_of(request)
    found = queries.reservations_kept(person)
    context: dict[str, Any] = {
        "rows": [
            {"reservation": each, "source": source_of(each), "by_hand": each.source.startswith(BY_HAND)}
            for each in found[:_SHOWN]
        ],
        "count": found.count(),
        "tabs": tabs_of(person, "reservations"),
    }
    return render(request, "parking/reservations.html", context)


@needs("parking.keep")
@require_http_methods(["GET", "HEAD", "POST"])
def new_reservation(request: HttpRequest) -> HttpResponse:
    """Promise spaces by hand."""
    form = ReserveForm(request.POST or None)
    return form_page(
        request, form, _("预留车位"), reverse("parking:reservations"),
        lambda: actions.reserve_for(person_of(request), **form.cleaned_data),
    )  # fmt: skip


@needs("parking.keep")
@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Give back what was promised by hand."""
    actions.release_one(person_of(request), reservation=pk)
    messages.success(request, _("已释放预留。"))
    return redirect("parking:reservations")


def source_of(reservation: Reservation) -> Text:
    """For what it is held: what a keeper wrote, else the service that holds it."""
    label = reservation.source.partition(".")[0]
    if reservation.note:
        return reservation.note
    return apps.get_app_config(label).verbose_name if label in apps.app_configs else _("接口")
