"""What is one's own: plates and permits, and showing a permit to a partner."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from houqin.portal.door import next_address, person_of, signed_in
from houqin.services.parking import actions, queries
from houqin.services.parking.models import PermitState

_SHOWN = 50


@signed_in
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """My plates and permits, and the rotations that can be entered."""
    person = person_of(request)
    permits = list(queries.permits_of(person)[:_SHOWN])
    holding = [
        each for each in permits if each.state in (PermitState.PENDING, PermitState.WAITING, PermitState.OPEN)
    ]
    context = {
        "holding": [
            {
                "permit": each,
                "line": queries.place_in_line(each) if each.state == PermitState.WAITING else None,
            }
            for each in holding
        ],
        "over": [each for each in permits if each not in holding],
        "rotations": queries.rotations_open(),
    }
    return render(request, "parking/mine.html", context)


@signed_in
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a permit back, or as keeper take it."""
    actions.end(person_of(request), permit=pk, why=request.POST.get("why", "")[:200])
    messages.success(request, _("通行证已结束。"))
    return redirect(next_address(request, "/parking/mine"))


@signed_in
@require_POST
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """One's permit as a text that partner compounds can check."""
    return render(request, "parking/sign.html", {"token": actions.sign_permit(person_of(request), permit=pk)})
