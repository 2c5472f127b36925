"""Named answers to "who has this step?": people, or a section whose queue it waits in."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from houqin.affairs.declare import StepKind
from houqin.affairs.models import Case, TaskState
from houqin.foundation import tree
from houqin.foundation.compiled import Compiled
from houqin.foundation.people.models import Appointment, Organisation, Person
from houqin.foundation.people.queries import on_duty
from houqin.foundation.registry import Registry


@dataclass(frozen=True)
class Holder:
    """Who gets one task: a person of a section, or the section's queue when ``person`` is none."""

    section: Organisation | None = None
    person: Person | None = None


Who = Callable[[Case, str], Sequence[Holder]]
WHO: Registry[Who] = Registry("who")


def who(name: str) -> Callable[[Who], Who]:
    """Announce a name for flows. The function gets the case and what stands after the colon."""

    def add(function: Who) -> Who:
        return WHO.add(name, function)

    return add


def resolve(case: Case, expression: str) -> list[Holder]:
    """Everybody who gets a task of a step. Nobody found → the queue of the case's section."""
    name, _, argument = expression.partition(":")
    holders = [holder for holder in WHO[name](case, argument) if holder.person or holder.section]
    return holders or [Holder(section=case.section)]


@who("duty")
def person_on_duty(case: Case, argument: str) -> Sequence[Holder]:
    """Of those on duty in the case's section, the one with the fewest open tasks."""
    return [on_duty_in(case.section, case, timezone.now())]


def on_duty_in(section: Organisation, case: Case, at: datetime) -> Holder:
    """The person on duty in ``section`` for the case's place with the fewest open tasks, else the section's queue."""
    places = tree.ids(case.place.path) if case.place else []
    return Holder(
        section=section,
        person=_least_busy(len(places)).first(section.pk, at, timezone.localdate(at), *places),
    )


@cache
def _least_busy(depth: int) -> Compiled[Person]:
    """Of those on duty in a section at a moment, for a place ``depth`` levels deep, the one with the fewest open tasks."""

    def build(section: int, at: datetime, today: date, *places: int) -> QuerySet[Person]:
        path = "".join(f"/{each}" for each in places) + "/" if places else ""
        load = Count("tasks", filter=Q(tasks__state=TaskState.OPEN))
        people = on_duty(Organisation(pk=section), at=at, place_path=path, today=today)
        return people.annotate(open_tasks=load).order_by("open_tasks", "id")[:1]

    return Compiled(build, int, datetime, date, *[int] * depth)


@who("queue")
def queue(case: Case, argument: str) -> Sequence[Holder]:
    """The section's queue: whoever may handle takes it."""
    return [Holder(section=case.section)]


@who("head")
def head_of_applicant(case: Case, argument: str) -> Sequence[Holder]:
    """The head of the applicant's section; nobody approves their own case, so a head's own goes one head up."""
    if case.organisation is None:
        return []
    return [Holder(person=head) for head in heads_over(case.organisation, applicant_id=case.applicant_id)]


def in_place_of(case: Case, kind: StepKind, holder: Holder, holding: Collection[int]) -> Holder:
    """``holder`` while the person is here. For somebody who has left: a head above for an approval (one who is not
    among ``holding`` already), the section's queue for anything else."""
    person = holder.person
    if person is None or person.is_active:
        return holder
    if kind == StepKind.APPROVE:
        heads = heads_over(person.organisation, applicant_id=case.applicant_id)
        if head := next((each for each in heads if each.pk not in holding), None):
            return Holder(section=holder.section, person=head)
    return Holder(section=holder.section or case.section)


@who("role")
def people_of_role(case: Case, argument: str) -> Sequence[Holder]:
    """Everybody appointed to the role over the case's section, but the applicant."""
    appointments = (
        _appointments(case.section).filter(role__code=argument).exclude(person=case.applicant_id or 0)
    )
    return [Holder(section=case.section, person=each.person) for each in appointments]


def heads_over(organisation: Organisation, *, applicant_id: int | None = None) -> list[Person]:
    """Heads of the nearest organisation upwards that has one who is not the applicant; above any the applicant heads."""
    by_organisation: dict[int, list[Person]] = {}
    for each in _appointments(organisation).filter(role__head=True, place__isnull=True, service=""):
        by_organisation.setdefault(each.organisation_id, []).append(each.person)
    for identity in reversed(tree.ids(organisation.path)):
        heads = by_organisation.get(identity, [])
        if heads and applicant_id not in {head.pk for head in heads}:
            return heads
    return []


def _appointments(organisation: Organisation) -> QuerySet[Appointment]:
    """Current appointments over ``organisation`` of people who are still here."""
    return (
        Appointment.objects.current()
        .filter(organisation_id__in=tree.ids(organisation.path), person__in=Person.objects.active())
        .select_related("person")
        .order_by("id")
    )
