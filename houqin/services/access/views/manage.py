"""Setting up: areas, doors, controllers and their secrets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from houqin.foundation.errors import NotFound, Problem
from houqin.portal import problems
from houqin.portal.door import person_of
from houqin.portal.guard import needs
from houqin.services.access import actions, keys, queries
from houqin.services.access.forms_manage import AreaForm, ControllerForm, DoorForm
from houqin.services.access.models import Controller, Door
from houqin.services.access.views.tabs import tabs

METHODS = ["GET", "HEAD", "POST"]


@needs("access.manage")
@require_safe
def manage(request: HttpRequest) -> HttpResponse:
    """Everything I manage: areas with their doors, and controllers."""
    actor = person_of(request)
    context = {
        "areas": queries.areas_managed(actor),
        "controllers": Controller.objects.select_related("place").order_by("code"),
        "key": keys.public(),
        "tabs": tabs(request, "manage"),
    }
    return render(request, "access/manage.html", context)


@needs("access.manage")
@require_http_methods(METHODS)
def new_area(request: HttpRequest) -> HttpResponse:
    """A new area."""
    form = AreaForm(request.POST or None)
    return _filled(
        request, form, _("新增区域"), lambda: actions.make_area(person_of(request), **form.values())
    )


@needs("access.manage")
@require_http_methods(METHODS)
def area(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an area."""
    found = _found(
        queries.areas_kept(person_of(request), "access.manage").select_related("keeper", "parent"), pk
    )
    form = AreaForm(request.POST or None, initial=AreaForm.initial_of(found))
    return _filled(
        request, form, found.name, lambda: actions.set_area(person_of(request), area=found, **form.values())
    )


@needs("access.manage")
@require_http_methods(METHODS)
def new_door(request: HttpRequest) -> HttpResponse:
    """A new door."""
    form = DoorForm(request.POST or None, areas=queries.areas_kept(person_of(request), "access.manage"))
    return _filled(request, form, _("新增门"), lambda: actions.make_door(person_of(request), **form.values()))


@needs("access.manage")
@require_http_methods(METHODS)
def door(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a door."""
    areas = queries.areas_kept(person_of(request), "access.manage")
    doors = Door.objects.select_related("area__keeper", "place", "controller").filter(area__in=areas)
    found = _found(doors, pk)
    form = DoorForm(request.POST or None, areas=areas, initial=DoorForm.initial_of(found))
    return _filled(
        request, form, found.name, lambda: actions.set_door(person_of(request), door=found, **form.values())
    )


@needs("access.manage")
@require_http_methods(METHODS)
def new_controller(request: HttpRequest) -> HttpResponse:
    """A new controller; its secret is shown once."""
    form = ControllerForm(request.POST or None)
    made: list[tuple[Controller, str]] = []

    def work() -> None:
        values = form.values()
        values.pop("active")
        made.append(actions.make_controller(person_of(request), **values))

    answer = _filled(request, form, _("新增控制器"), work)
    return _shown(request, *made[0]) if made else answer


@needs("access.manage")
@require_http_methods(METHODS)
def controller(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename, move or switch off a controller."""
    found = _found(Controller.objects.select_related("place"), pk)
    form = ControllerForm(request.POST or None, initial=ControllerForm.initial_of(found))
    return _filled(
        request,
        form,
        found.name,
        lambda: actions.set_controller(person_of(request), controller=found, **form.values()),
        controller=found,
    )


@needs("access.manage")
@require_POST
def secret(request: HttpRequest, pk: int) -> HttpResponse:
    """A new secret, shown once; the controller is out until it has it."""
    found = _found(Controller.objects.all(), pk)
    return _shown(request, found, actions.renew_secret(person_of(request), controller=found))


def _shown(request: HttpRequest, found: Controller, new: str) -> HttpResponse:
    context = {"controller": found, "secret": new, "key": keys.public()}
    response = render(request, "access/secret.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _found(rows: Any, pk: int) -> Any:
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def _filled(
    request: HttpRequest, form: forms.Form, title: str, work: Callable[[], object], **more: Any
) -> HttpResponse:
    """Show a form, and do the work once it is filled in rightly."""
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                work()
                messages.success(request, _("已保存。"))
                return redirect("access:manage")
        except Problem as problem:
            if not problems.is_about_input(problem):
                raise
            problems.put_into(form, problem)
            status = problems.status_of(problem)
    return render(request, "access/form.html", {"form": form, "title": title, **more}, status=status)
