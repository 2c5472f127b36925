"""Rotations: announced, entered, drawn, and published so that anybody can do the sum again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from houqin.portal.door import person_of, signed_in
from houqin.portal.guard import needs
from houqin.services.parking import actions, drawing, queries
from houqin.services.parking.forms import DrawForm, EnterForm, RotationForm
from houqin.services.parking.models import EntryState, RotationEntry, RotationState
from houqin.services.parking.views.forming import carry_out

_SHOWN = 100


@signed_in
@require_safe
def rotations(request: HttpRequest) -> HttpResponse:
    """All rotations, the newest first."""
    may_keep = queries.lots_kept(person_of(request)).exists()
    return render(
        request, "parking/rotations.html", {"rotations": queries.rotations()[:_SHOWN], "may_keep": may_keep}
    )


@needs("parking.keep")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Announce one."""
    form, status = RotationForm(request.POST or None), 200
    if request.method == "POST":

        def act() -> object:
            given = {**form.cleaned_data, "lot": form.cleaned_data["lot"].pk}
            return actions.open_rotation(person_of(request), **given)

        made, status = carry_out(form, act)
        if made:
            messages.success(request, _("已开放报名。"))
            return redirect("parking:rotations")
    return render(request, "parking/rotation_new.html", {"form": form}, status=status)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def rotation(request: HttpRequest, pk: int) -> HttpResponse:
    """A rotation with its result; entering it by POST."""
    person, found = person_of(request), queries.rotation_of(pk)
    initial = {"plate": next(iter(queries.plates_of(person)), "")}
    form, status = EnterForm(request.POST or None, initial=initial), 200
    if request.method == "POST":
        made, status = carry_out(
            form, lambda: actions.enter(person, rotation=pk, plate=form.cleaned_data["plate"])
        )
        if made:
            messages.success(request, _("已报名，报名号 %(number)s。") % {"number": made.number})
            return redirect("parking:rotation", pk)
    drawn = found.state == RotationState.DRAWN
    context = {
        "rotation": found,
        "results": _results(list(queries.entries_of(found))) if drawn else [],
        "own": queries.own_entry(person, found),
        "form": form,
        "open": found.state == RotationState.OPEN and timezone.now() < found.enter_until,
        "drawn": drawn,
        "may_keep": queries.lots_kept(person).filter(pk=found.lot_id).exists(),
        "draw_form": DrawForm(),
    }
    return render(request, "parking/rotation.html", context, status=status)


def _results(entries: list[RotationEntry]) -> list[dict[str, Any]]:
    """Who has a place, and who is on the waiting list, in the order of the draw; those who left keep their rank there."""
    won = [each for each in entries if each.state == EntryState.WON]
    waiting = [each for each in entries if each.state != EntryState.WON]
    return [
        {"name": "won", "title": _("已获车位"), "entries": won, "none": _("没有人获得车位。")},
        {"name": "waiting", "title": _("候补名单"), "entries": waiting, "none": _("没有人候补。")},
    ]


@signed_in
@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's entry back."""
    actions.leave(person_of(request), rotation=pk)
    messages.success(request, _("已退出。"))
    return redirect("parking:rotation", pk)


@needs("parking.keep")
@require_http_methods(["GET", "HEAD", "POST"])
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw with the public number."""
    found = queries.rotation_of(pk)
    queries.kept_lot(person_of(request), found.lot_id)
    form, status = DrawForm(request.POST or None), 200
    if request.method == "POST":
        made, status = carry_out(
            form, lambda: actions.draw(person_of(request), rotation=pk, beacon=form.cleaned_data["beacon"])
        )
        if made:
            messages.success(request, _("结果已公布。"))
            return redirect("parking:rotation", pk)
    return render(request, "parking/draw.html", {"form": form, "rotation": found}, status=status)


@needs("parking.keep")
@require_POST
def hand_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Places that were given back go to who waits."""
    given = actions.hand_on(person_of(request), rotation=pk)
    messages.success(request, _("已递补 %(n)s 人。") % {"n": given})
    return redirect("parking:rotation", pk)


@signed_in
@require_safe
def tickets(request: HttpRequest, pk: int) -> HttpResponse:
    """The list that was drawn from, as it was hashed: number, draws lost before, place held last time. No name, no plate."""
    found = queries.rotation_of(pk)
    lines = [
        drawing.Ticket(each.number, each.lost_before, each.held_last).line()
        for each in sorted(queries.entries_of(found), key=lambda entry: entry.number)
    ]
    answer = HttpResponse("".join(f"{line}\n" for line in lines), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="rotation-{pk}.csv"'
    return answer
