"""Named answers to "who has this step?": people, or a section whose queue it waits in."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from django.db.models import QuerySet
from django.utils import timezone
from psycopg.types.numeric import Int8

from houqin.affairs.declare import StepKind
from houqin.affairs.models import Case
from houqin.foundation import tree
from houqin.foundation.compiled import Compiled, Statement
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
    people = on_duty(section, at=at, place_path=case.place.path if case.place else "")
    busy = dict(_OPEN_TASKS.run([[Int8(each.pk) for each in people]]).fetchall()) if len(people) > 1 else {}
    least = min(people, key=lambda person: (busy.get(person.pk, 0), person.pk), default=None)
    return Holder(section=section, person=least)


_OPEN_TASKS = Statement(
    "SELECT assignee_id, count(*) FROM affairs_task WHERE assignee_id = ANY(%s) AND state = 'open' GROUP BY assignee_id"
)


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
    over = _appointments(tree.ids(case.section.path), timezone.localdate())
    appointments = over.filter(role__code=argument).exclude(person=case.applicant_id or 0)
    return [Holder(section=case.section, person=each.person) for each in appointments]


def heads_over(organisation: Organisation, *, applicant_id: int | None = None) -> list[Person]:
    """Heads of the nearest organisation upwards that has one who is not the applicant; above any the applicant heads."""
    above = tree.ids(organisation.path)
    by_organisation: dict[int, list[Person]] = {}
    for each in _heads(len(above)).rows(timezone.localdate(), *above):
        by_organisation.setdefault(each.organisation_id, []).append(each.person)
    for identity in reversed(above):
        heads = by_organisation.get(identity, [])
        if heads and applicant_id not in {head.pk for head in heads}:
            return heads
    return []


@cache
def _heads(depth: int) -> Compiled[Appointment]:
    """The heads' appointments over an organisation ``depth`` levels deep."""

    def build(today: date, *above: int) -> QuerySet[Appointment]:
        return _appointments(above, today).filter(role__head=True, place__isnull=True, service="")

    return Compiled(build, date, *[int] * depth)


def _appointments(above: Collection[int], today: date) -> QuerySet[Appointment]:
    """Appointments that hold today, over any of the organisations ``above``, of people who are still here."""
    return (
        Appointment.objects.current(today)
        .filter(organisation_id__in=above, person__in=Person.objects.active(today))
        .select_related("person")
        .order_by("id")
    )
