"""The one place where scope is applied: who may do what, to which records.

A right comes from an appointment: a role's permissions over an organisation subtree, perhaps narrowed to a
place subtree and to a service. Several appointments add up; none takes away. A narrowed one covers only
records that lie in that place and service: one without a place is outside the reach of a plumber of tower A.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from houqin.foundation import tree
from houqin.foundation.errors import NotPermitted
from houqin.foundation.kept import Kept
from houqin.foundation.people.models import Appointment, Organisation, Person, beyond_the_name
from houqin.foundation.trail.actors import Actor, System

# Plain SQL because every request pays for it: the same through the ORM costs three times as much to put together.
_APPOINTMENTS = """
SELECT a.id, r.name, o.name, r.permissions, o.path, coalesce(p.path, ''), a.service, r.head, a.from_on, a.to_on
FROM people_appointment a
JOIN people_role r ON r.id = a.role_id
JOIN people_organisation o ON o.id = a.organisation_id
LEFT JOIN places_place p ON p.id = a.place_id
WHERE a.person_id = %(person)s
ORDER BY a.id
"""


@dataclass(frozen=True)
class Grant:
    """A current appointment as scope sees it. ``place_path`` and ``service`` are empty where not narrowed."""

    appointment_id: int | None
    appointment_name: str
    permissions: frozenset[str]
    organisation_path: str
    place_path: str
    service: str
    head: bool

    def covers(self, organisation_path: str, place_path: str = "", service: str = "") -> bool:
        """Whether a record of that section, place and service lies within."""
        return (
            organisation_path.startswith(self.organisation_path)
            and place_path.startswith(self.place_path)
            and self.service in ("", service)
        )

    @property
    def everywhere(self) -> bool:
        """Whether this reaches a whole root organisation, not narrowed."""
        return len(tree.ids(self.organisation_path)) == 1 and not self.place_path and not self.service


#: What the platform itself acts by: no appointment, no bounds.
EVERYTHING = Grant(None, "", frozenset(), "/", "", "", head=False)


def grants(actor: Actor) -> tuple[Grant, ...]:
    """The appointments of ``actor`` that hold today: one query, then held on the actor (for its request)."""
    if not isinstance(actor, Person) or actor.pk is None:
        return ()
    held: tuple[tuple[datetime, datetime], tuple[Grant, ...]] | None = actor.__dict__.get("_grants")
    if held is None or not held[0][0] <= timezone.now() < held[0][1]:
        held = actor.__dict__["_grants"] = (_today(), _current(actor))
    return held[1]


def stand_in(pk: int, held: tuple[Grant, ...]) -> Person:
    """Somebody unnamed with these appointments: for making a query that serves all who hold the same."""
    person = Person(pk=pk)
    person.__dict__["_grants"] = (_today(), held)
    return person


def forget(actor: Actor) -> None:
    """Ask the database again next time: for whoever changed the appointments of a person at hand."""
    getattr(actor, "__dict__", {}).pop("_grants", None)


def within(
    actor: Actor, permission: str, *, organisation: str, place: str | None = None, service: str | None = None
) -> Q:
    """A condition for the records on which ``actor`` holds ``permission``.

    ``organisation``, ``place`` and ``service`` are lookups of the record: ``section__path``, ``place__path``,
    ``item__service``. Leave out what a record has not: narrowed appointments then give nothing.
    """
    if isinstance(actor, System):
        return Q()
    condition = Q(pk__in=[])
    for grant in _holding(actor, permission):
        if (grant.place_path and not place) or (grant.service and not service):
            continue
        part = Q(**{f"{organisation}__startswith": grant.organisation_path})
        if grant.place_path:
            part &= Q(**{f"{place}__startswith": grant.place_path})
        if grant.service:
            part &= Q(**{str(service): grant.service})
        condition |= part
    return condition


def holds(actor: Actor, permission: str) -> bool:
    """Whether ``actor`` holds ``permission`` anywhere."""
    return isinstance(actor, System) or any(True for _ in _holding(actor, permission))


def grant_for(
    actor: Actor, permission: str, *, organisation_path: str | None, place_path: str = "", service: str = ""
) -> Grant | None:
    """The appointment by which ``actor`` holds ``permission`` on that record, or None; asks no record again.

    ``organisation_path=None`` means that any appointment with the permission will do.
    """
    if isinstance(actor, System):
        return EVERYTHING
    for grant in _holding(actor, permission):
        if organisation_path is None or grant.covers(organisation_path, place_path, service):
            return grant
    return None


def authorise(
    actor: Actor, permission: str, *, organisation_path: str | None, place_path: str = "", service: str = ""
) -> Grant:
    """As :func:`grant_for`, but raises ``NotPermitted`` where there is none."""
    grant = grant_for(
        actor, permission, organisation_path=organisation_path, place_path=place_path, service=service
    )
    if grant is None:
        raise NotPermitted
    return grant


def authorise_everywhere(actor: Actor, permission: str) -> Grant:
    """For what belongs to no one organisation (roles, the calendar): the right over a root, not narrowed."""
    grant = grant_everywhere(actor, permission)
    if grant is None:
        raise NotPermitted
    return grant


def grant_everywhere(actor: Actor, permission: str) -> Grant | None:
    """As :func:`authorise_everywhere`, but None where there is none."""
    if isinstance(actor, System):
        return EVERYTHING
    return next((grant for grant in _holding(actor, permission) if grant.everywhere), None)


def holders(
    permission: str,
    *,
    organisation_path: str,
    place_path: str = "",
    service: str = "",
    today: date | None = None,
) -> QuerySet[Person]:
    """Whoever holds ``permission`` on that record today, by name."""
    place = Q(place__isnull=True) | Q(place_id__in=tree.ids(place_path))
    appointments = Appointment.objects.current(today).filter(
        place,
        role__permissions__contains=[permission],
        organisation_id__in=tree.ids(organisation_path),
        service__in={"", service},
    )
    return Person.objects.active(today).filter(pk__in=appointments.values("person_id"))


def present_holders(
    permission: str, *, organisation_path: str, place_path: str = "", service: str = ""
) -> list[Person]:
    """As :func:`holders`, of the present day: kept, so nobody may change them."""
    found = _holders_on(timezone.localdate(), permission, organisation_path)
    return list(
        {
            person: None
            for person, place, narrowed in found
            if place_path.startswith(place) and narrowed in ("", service)
        }
    )


@Kept
def _holders_on(day: date, permission: str, organisation_path: str) -> tuple[tuple[Person, str, str], ...]:
    """Whoever holds ``permission`` over an organisation that day, by name, with the place path and the service to which their
    appointment is narrowed."""
    appointments = Appointment.objects.current(day).filter(
        role__permissions__contains=[permission],
        organisation_id__in=tree.ids(organisation_path),
        person__in=Person.objects.active(day),
    )
    by_name = appointments.select_related("person", "place").order_by("person__pinyin", "person_id", "pk")
    return tuple(
        (each.person, each.place.path if each.place else "", each.service)
        for each in by_name.defer(*beyond_the_name("person"))
    )


def holders_everywhere(permission: str) -> QuerySet[Person]:
    """Whoever holds ``permission`` over a root organisation today, not narrowed."""
    appointments = Appointment.objects.current().filter(
        organisation__parent__isnull=True,
        role__permissions__contains=[permission],
        place__isnull=True,
        service="",
    )
    return Person.objects.active().filter(pk__in=appointments.values("person_id"))


def heads_of(organisation: Organisation) -> list[Person]:
    """Who heads ``organisation``: its own heads, else those of the nearest one above that has any."""
    found = (
        Appointment.objects.current()
        .filter(
            role__head=True,
            organisation_id__in=tree.ids(organisation.path),
            place__isnull=True,
            service="",
            person__in=Person.objects.active(),
        )
        .select_related("person", "organisation")
        .order_by("person__pinyin", "person_id")
    )
    heads = list(found)
    nearest = max((len(tree.ids(head.organisation.path)) for head in heads), default=0)
    return list({head.person: None for head in heads if len(tree.ids(head.organisation.path)) == nearest})


def _holding(actor: Actor, permission: str) -> Iterable[Grant]:
    return (grant for grant in grants(actor) if permission in grant.permissions)


def _today() -> tuple[datetime, datetime]:
    """When this day began and when it ends: cheaper to compare with than to ask what day it is, many times a request."""
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return start, start + timedelta(days=1)


def _current(person: Person) -> tuple[Grant, ...]:
    if not person.is_active:
        return ()
    today = timezone.localdate()
    return tuple(
        grant
        for grant, from_on, to_on in _appointments(person.pk)
        if from_on <= today and (to_on is None or to_on >= today)
    )


@Kept
def _appointments(person: int) -> tuple[tuple[Grant, date, date | None], ...]:
    """All that somebody was ever appointed to, with the days from and to which it holds."""
    with connection.cursor() as cursor:
        cursor.execute(_APPOINTMENTS, {"person": person})
        rows = cursor.fetchall()
    return tuple(
        (Grant(pk, f"{role} · {name}", frozenset(codes), path, place, service, head), from_on, to_on)
        for pk, role, name, codes, path, place, service, head, from_on, to_on in rows
    )
