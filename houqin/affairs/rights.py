"""Who may see a case, and who may do what to it. One place for pages, API and the verbs themselves."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from houqin.affairs.declare import StepKind
from houqin.affairs.models import Case, Delegation, Follower, State, Task, TaskState
from houqin.foundation.compiled import Compiled
from houqin.foundation.kept import Kept
from houqin.foundation.people import scope
from houqin.foundation.people.models import Organisation, Person, beyond_the_name
from houqin.foundation.people.queries import organisation
from houqin.foundation.trail.actors import SYSTEM, Actor, Bearer, Outsider

PERMISSION = {
    StepKind.APPROVE: "affairs.approve",
    StepKind.DISPATCH: "affairs.dispatch",
    StepKind.HANDLE: "affairs.handle",
}
TASK_VERBS: dict[str, tuple[str, ...]] = {
    StepKind.APPROVE: ("approve", "refuse", "return_step", "add_approver", "transfer", "request_supplement"),
    StepKind.DISPATCH: ("dispatch", "refuse", "return_step", "transfer", "request_supplement"),
    StepKind.HANDLE: ("accept", "arrive", "complete", "transfer", "return_step", "request_supplement"),
}
DISPATCHER_VERBS = ("transfer", "dispatch")
APPLICANT_VERBS: dict[str, tuple[str, ...]] = {
    State.OPEN: ("remind", "withdraw"),
    State.WAITING_APPLICANT: ("supplement", "withdraw"),
    State.CONFIRMING: ("confirm", "reopen"),
    State.COMPLETED: ("rate",),
}
SECTION_VIEWERS = ("affairs.view", "affairs.handle", "affairs.dispatch")
RATING_DAYS = 30
REMIND_EVERY = timedelta(minutes=30)


def visible(actor: Actor) -> Q:
    """Cases ``actor`` may see: their own and followed ones, those they had a task in, and those within their scope."""
    if actor is SYSTEM:
        return Q()
    if actor.pk is None:
        return Q(pk__in=[])
    mine = Q(applicant=actor.pk) | Q(registered_by=actor.pk)
    touched = Q(Exists(Task.objects.filter(case=OuterRef("pk"), assignee=actor.pk)))
    followed = Q(Exists(Follower.objects.filter(case=OuterRef("pk"), person=actor.pk)))
    delegated = Q(
        Exists(Task.objects.filter(case=OuterRef("pk"), state="open", assignee__in=delegators(actor)))
    )
    shared = Q(pk__in=[])
    for permission in PERMISSION.values():
        shared |= scope.within(
            actor,
            permission,
            organisation="section__path",
            place="case__place__path",
            service="case__service",
        )
    queued = Q(Exists(Task.objects.filter(shared, case=OuterRef("pk"), state="open")))
    return mine | touched | followed | delegated | queued | within_scope(actor)


def within_scope(actor: Actor) -> Q:
    """Cases of sections whose cases the actor views or handles, and of applicants whose cases they view."""
    narrowing = {"place": "place__path", "service": "service"}
    condition = scope.within(actor, "affairs.view", organisation="organisation__path", **narrowing)
    for permission in SECTION_VIEWERS:
        condition |= scope.within(actor, permission, organisation="section__path", **narrowing)
    return condition


def may_see(actor: Actor, case: Case) -> bool:
    """Whether this one case is visible to ``actor``; cheap when they are involved."""
    if actor is SYSTEM or is_applicant(actor, case) or (actor.pk and actor.pk == case.registered_by_id):
        return True
    if isinstance(actor, Outsider | Bearer):
        return False
    if any(scope_grant(actor, permission, case) for permission in SECTION_VIEWERS):
        return True
    return Case.objects.filter(visible(actor), pk=case.pk).exists()


def is_applicant(actor: Actor, case: Case) -> bool:
    """The person who applied, a passer-by who gave the case's number and phone number, or who shows its receipt."""
    if isinstance(actor, Bearer):
        return actor.case == case.number
    if isinstance(actor, Outsider):
        return bool(actor.phone) and case.applicant_id is None and actor.phone == case.applicant_phone
    return actor.pk is not None and actor.pk == case.applicant_id


def speaks_for_applicant(actor: Actor, case: Case) -> bool:
    """The applicant, or the clerk who registered their call."""
    return is_applicant(actor, case) or (actor.pk is not None and actor.pk == case.registered_by_id)


def follows(actor: Actor, case: Case) -> bool:
    """Whether the person's own report was joined into the case. No query where nobody joined a case in a move."""
    return actor.pk is not None and case.joined and case.followers.filter(person=actor.pk).exists()


def is_inside(actor: Actor, case: Case, *, follows: bool, worked: bool) -> bool:
    """Whether the inner story is for ``actor``, who sees the case. Who applied or joined is outside, unless work
    (``worked``: they have or had a task) or an appointment brings them in."""
    if worked or not (follows or is_applicant(actor, case)):
        return True
    return any(scope_grant(actor, permission, case) for permission in SECTION_VIEWERS)


def delegators(actor: Actor, at: datetime | None = None) -> Any:
    """Ids of those whose tasks ``actor`` has while they are away."""
    at = at or timezone.now()
    return Delegation.objects.filter(delegate=actor.pk, starts_at__lte=at, ends_at__gt=at).values("person")


def scope_grant(
    actor: Actor, permission: str, case: Case, section: Organisation | None = None
) -> scope.Grant | None:
    """The appointment that gives ``actor`` the permission over the case, by handling or applicant's section."""
    narrowing = {"place_path": case.place.path if case.place else "", "service": case.service}
    sections = [section or case.section]
    if permission in ("affairs.view", "affairs.intake") and case.organisation:
        sections.append(case.organisation)
    for each in sections:
        if grant := scope.grant_for(actor, permission, organisation_path=each.path, **narrowing):
            return grant
    return None


#: Rights whose holders call applicants: to send somebody, about a call they took, and afterwards to ask how it was.
_CALLERS = ("affairs.dispatch", "affairs.intake", "affairs.quality")


def caller_grant(actor: Actor, case: Case, *, able: bool) -> tuple[bool, scope.Grant | None]:
    """Whether ``actor`` must be able to call the applicant, and by which appointment: who can do something about an open
    task (``able``), the clerk who registered it, dispatchers, the telephone desk and quality control of the section."""
    for permission in _CALLERS:
        if grant := scope_grant(actor, permission, case):
            return True, grant
    return able or (actor.pk is not None and actor.pk == case.registered_by_id), None


def reads_numbers(actor: Actor, case: Case, *, able: bool) -> bool:
    """Whether phone and ID numbers within texts of the case are shown as they were typed: to whose case it is, and to who
    must be able to call them (:func:`caller_grant`). To others who see the case they are masked."""
    if isinstance(actor, Person):
        return actor.pk == case.applicant_id or caller_grant(actor, case, able=able)[0]
    return not isinstance(actor, Outsider) or case.applicant_phone == actor.phone


def away_for(actor: Actor, tasks: Sequence[Task], at: datetime) -> frozenset[int]:
    """Ids of holders among ``tasks`` whose delegate ``actor`` is now. No query when nobody else holds one."""
    others = {task.assignee_id for task in tasks if task.assignee_id and task.assignee_id != actor.pk}
    if not others or actor.pk is None:
        return frozenset()
    standing_in = {each.person_id for each in _delegated_to(actor.pk) if each.holds(at)}
    return frozenset(others & standing_in)


@Kept
def _delegated_to(delegate: int) -> list[Delegation]:
    return list(Delegation.objects.filter(delegate=delegate))


@Kept
def _delegated_by(person: int) -> list[Delegation]:
    return list(Delegation.objects.filter(person=person))


def task_grant(
    actor: Actor, verb: str, case: Case, task: Task, away: frozenset[int]
) -> tuple[bool, scope.Grant | None]:
    """Whether ``actor`` may do ``verb`` on an open task, and by which appointment.

    Allowed: its holder, their delegate while they are away, a member of the section it queues in, and the section's
    dispatcher for dispatching and transferring work, but not for choosing who approves. Nobody approves their own case.
    """
    return _may(actor, verb, case, task, away, _work_grant(actor, case, task))


def _work_grant(actor: Actor, case: Case, task: Task) -> scope.Grant | None:
    """The appointment by which ``actor`` does work of the task's kind, whatever the verb."""
    if actor is SYSTEM or actor.pk is None:
        return None
    return scope_grant(actor, PERMISSION[StepKind(task.kind)], case, task.section)


def _may(
    actor: Actor, verb: str, case: Case, task: Task, away: frozenset[int], grant: scope.Grant | None
) -> tuple[bool, scope.Grant | None]:
    if actor is SYSTEM:
        return True, None
    if actor.pk is None or verb not in TASK_VERBS[task.kind]:
        return False, None
    if task.kind == StepKind.APPROVE and actor.pk == case.applicant_id:
        return False, None
    if task.assignee_id == actor.pk:
        return verb != "accept" or task.accepted_at is None, grant
    if task.assignee_id is None and grant:
        return verb in ("accept", "transfer") or task.kind != StepKind.HANDLE, grant
    dispatches = verb in DISPATCHER_VERBS and task.kind != StepKind.APPROVE
    if dispatches and (dispatcher := scope_grant(actor, "affairs.dispatch", case, task.section)):
        return True, dispatcher
    if task.assignee_id in away:
        return verb != "accept" or task.accepted_at is None, grant
    return False, None


def verbs_on_task(actor: Actor, case: Case, task: Task, away: frozenset[int]) -> list[str]:
    """What ``actor`` can do to one open task now, in the order of the desk."""
    if task.state != TaskState.OPEN or case.state != State.OPEN:
        return []
    grant = _work_grant(actor, case, task)
    verbs = [verb for verb in TASK_VERBS[task.kind] if _may(actor, verb, case, task, away, grant)[0]]
    if task.arrived_at:
        verbs = [verb for verb in verbs if verb != "arrive"]
    return [verb for verb in verbs if verb != "return_step" or _entered_before(case, task.step)]


def _entered_before(case: Case, step: int) -> bool:
    """Whether the case has been at a step before ``step``: one whose condition did not hold was left out."""
    return any(int(index) < step for index in case.flow.get("visits", {}))


def verbs_of_applicant(actor: Actor, case: Case, at: datetime, *, rated: bool, follows: bool) -> list[str]:
    """What the applicant can do now. Whose report was joined (``follows``) may rate too; a clerk may not."""
    verbs = verbs_while(case)
    rates = can_rate(case, at) and not rated and may_rate(actor, case, follows=follows)
    speaks = speaks_for_applicant(actor, case)
    return [verb for verb in verbs if (rates if verb == "rate" else speaks)]


def verbs_while(case: Case) -> tuple[str, ...]:
    """The applicant's verbs in the case's state; an item may say how often it can be reopened."""
    verbs = APPLICANT_VERBS.get(case.state, ())
    most = case.item.reopens
    if most is not None and case.reopened >= most:
        return tuple(verb for verb in verbs if verb != "reopen")
    return verbs


def may_rate(actor: Actor, case: Case, *, follows: bool) -> bool:
    """Whether a rating is theirs to give: of those who asked for it, never of a clerk for them."""
    return follows or is_applicant(actor, case)


def can_rate(case: Case, at: datetime) -> bool:
    """A rating may be given for thirty days after completion."""
    return (
        case.state == State.COMPLETED
        and case.ended_at is not None
        and at < case.ended_at + timedelta(days=RATING_DAYS)
    )


def open_tasks(case: Case) -> Sequence[Task]:
    """The case's open tasks with section and assignee, oldest first."""
    tasks = _OPEN_TASKS.rows(case.pk)
    for task in tasks:
        task.case, task.section = case, organisation(task.section_id)
    return tasks


_OPEN_TASKS = Compiled(
    lambda case: (
        Task.objects.filter(case=case, state=TaskState.OPEN).select_related("assignee").order_by("id")
    ),
    int,
)


def all_tasks(case: Case) -> list[Task]:
    """Every task the case ever had with section and assignee, oldest first; as a move has read them with its lock."""
    if (read_along := getattr(case, "every_task", None)) is not None:
        return list(read_along)
    tasks = _ALL_TASKS.rows(case.pk)
    for task in tasks:
        task.section = organisation(task.section_id)
    return tasks


_ALL_TASKS = Compiled(
    lambda case: (
        Task.objects.filter(case=case)
        .select_related("assignee")
        .defer(*beyond_the_name("assignee"))
        .order_by("id")
    ),
    int,
)


def told_of(case: Case, task: Task, at: datetime) -> list[Person]:
    """Who hears of a task: its holder and, while they are away, their delegate; of a queue its dispatchers."""
    if task.assignee is None:
        return dispatchers(case, task.section)
    delegates = [each.delegate_id for each in _delegated_by(task.assignee_id) if each.holds(at)]
    people = [task.assignee, *(Person.objects.filter(pk__in=delegates) if delegates else ())]
    own = case.applicant_id if task.kind == StepKind.APPROVE else None
    return [person for person in people if person.pk != own]


def dispatchers(case: Case, section: Organisation | None) -> list[Person]:
    """Who is told when a task waits in a queue: those who may dispatch the section's cases at this place."""
    return scope.present_holders(
        "affairs.dispatch",
        organisation_path=(section or case.section).path,
        place_path=case.place.path if case.place else "",
        service=case.service,
    )
