"""Setting up one lot: what it holds, its numbered spaces, cameras and quotas."""

from __future__ import annotations

from itertools import groupby
from typing import Any, TypeVar

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from houqin.foundation.errors import NotFound
from houqin.portal.door import person_of
from houqin.portal.guard import needs
from houqin.services.parking import actions, queries
from houqin.services.parking.forms_manage import (
    CameraForm,
    LotForm,
    NewCameraForm,
    NewLotForm,
    QuotaForm,
    SpaceForm,
    SpacesForm,
)
from houqin.services.parking.models import Lot
from houqin.services.parking.views.forming import form_page
from houqin.services.parking.views.tabs import tabs_of

METHODS = ["GET", "HEAD", "POST"]
Record = TypeVar("Record", bound=Model)


@needs("parking.manage")
@require_safe
def lot(request: HttpRequest, pk: int) -> HttpResponse:
    """All there is to set up of a lot."""
    person = person_of(request)
    found = _lot(request, pk)
    spaces = queries.spaces_managed(person).filter(lot=found)
    context: dict[str, Any] = {
        "lot": found,
        "kinds": [
            (name, list(rows)) for name, rows in groupby(spaces, lambda space: space.get_kind_display())
        ],
        "cameras": queries.cameras_managed(person).filter(lot=found),
        "quotas": queries.quotas_kept(person).filter(lot=found),
        "tabs": tabs_of(person, "setup"),
    }
    return render(request, "parking/setup_lot.html", context)


@needs("parking.manage")
@require_http_methods(METHODS)
def new_lot(request: HttpRequest) -> HttpResponse:
    """A place becomes a lot."""
    form = NewLotForm(request.POST or None)
    return form_page(
        request, form, _("新增停车场"), reverse("parking:setup"),
        lambda: actions.make_lot(person_of(request), **form.cleaned_data),
    )  # fmt: skip


@needs("parking.manage")
@require_http_methods(METHODS)
def edit_lot(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a lot."""
    found = _lot(request, pk)
    form = LotForm(request.POST or None, initial=LotForm.initial_of(found))
    return form_page(
        request, form, str(found), _back(found), lambda: actions.set_lot(person_of(request), lot=pk, **form.cleaned_data)
    )  # fmt: skip


@needs("parking.manage")
@require_http_methods(METHODS)
def new_spaces(request: HttpRequest, pk: int) -> HttpResponse:
    """Number spaces of a kind."""
    found, form = _lot(request, pk), SpacesForm(request.POST or None)
    return form_page(
        request, form, _("新增编号车位"), _back(found),
        lambda: actions.add_spaces(person_of(request), lot=pk, **form.cleaned_data),
    )  # fmt: skip


@needs("parking.manage")
@require_http_methods(METHODS)
def space(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one numbered space."""
    found = _found(queries.spaces_managed(person_of(request)), pk)
    form = SpaceForm(request.POST or None, initial=SpaceForm.initial_of(found))
    return form_page(
        request, form, _("车位 %(code)s") % {"code": found.code}, _back(found.lot),
        lambda: actions.set_space(person_of(request), space=pk, **form.cleaned_data),
    )  # fmt: skip


@needs("parking.manage")
@require_http_methods(METHODS)
def new_camera(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a camera report for a lot."""
    found, form = _lot(request, pk), NewCameraForm(request.POST or None)
    return form_page(
        request, form, _("新增相机"), _back(found),
        lambda: actions.add_camera(person_of(request), lot=pk, **form.cleaned_data),
    )  # fmt: skip


@needs("parking.manage")
@require_http_methods(METHODS)
def camera(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a camera or switch it off."""
    found = _found(queries.cameras_managed(person_of(request)), pk)
    form = CameraForm(request.POST or None, initial=CameraForm.initial_of(found))
    return form_page(
        request, form, found.code, _back(found.lot),
        lambda: actions.set_camera(person_of(request), camera=pk, **form.cleaned_data),
    )  # fmt: skip


@needs("parking.manage")
@require_http_methods(METHODS)
def quota(request: HttpRequest, pk: int) -> HttpResponse:
    """Set how many permits of a lot there may be."""
    found, form = _lot(request, pk), QuotaForm(request.POST or None)
    return form_page(
        request, form, _("设置通行证配额"), _back(found),
        lambda: actions.set_quota(person_of(request), lot=pk, **form.cleaned_data),
    )  # fmt: skip


@needs("parking.manage")
@require_POST
def end_quota(request: HttpRequest, pk: int) -> HttpResponse:
    """No limit of that kind any more."""
    found = _found(queries.quotas_kept(person_of(request)), pk)
    actions.end_quota(person_of(request), quota=pk)
    messages.success(request, _("已取消配额，排队的申请已按顺序生效。"))
    return redirect("parking:setup_lot", found.lot_id)


def _lot(request: HttpRequest, pk: int) -> Lot:
    return queries.kept_lot(person_of(request), pk, "parking.manage")


def _back(lot: Lot) -> str:
    return reverse("parking:setup_lot", args=[lot.pk])


def _found(rows: QuerySet[Record], pk: int) -> Record:
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found
