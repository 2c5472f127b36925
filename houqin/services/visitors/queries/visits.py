"""Visits: a host's, a source's, one's own by a secret address, and the trace."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from houqin.foundation.compiled import Compiled
from houqin.foundation.errors import NotFound
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.foundation.sealed.envelope import LAST
from houqin.foundation.standards import Unfit, phone, tidy
from houqin.foundation.trail.actors import Actor
from houqin.services.visitors.models import Denial, Visit, VisitState

#: A pass's address answers until so long after the visit's end.
KEY_KEPT = timedelta(days=1)
RELATED = ("host__organisation", "place", "section", "case")


def of_source(source: str) -> QuerySet[Visit]:
    """All visits made for a record of another service, in the order in which they were made. The caller has checked the right."""
    return Visit.objects.filter(source=source).exclude(source="").select_related(*RELATED).order_by("pk")


def hosted_by(person: Person) -> QuerySet[Visit]:
    """The visits that somebody receives or has entered."""
    return Visit.objects.filter(Q(host=person) | Q(made_by=person)).select_related(*RELATED)


_EXPECTED = Compiled(
    lambda person, now, until: Visit.objects.filter(
        host=person, state=VisitState.EXPECTED, until_at__gt=now, from_at__lte=until
    ).values_list("pk"),
    int,
    datetime,
    datetime,
)


def expected_today(person: Person) -> int:
    """How many visits ``person`` still receives today. One statement, made once: home asks it."""
    now = timezone.localtime()
    return len(_EXPECTED.values(person.pk, now, now.replace(hour=23, minute=59, second=59)))


def scoped(actor: Actor, permission: str) -> Q:
    """The visits on which ``actor`` holds a right."""
    return scope.within(actor, permission, organisation="section__path", place="place__path")


def visits_run_by(actor: Person) -> QuerySet[Visit]:
    """The visits that ``actor`` may move and call off: received, entered, or looked after by them."""
    mine = Q(host=actor.pk) | Q(made_by=actor.pk)
    return Visit.objects.filter(mine | scoped(actor, "visitors.keep")).select_related(*RELATED)


def visits_seen_by(actor: Person) -> QuerySet[Visit]:
    """The visits whose page ``actor`` may open."""
    mine = Q(host=actor.pk) | Q(made_by=actor.pk)
    for permission in ("visitors.keep", "visitors.view", "visitors.gate"):
        mine |= scoped(actor, permission)
    return Visit.objects.filter(mine).select_related(*RELATED, "group", "worker__contractor")


def visits(
    actor: Actor, *, visitor: str = "", host: str = "", on: date | None = None, state: str = ""
) -> QuerySet[Visit]:
    """The trace, within ``visitors.view``: by visitor (a part of the name, a whole number, the last four digits, a plate), by host (a
    part of the name), by day; the latest first.
    """
    found = Visit.objects.filter(scoped(actor, "visitors.view")).select_related(*RELATED)
    if visitor := visitor.strip():
        found = found.filter(named(visitor))
    if host := host.strip():
        found = found.filter(host__name__contains=host)
    if on:
        start = timezone.make_aware(datetime.combine(on, time()))
        found = found.filter(from_at__lt=start + timedelta(days=1), until_at__gte=start)
    if state in VisitState.values:
        found = found.filter(state=state)
    return found.order_by("-from_at", "-pk")


def named(text: str) -> Q:
    """What somebody types to find a visitor: a part of the name or organisation, a phone number or its last four, a
    plate or a part of it."""
    wanted = text.strip()
    condition = Q(name__contains=wanted) | Q(organisation__contains=wanted)
    if wanted.isascii() and wanted.isdigit() and len(wanted) == LAST:
        condition |= Q(phone__tail=wanted)
    try:
        condition |= Q(phone=phone(wanted))
    except Unfit:
        pass
    number = tidy(wanted)
    if len(number) >= LAST and any(each.isdigit() for each in number):
        condition |= Q(plate__contains=number)
    return condition


def visit_of_key(key: str) -> Visit:
    """The visit of a secret address. Raises NotFound a day after the visit's end, and for a visit that was called off then."""
    found = Visit.objects.filter(key=key, until_at__gt=timezone.now() - KEY_KEPT, forgotten_at=None)
    visit = found.select_related(*RELATED).first()
    if visit is None:
        raise NotFound
    return visit


def of_phone(number: str) -> QuerySet[Visit]:
    """The visits of somebody who has proved that a phone is theirs, those of the last week and to come."""
    since = timezone.now() - timedelta(days=7)
    found = Visit.objects.filter(phone=number, until_at__gt=since).select_related(*RELATED)
    return found.order_by("-from_at")


def denials_in_force() -> QuerySet[Denial]:
    """The entries of the deny list that hold today."""
    return Denial.objects.filter(Q(until_on=None) | Q(until_on__gte=timezone.localdate()), lifted_at=None)


def is_denied(visit: Visit) -> bool:
    """Whether the visitor is on the list of those not let in: by the keyed hash of phone or ID number.
    One query, none without a number.
    """
    numbers: Q | None = None
    wanted: dict[str, Any] = {"phone": visit.phone, "id_number": visit.id_number}
    for field, value in wanted.items():
        if value:
            numbers = Q(**{field: value.clear}) if numbers is None else numbers | Q(**{field: value.clear})
    return numbers is not None and denials_in_force().filter(numbers).exists()
