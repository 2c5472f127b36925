"""Rating where a code hangs: three taps, nobody asks who."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from houqin.affairs.naming import source
from houqin.foundation.errors import NotFound, Problem
from houqin.foundation.files.queries import of_records
from houqin.foundation.people.installation import is_demo
from houqin.foundation.places.models import Place
from houqin.foundation.places.queries import by_qr
from houqin.portal import problems
from houqin.portal.door import person_of
from houqin.portal.guard import needs
from houqin.services.mailbox import queries
from houqin.services.mailbox.actions import spots
from houqin.services.mailbox.forms import SpotForm
from houqin.services.mailbox.queries import Filters
from houqin.services.mailbox.queries.public import spots_by_place
from houqin.services.mailbox.views.counting import count
from houqin.services.mailbox.views.periods import periods

#: From one bin of addresses, and at one place, in an hour.
_A_DRAWER, _A_PLACE = 30, 10
_LATEST = 60


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, code: str) -> HttpResponse:
    """Stars, tags, words if any. Ends on thanks, and after a low rating on a receipt code."""
    place = by_qr(code)
    if place.ended_on is not None and place.ended_on <= timezone.localdate():
        raise NotFound
    tags = tuple((source(tag), tag) for tag in queries.spot_tags(place))
    if request.method != "POST":
        return _form(request, place, SpotForm(tags=_kept(tags)), tags)
    form = SpotForm(request.POST, request.FILES, tags=_kept(tags))
    if not form.is_valid():
        return _form(request, place, form, tags, status=422)
    try:
        count(request, "spot", limit=_A_DRAWER)
        count(request, f"spot:{place.pk}", limit=_A_PLACE)
        rating, receipt = spots.rate_spot(place, **form.cleaned_data)
    except Problem as problem:
        if not problems.is_about_input(problem):
            raise
        problems.put_into(form, problem)
        return _form(request, place, form, tags, status=problems.status_of(problem))
    return render(request, "mailbox/spot_done.html", {"place": place, "rating": rating, "receipt": receipt})


def _kept(tags: tuple[tuple[str, object], ...]) -> tuple[str, ...]:
    return tuple(kept for kept, _said in tags)


def _form(
    request: HttpRequest,
    place: Place,
    form: SpotForm,
    tags: tuple[tuple[str, object], ...],
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "place": place, "form": form, "tags": tags, "chosen": request.POST.getlist("tags"),
        "stars": request.POST.get("stars", ""),
    }  # fmt: skip
    return render(request, "mailbox/spot.html", context, status=status)


@needs("mailbox.view")
@require_safe
def ratings(request: HttpRequest) -> HttpResponse:
    """Where ratings were given on the spot, the worst places first, and the latest of them."""
    person, filters = person_of(request), Filters.of(request.GET)
    latest = list(queries.spots_of(person, filters.since, filters.until).order_by("-pk")[:_LATEST])
    photos = of_records("mailbox.spotrating", [each.pk for each in latest])
    context = {
        "filters": filters,
        "periods": periods(filters),
        "places": spots_by_place(person, filters.since, filters.until),
        "latest": [(each, photos.get(each.pk, ())) for each in latest],
        "synthetic": is_demo(),
    }
    return render(request, "mailbox/spots.html", context)
