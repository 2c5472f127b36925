"""Keeping rooms: settings, closed times, joined rooms, the tablet at the door."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from houqin.foundation.errors import NotFound, Problem
from houqin.foundation.places.codes import drawing
from houqin.portal import problems
from houqin.portal.door import person_of
from houqin.portal.guard import needs
from houqin.services.meetings import actions, codes, queries
from houqin.services.meetings.forms_keeping import BlockForm, JoinForm, RoomForm
from houqin.services.meetings.models import Room


@needs("meetings.rooms")
@require_safe
def rooms(request: HttpRequest) -> HttpResponse:
    """The rooms one keeps."""
    text = request.GET.get("q", "").strip()
    kept = queries.rooms_kept(person_of(request))
    if text:
        kept = kept.filter(place__full_name__contains=text)
    return render(request, "meetings/rooms.html", {"rooms": kept[:300], "find": text})


def _kept(request: HttpRequest, pk: int) -> Room:
    found = queries.rooms_kept(person_of(request)).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


@needs("meetings.rooms")
@require_http_methods(["GET", "HEAD", "POST"])
def room(request: HttpRequest, pk: int) -> HttpResponse:
    """One room's settings, its closed times, its parts, its tablet."""
    found = _kept(request, pk)
    form = RoomForm(request.POST or None, instance=found)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            actions.set_room(person_of(request), room=pk, **form.cleaned_data)
            messages.success(request, _("已保存，已有预订不受影响。"))
            return redirect("meetings:keep_room", pk)
    return _page(request, found, form=form, status=status)


def _page(request: HttpRequest, room: Room, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "room": room,
        "form": RoomForm(instance=room),
        "closing": BlockForm(),
        "join": JoinForm(room=room),
        "blockings": room.blockings.filter(lifted_at__isnull=True, ends_at__gt=timezone.now()),
        "parts": room.parts.exclude(part=room).select_related("part__place"),
        **more,
    }
    return render(request, "meetings/keep_room.html", context, status=status)


@needs("meetings.rooms")
@require_POST
def block(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a room for a while."""
    found, form = _kept(request, pk), BlockForm(request.POST)
    try:
        if form.is_valid():
            actions.block(person_of(request), room=pk, **form.cleaned_data)
            messages.success(request, _("已停用，期间不能预订。"))
            return redirect("meetings:keep_room", pk)
    except Problem as problem:
        if not problems.is_about_input(problem):
            raise
        problems.put_into(form, problem)
    return _page(request, found, closing=form, status=422)


@needs("meetings.rooms")
@require_POST
def unblock(request: HttpRequest, pk: int) -> HttpResponse:
    """Open it again."""
    lifted = actions.unblock(person_of(request), blocking=pk)
    messages.success(request, _("已恢复预订。"))
    return redirect("meetings:keep_room", lifted.room_id)


@needs("meetings.rooms")
@require_POST
def join(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which rooms open into this one."""
    found = _kept(request, pk)
    form = JoinForm(request.POST, room=found)
    try:
        if form.is_valid():
            actions.join_rooms(
                person_of(request), room=pk, parts=[part.pk for part in form.cleaned_data["parts"]]
            )
            messages.success(request, _("已保存组成关系。"))
            return redirect("meetings:keep_room", pk)
    except Problem as problem:
        if not problems.is_about_input(problem):
            raise
        problems.put_into(form, problem)
    return _page(request, found, join=form, status=422)


@needs("meetings.rooms")
@require_POST
def make_panel(request: HttpRequest, pk: int) -> HttpResponse:
    """A new address for the tablet, shown this once, also as a code to scan with it."""
    token = actions.make_panel(person_of(request), room=pk)
    address = f"{settings.BASE_URL}{reverse('meetings:panel', args=[token])}"
    return _page(request, _kept(request, pk), panel=address, panel_code=drawing(address))


@require_http_methods(["GET", "HEAD", "POST"])
def panel(request: HttpRequest, token: str) -> HttpResponse:
    """The tablet at the door: now, next, and the code to sign in by. The address is its key."""
    found = queries.panel_of(token)
    said = ""
    if request.method == "POST":
        try:
            actions.start_at_door(token)
        except Problem as problem:
            said = str(problem.message)
        else:
            return redirect("meetings:panel", token)
    door = queries.at_door(found.room, timezone.now())
    context: dict[str, Any] = {
        "room": found.room,
        "door": door,
        "token": token,
        "said": said,
        "at": timezone.now(),
    }
    if door.due:
        sign = reverse("meetings:sign", args=[door.due.pk])
        context["qr"] = drawing(f"{settings.BASE_URL}{sign}?c={codes.code_of(door.due.pk)}")
    template = "meetings/panel.html#live" if getattr(request, "htmx", False) else "meetings/panel.html"
    return problems.vary(render(request, template, context))
