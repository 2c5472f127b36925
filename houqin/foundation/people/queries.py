"""Reading people, organisations and duty."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import overload

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from houqin.foundation import tree
from houqin.foundation.kept import Kept
from houqin.foundation.people import scope
from houqin.foundation.people.models import (
    BEYOND_THE_NAME,
    DutyShift,
    Organisation,
    Person,
    SignedInSession,
    beyond_the_name,
)
from houqin.foundation.sealed.envelope import LAST
from houqin.foundation.standards import dialled
from houqin.foundation.trail.actors import Actor

#: A shift that begins this long after another counts as the one it is handed over to.
_NEXT_WITHIN = timedelta(hours=12)


def organisation_of(person: Person) -> Organisation:
    """Where the person belongs: ``person.organisation``, which the process keeps."""
    if not Person.organisation.is_cached(person):
        person.organisation = _organisation(person.organisation_id)
    return person.organisation


@overload
def organisation(pk: int) -> Organisation: ...
@overload
def organisation(pk: int | None) -> Organisation | None: ...
def organisation(pk: int | None) -> Organisation | None:
    """The organisation of that id, which the process keeps."""
    return None if pk is None else _organisation(pk)


@Kept
def _organisation(pk: int) -> Organisation:
    return Organisation.objects.get(pk=pk)


@Kept
def somebody_here(pk: int) -> Person | None:
    """The person of that id who has not left, by name alone (:data:`BEYOND_THE_NAME`)."""
    return Person.objects.filter(ended_on__isnull=True).defer(*BEYOND_THE_NAME).filter(pk=pk).first()


def house_name() -> str:
    """Whose house it is: the root of the organisations, where there is one alone."""
    roots = list(Organisation.objects.filter(parent=None, ended_on=None).values_list("name", flat=True)[:2])
    return roots[0] if len(roots) == 1 else ""


def people_of(actor: Actor, permission: str = "people.view") -> QuerySet[Person]:
    """Everybody on whom ``actor`` holds ``permission``, who has not left."""
    return Person.objects.active().filter(scope.within(actor, permission, organisation="organisation__path"))


def find_people(actor: Actor, text: str, *, limit: int = 20) -> QuerySet[Person]:
    """By name, pinyin, initials, staff number, whole phone number or its last four; by pinyin."""
    if not text.strip():
        return Person.objects.none()
    found = people_of(actor).filter(typed(text)).select_related("organisation", "usual_place")
    return found.order_by("pinyin", "id")[:limit]


def typed(text: str) -> Q:
    """The people that a typed ``text`` may mean: by name, pinyin, initials, staff number, whole phone number or its last four."""
    wanted = text.strip()
    key = wanted.lower().replace(" ", "")
    condition = Q(name__contains=wanted) | Q(pinyin__startswith=key) | Q(initials__startswith=key)
    if key.isdigit():
        condition |= Q(staff_number=key) | Q(phone=dialled(key))
        if len(key) == LAST:
            condition |= Q(phone__tail=key)
    return condition


def phone_lookup(actor: Actor, number: str) -> QuerySet[Person]:
    """Whose phone that is, as the desk types it (spaces, hyphens and +86 do not matter)."""
    wanted = dialled(number)
    if not wanted:
        return Person.objects.none()
    return people_of(actor).filter(phone=wanted).select_related("organisation", "usual_place")


def on_duty(section: Organisation, *, at: datetime, place_path: str = "") -> list[Person]:
    """Who has duty in a section at a moment: substitutes instead of those they stand in for, nobody who has left or has
    handed over already. By id, and kept, so nobody may change them.

    With ``place_path`` only those whose shift covers that place (or names none).
    """
    day, above = timezone.localdate(at), frozenset(tree.ids(place_path))
    running = (
        shift
        for shift in _shifts_of(section.pk, day)
        if shift.starts_at <= at < shift.ends_at
        and (shift.handed_over_at is None or shift.handed_over_at > at)
        and (not place_path or shift.place_id is None or shift.place_id in above)
    )
    people = {shift.substitute or shift.person for shift in running}
    here = [person for person in people if person.ended_on is None or person.ended_on > day]
    return sorted(here, key=lambda person: person.pk)


@Kept
def _shifts_of(section: int, day: date) -> tuple[DutyShift, ...]:
    """The shifts of a section that touch a day of the compound, with the names of who has them."""
    start = timezone.make_aware(datetime.combine(day, time.min))
    shifts = overlapping(Organisation(pk=section), start=start, end=start + timedelta(days=1))
    return tuple(shifts.defer(*beyond_the_name("person"), *beyond_the_name("substitute")))


def week_bounds(monday: date) -> tuple[datetime, datetime]:
    """A week in office time, as moments."""
    start = timezone.make_aware(datetime.combine(monday, time.min))
    return start, start + timedelta(days=7)


def week_of(section: Organisation, *, monday: date) -> QuerySet[DutyShift]:
    """The shifts that begin in the week from ``monday``."""
    start, end = week_bounds(monday)
    return (
        DutyShift.objects.filter(section=section, starts_at__gte=start, starts_at__lt=end)
        .select_related("section", "person", "substitute", "place")
        .order_by("starts_at", "id")
    )


def overlapping(section: Organisation, *, start: datetime, end: datetime) -> QuerySet[DutyShift]:
    """The shifts that touch a span: for finding gaps, which a shift of the week before may fill."""
    return (
        DutyShift.objects.filter(section=section, starts_at__lt=end, ends_at__gt=start)
        .select_related("section", "person", "substitute", "place")
        .order_by("starts_at", "id")
    )


def next_shifts(shift: DutyShift) -> QuerySet[DutyShift]:
    """The shifts that follow on one: same section and place, the earliest beginning of the next twelve hours."""
    same_place = Q(place_id=shift.place_id) if shift.place_id else Q(place__isnull=True)
    following = DutyShift.objects.filter(
        same_place,
        section_id=shift.section_id,
        starts_at__gt=shift.starts_at,
        starts_at__lte=shift.ends_at + _NEXT_WITHIN,
        ends_at__gt=shift.ends_at,
    ).exclude(pk=shift.pk)
    first = following.order_by("starts_at").values("starts_at")[:1]
    return following.filter(starts_at=first).select_related("person", "substitute", "section", "place")


def next_on_duty(shift: DutyShift) -> list[Person]:
    """Who takes over from a shift."""
    return [following.substitute or following.person for following in next_shifts(shift)]


def shifts_of(person: Person, *, since: datetime) -> QuerySet[DutyShift]:
    """A person's own shifts that end after ``since``, those taken over for others included, soonest first."""
    mine = Q(substitute=person) | Q(person=person, substitute__isnull=True)
    return (
        DutyShift.objects.filter(mine, ends_at__gt=since)
        .select_related("section", "person", "substitute", "place")
        .order_by("starts_at", "id")
    )


def handovers_for(person: Person, *, at: datetime) -> QuerySet[DutyShift]:
    """What the shifts before left word of, for whoever has duty now or within the next twelve hours."""
    mine = DutyShift.objects.filter(
        Q(substitute=person) | Q(person=person, substitute__isnull=True),
        Q(place_id=OuterRef("place_id")) | Q(place__isnull=True, section_id=OuterRef("section_id")),
        section_id=OuterRef("section_id"),
        starts_at__lte=at + _NEXT_WITHIN,
        starts_at__gt=OuterRef("starts_at"),
        ends_at__gt=at,
    )
    return (
        DutyShift.objects.filter(Exists(mine), handed_over_at__gt=at - timedelta(days=1))
        .exclude(handover_note="")
        .select_related("section", "person", "substitute", "place")
        .order_by("-handed_over_at")
    )


def sections_planned_by(actor: Actor) -> QuerySet[Organisation]:
    """The sections for which ``actor`` plans duty."""
    return Organisation.objects.filter(
        scope.within(actor, "duty.manage", organisation="path"),
        kind__in=["section", "contractor"],
        ended_on__isnull=True,
    )


def shift_for(actor: Actor, pk: int) -> DutyShift | None:
    """A shift that ``actor`` plans or has; None outside that."""
    mine = Q(substitute_id=actor.pk) | Q(person_id=actor.pk)
    planned = scope.within(actor, "duty.manage", organisation="section__path")
    found = DutyShift.objects.filter(mine | planned, pk=pk)
    return found.select_related("section", "person", "substitute", "place").first()


def people_for_duty(section: Organisation) -> QuerySet[Person]:
    """Who may be planned in a section: its own people and those below it."""
    return (
        Person.objects.active()
        .filter(organisation__path__startswith=section.path)
        .select_related("organisation")
        .order_by(F("pinyin"), "id")
    )


def sessions_of(person: Person) -> QuerySet[SignedInSession]:
    """Where a person is signed in, latest first."""
    return SignedInSession.objects.filter(person=person)
