"""At the spot: what is known to be broken here, "here too", "I have arrived"; devices and their codes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from houqin.affairs.actions import perform
from houqin.foundation.places.codes import svg
from houqin.foundation.places.views.public import count_passer_by
from houqin.portal.door import person_of, signed_in
from houqin.portal.guard import needs
from houqin.services.repairs import actions, queries
from houqin.services.repairs.forms import plain_code

DEVICES = 200
A_SHEET = 60


@require_safe
def known(request: HttpRequest) -> HttpResponse:
    """Fragment: what is already reported at a place that was picked. Open to passers-by, names nobody."""
    count_passer_by(request)
    place = queries.spot(plain_code(request.GET.get("place")))
    found = queries.known_faults(place) if place else []
    context = {"known": found, "place": place, "may_follow": request.user.is_authenticated}
    return render(request, "repairs/known.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, number: str) -> HttpResponse:
    """ "Here too": one tap, and the running repair tells me as well."""
    order = queries.joinable_order(number)
    if request.method == "POST":
        case = actions.follow(person_of(request), order=order)
        return redirect(case.get_absolute_url())
    return render(request, "repairs/follow.html", {"order": order})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def arrive(request: HttpRequest, task: int) -> HttpResponse:
    """The worker has scanned the code at the place: one tap stamps the arrival."""
    found = queries.task_to_arrive(person_of(request), task)
    code = plain_code(request.GET.get("code"))
    if request.method == "POST":
        case = perform(person_of(request), "arrive", case=found.case.number, task=task, data={"code": code})
        return redirect(case.get_absolute_url())
    return render(request, "repairs/arrive.html", {"task": found, "case": found.case})


@require_safe
def faults(request: HttpRequest) -> HttpResponse:
    """Kinds of fault found while somebody types, as JSON; the dictionary is no secret."""
    found = queries.find_faults(request.GET.get("q", "")[:40])
    return JsonResponse(
        {
            "items": [
                {"code": fault.code, "name": fault.name, "group": fault.get_group_display()}
                for fault in found
            ]
        }
    )


@needs("repairs.view")
@require_safe
def devices(request: HttpRequest) -> HttpResponse:
    """Devices with their maintainers and warranties, each a code to scan."""
    text = request.GET.get("q", "").strip()[:60]
    found = list(queries.devices_of(text)[: DEVICES + 1])
    context = {"devices": found[:DEVICES], "text": text, "more": len(found) > DEVICES}
    return render(request, "repairs/devices.html", context)


@needs("repairs.view")
@require_safe
def codes(request: HttpRequest) -> HttpResponse:
    """A printable sheet of device codes."""
    text = request.GET.get("q", "").strip()[:60]
    labels = [(device, svg(device.qr)) for device in queries.devices_of(text)[:A_SHEET]]
    return render(request, "repairs/device_codes.html", {"labels": labels, "text": text})
