"""For passers-by: report something without signing in, and follow it by number and phone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from houqin.foundation.address import client_address
from houqin.foundation.errors import TooMany
from houqin.foundation.limits.actions import spend
from houqin.foundation.people.models import Person
from houqin.portal import queries
from houqin.portal.door import remember_case
from houqin.portal.forms import TrackForm
from houqin.portal.today import today

_TRIES, _TRIES_A_NUMBER, _WINDOW_SECONDS = 20, 8, 900


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """What anybody may ask for, and the way to follow it."""
    person = request.user if isinstance(request.user, Person) else None
    offered = queries.offered_to(None)
    context = {
        "tiles": queries.tiles(offered, ()),
        "form": TrackForm(),
        "notes": today(person).notes,
    }
    return render(request, "portal/report.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """By number and phone to the case. Guessing is counted by address and by number."""
    initial = {"number": request.GET.get("number", "")}
    form = TrackForm(request.POST) if request.method == "POST" else TrackForm(initial=initial)
    if request.method != "POST" or not form.is_valid():
        return _show(request, form, 422 if form.is_bound else 200)
    number, phone = form.cleaned_data["number"], form.cleaned_data["phone"]
    try:
        spend(f"track:{client_address(request)}", limit=_TRIES, per_seconds=_WINDOW_SECONDS)
        spend(f"track:{number}", limit=_TRIES_A_NUMBER, per_seconds=_WINDOW_SECONDS)
    except TooMany as problem:
        form.add_error(None, str(problem.message))
        return _show(request, form, 429)
    found = queries.tracked(number, phone)
    if found is None:
        form.add_error(
            None, _("编号和手机号对不上，没有查到办件。请核对后再查；登录后提交的办件请登录查看。")
        )
        return _show(request, form, 422)
    remember_case(request, number, name=found.applicant_name, phone=phone)
    if found.applicant_id is None and found.applicant_phone == phone:
        return redirect(found.get_absolute_url())
    return redirect("portal:done", found.item_code, number)


def _show(request: HttpRequest, form: TrackForm, status: int) -> HttpResponse:
    return render(request, "portal/track.html", {"form": form}, status=status)
