"""What a guard needs at the gate: who is expected, who is inside, whose pass that is."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.foundation.people.queries import typed
from houqin.foundation.places.models import Place, PlaceKind
from houqin.foundation.trail.actors import Actor
from houqin.services.access import queries as doors
from houqin.services.visitors import rules
from houqin.services.visitors.models import Visit, VisitState
from houqin.services.visitors.problems import NotLetIn
from houqin.services.visitors.queries.visits import RELATED, named, scoped

#: "Now" at a gate: who is due within this time.
SOON = timedelta(hours=2)
#: The item by which guards register who comes without an invitation.
WALK_IN = "visitors.walk_in"


def visits_at_gate(actor: Actor) -> QuerySet[Visit]:
    """The visits that ``actor`` lets in and out."""
    return Visit.objects.filter(scoped(actor, "visitors.gate")).select_related(*RELATED)


def expected(actor: Actor, find: str = "") -> QuerySet[Visit]:
    """Who is due at the gate: within two hours, or until their end; those who went out and may come back last. With ``find`` anybody of
    today who goes by that name, phone or plate.
    """
    now = timezone.now()
    coming = Q(state=VisitState.EXPECTED, until_at__gt=now - rules.GRACE)
    found = visits_at_gate(actor)
    if find:
        tomorrow = now + timedelta(hours=24)
        again = Q(state=VisitState.LEFT, until_at__gt=now)
        waits = Q(state=VisitState.PENDING, until_at__gt=now)
        found = found.filter(named(find), coming | again | waits, from_at__lt=tomorrow)
    else:
        found = found.filter(coming, from_at__lt=now + SOON)
    return found.order_by("from_at", "name", "pk")


def waiting(actor: Actor) -> QuerySet[Visit]:
    """Who was registered at the gate and waits for somebody's word, the longest first."""
    found = visits_at_gate(actor).filter(case__item_code=WALK_IN, state=VisitState.PENDING)
    return found.filter(until_at__gt=timezone.now()).order_by("from_at", "pk")


def hosts_typed(actor: Actor, text: str, *, limit: int = 6) -> QuerySet[Person]:
    """Whom a visitor may mean, as a guard types it: name, pinyin, initials, staff number. Raises NotPermitted away from a gate.

    Everybody who is here can be asked for, in whatever unit; their numbers are not told.
    """
    scope.authorise(actor, "visitors.gate", organisation_path=None)
    found = Person.objects.active().filter(typed(text)) if text.strip() else Person.objects.none()
    return found.select_related("organisation", "usual_place").order_by("pinyin", "pk")[:limit]


def inside(actor: Actor, building: Place | None = None, find: str = "") -> QuerySet[Visit]:
    """Who is inside now, of a building or of all, by place and name; for the gate, or with ``visitors.view`` for a muster. With ``find``
    those who go by that name, organisation, phone or plate.
    """
    rights = scoped(actor, "visitors.gate") | scoped(actor, "visitors.view")
    found = Visit.objects.filter(rights, state=VisitState.INSIDE).select_related(*RELATED)
    if find:
        found = found.filter(named(find))
    if building:
        found = found.filter(place__path__startswith=building.path)
    return found.order_by("place__path", "name", "pk")


def inside_counts(actor: Actor) -> list[tuple[Place, int]]:
    """Buildings (and sites, for who goes to no building) in which somebody is, with how many, companions included: site by site, by
    code and name. Two queries."""
    totals: dict[str, int] = {}
    for row in inside(actor).order_by().values_list("place__path", "companions"):
        totals[row[0]] = totals.get(row[0], 0) + 1 + row[1]
    buildings = Place.objects.filter(kind__in=[PlaceKind.BUILDING, PlaceKind.SITE]).select_related("parent")
    found: list[tuple[Place, int]] = []
    for building in buildings:
        n = sum(
            count
            for path, count in totals.items()
            if (
                path.startswith(building.path)
                if building.kind == PlaceKind.BUILDING
                else path == building.path
            )
        )
        if n:
            found.append((building, n))
    return sorted(found, key=lambda each: _by_site(each[0]))


def _by_site(place: Place) -> tuple[str, bool, str, str]:
    """A site before its buildings, these by code and name."""
    site = place.parent.code if place.parent else place.code
    return site, place.parent is not None, place.code, place.name


def overdue(actor: Actor) -> QuerySet[Visit]:
    """Who is inside although their time has been over for a while, the longest first."""
    limit = timezone.now() - rules.GRACE
    return inside(actor).filter(until_at__lt=limit).order_by("until_at", "pk")


def visit_of_token(token: str) -> Visit:
    """Whose visit a pass belongs to. Raises NotLetIn for a text that is no pass, or no visitor's, or an old one."""
    holder, _window, reason = doors.read_pass(token.strip(), timezone.now())
    if reason:
        raise NotLetIn(str(reason.label))
    kind, _colon, number = holder.partition(":")
    found = (
        Visit.objects.select_related(*RELATED).filter(pk=int(number)).first() if kind == "visitor" else None
    )
    if found is None:
        raise NotLetIn(_("这不是访客的通行码。"))
    return found
