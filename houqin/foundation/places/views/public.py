"""What anybody reaches: the page behind a printed code, and the lists of the place picker."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from houqin.foundation.address import client_address
from houqin.foundation.errors import NotFound
from houqin.foundation.limits.actions import spend
from houqin.foundation.people.models import Person
from houqin.foundation.places import queries
from houqin.foundation.places.codes import ScanOffer, offers_for
from houqin.foundation.places.models import Place, PlaceKind
from houqin.foundation.places.rights import keeper_grant

PASSER_BY_LOOKS_A_MINUTE = 60
MOST_OPTIONS = 300


@login_not_required
@never_cache
@require_safe
def scan(request: HttpRequest, code: str) -> HttpResponse:
    """Open the right thing for who scans: straight where there is one, else a page of what can be done here."""
    count_passer_by(request)
    place = Place.objects.filter(Q(qr=code.lower()) | Q(code__iexact=code)).first()
    offers = offers_for(place.qr if place else code, request)
    if place is None and not offers:
        raise NotFound(_("没有登记过这个二维码。请核对编号，或拨打服务热线说明所在位置。"))
    closed = place is not None and place.ended_on is not None and place.ended_on <= timezone.localdate()
    if place is not None and keeper_grant(request.user, place):  # type: ignore[arg-type]  # a person or nobody
        offers.append(ScanOffer(_("维护这个场所"), reverse("places:place", args=[place.pk]), position=900))
    main = [offer for offer in offers if not offer.aside]
    if len(main) == 1 and not closed:
        return HttpResponseRedirect(main[0].url)
    about = place.full_name if place else next((offer.about for offer in offers if offer.about), "")
    context = {"place": place, "about": about, "offers": offers, "closed": closed, "code": code}
    return render(request, "places/scan.html", context)


def count_passer_by(request: HttpRequest) -> None:
    """Whoever has not signed in looks so often a minute: enough for a finger, too little to list the compound."""
    if not isinstance(request.user, Person):
        spend(f"places:{client_address(request)}", limit=PASSER_BY_LOOKS_A_MINUTE, per_seconds=60)


@dataclass(frozen=True)
class Option:
    """One line of the picker: a space to choose, or a level to open."""

    code: str
    label: str
    under: str = ""
    is_space: bool = False


@login_not_required
@require_safe
def pick(request: HttpRequest) -> HttpResponse:
    """The picker's list: what was looked for (``q``), or what stands below ``under`` (its code)."""
    public = not isinstance(request.user, Person)
    count_passer_by(request)
    text = request.GET.get("q", "").strip()
    if text:
        options = [_found(place) for place in queries.find_places(text, public=public)]
        return _options(request, options, None)
    under = request.GET.get("under", "")
    place = queries.by_code(under) if under else _only_site()
    rows = queries.children(place, public=public)[:MOST_OPTIONS]
    return _options(request, [_below(row) for row in rows], _code_above(place) if under and place else None)


def _options(request: HttpRequest, options: list[Option], back: str | None) -> HttpResponse:
    return render(request, "components/place_options.html", {"options": options, "back": back})


def _only_site() -> Place | None:
    """Nobody is asked which site while there is but one."""
    sites = list(queries.children(None)[:2])
    return sites[0] if len(sites) == 1 else None


def _code_above(place: Place) -> str:
    if place.kind == PlaceKind.SITE or place.parent is None or place.parent.kind == PlaceKind.SITE:
        return ""
    return place.parent.code


def _found(place: Place) -> Option:
    under = place.full_name.removesuffix(place.name).strip()
    return Option(place.code, place.name, under, place.kind == PlaceKind.SPACE)


def _below(place: Place) -> Option:
    """A space's label must say where it lies when it is chosen, so what it lies in comes with it."""
    return _found(place) if place.kind == PlaceKind.SPACE else Option(place.code, place.name)
