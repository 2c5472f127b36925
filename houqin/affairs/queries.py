"""Every read of cases that pages, panels, API and services need; each limited to what the actor may see."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Value
from django.utils import timezone

from houqin.affairs import rights
from houqin.affairs.declare import StepKind
from houqin.affairs.models import ENDED, Case, Event, Follower, Rating, RatingKind, State, Task, TaskState
from houqin.affairs.numbers import heard
from houqin.foundation.compiled import Compiled
from houqin.foundation.errors import NotFound
from houqin.foundation.files.models import File
from houqin.foundation.files.queries import of_record
from houqin.foundation.notices.models import Notice
from houqin.foundation.notices.queries import about
from houqin.foundation.people import scope
from houqin.foundation.people.models import Organisation, Person, beyond_the_name
from houqin.foundation.people.queries import organisation
from houqin.foundation.sealed.value import Personal
from houqin.foundation.trail.actors import Actor


@dataclass(frozen=True)
class TaskVerbs:
    """An open task and what the viewer may do to it."""

    task: Task
    verbs: list[str]


@dataclass(frozen=True)
class Standing:
    """Where a case stands, and what one person can do about it."""

    case: Case
    tasks: list[TaskVerbs]
    applicant_verbs: list[str]

    @property
    def verbs(self) -> list[dict[str, Any]]:
        """Verbs with the task, or the version, that each must name."""
        own = [{"verb": verb, "version": self.case.version} for verb in self.applicant_verbs]
        return [{"verb": verb, "task": each.task.pk} for each in self.tasks for verb in each.verbs] + own


@dataclass(frozen=True)
class CaseView(Standing):
    """One case as one person sees it, with its story."""

    timeline: "list[Moment]"
    earlier: bool
    ratings: list[Rating]
    files: list[File]
    inside: bool
    #: Numbers that people typed into texts are shown as they are; else they are to be masked.
    clear: bool


@dataclass(frozen=True)
class Moment:
    """A line of the timeline: a verb, or a notice with when it reached and was read. Who knew what when."""

    at: datetime
    event: Event | None = None
    notice: Notice | None = None


def case_view(actor: Actor, number: str, *, newest: int | None = None) -> CaseView:
    """Everything the case's page shows to ``actor``; of its story the ``newest`` lines, where that says how many, and
    whether there are ``earlier`` ones. Raises NotFound outside their scope.
    """
    case = find_case(actor, number)
    now = timezone.now()
    tasks = [] if case.ended else rights.open_tasks(case)
    away = rights.away_for(actor, tasks, now)
    ratings = list(case.ratings.all()) if case.state == State.COMPLETED else []
    follows, worked = bool(getattr(case, "follows", True)), bool(getattr(case, "worked", True))
    inside = rights.is_inside(actor, case, follows=follows, worked=worked)
    rated = any(each.kind == RatingKind.APPLICANT and each.person_id == actor.pk for each in ratings)
    story = timeline(case, inside=inside) if newest is None else _end_of_story(case, inside, newest)
    open_to = [TaskVerbs(task, rights.verbs_on_task(actor, case, task, away)) for task in tasks]
    return CaseView(
        case=case,
        tasks=open_to,
        applicant_verbs=rights.verbs_of_applicant(actor, case, now, rated=rated, follows=follows),
        timeline=story[-newest:] if newest else story,
        earlier=newest is not None and len(story) > newest,
        ratings=[each for each in ratings if inside or each.kind == RatingKind.APPLICANT],
        files=_FILES.rows(case.pk),
        inside=inside,
        clear=rights.reads_numbers(actor, case, able=any(each.verbs for each in open_to)),
    )


def standing(actor: Actor, case: Case) -> Standing:
    """Where ``case`` stands for ``actor``, right after a verb of theirs: asks as little as can be."""
    now = timezone.now()
    tasks = case.open_tasks
    away = rights.away_for(actor, tasks, now)
    follows = case.state == State.COMPLETED and rights.follows(actor, case)
    return Standing(
        case=case,
        tasks=[TaskVerbs(task, rights.verbs_on_task(actor, case, task, away)) for task in tasks],
        applicant_verbs=rights.verbs_of_applicant(actor, case, now, rated=case.rated, follows=follows),
    )


def find_case(actor: Actor, number: str) -> Case:
    """The case of that number, if ``actor`` may see it. Raises NotFound otherwise."""
    case = _BY_NUMBER.first(number, actor.pk or 0)
    if case is None:
        raise NotFound
    case.section, case.organisation = organisation(case.section_id), organisation(case.organisation_id)
    if not rights.may_see(actor, case):
        raise NotFound
    return case


def timeline(case: Case, *, inside: bool) -> list[Moment]:
    """What happened, oldest first; for those inside with every notice: to whom, delivered when, read when."""
    events = _EVENTS.rows(case.pk)
    moments = [Moment(event.at, event=event) for event in events if inside or not event.inside]
    if inside:
        moments += [Moment(each.created_at, notice=each) for each in _NOTICES.rows(case.pk)]
    return sorted(moments, key=_place)


def _end_of_story(case: Case, inside: bool, newest: int) -> list[Moment]:
    """The last lines of the timeline, one more than ``newest`` where there are more: bounded however long it is."""
    most = newest + 1
    events = _newest_events(most, inside).rows(case.pk)
    moments = [Moment(event.at, event=event) for event in reversed(events)]
    if inside:
        notices = _newest_notices(most).rows(case.pk)
        moments += [Moment(each.created_at, notice=each) for each in reversed(notices)]
    return sorted(moments, key=_place)[-most:]


def _place(moment: Moment) -> tuple[datetime, bool]:
    return moment.at, moment.notice is not None


@cache
def _newest_events(most: int, inside: bool) -> Compiled[Event]:
    def build(case: int) -> QuerySet[Event]:
        events = Event.objects.filter(case=case).order_by("-id")
        return (events if inside else events.filter(inside=False))[:most]

    return Compiled(build, int)


@cache
def _newest_notices(most: int) -> Compiled[Notice]:
    return Compiled(lambda case: about(Case(pk=case)).order_by("-id")[:most], int)


def visible_cases(actor: Actor) -> QuerySet[Case]:
    """All cases within the actor's sight, newest first."""
    cases = Case.objects.select_related("place", "section", "organisation", "applicant", "registered_by")
    return cases.filter(rights.visible(actor)).order_by("-id")


def my_cases(actor: Person) -> QuerySet[Case]:
    """Cases I applied for or joined, newest first."""
    followed = Q(pk__in=actor.followed.values("case"))
    return _listed().filter(Q(applicant=actor) | followed).order_by("-id")


def section_cases(actor: Person) -> QuerySet[Case]:
    """Cases of the sections in my scope, newest first."""
    return _listed().filter(_in_my_sections(actor)).order_by("-id")


def todo(actor: Person) -> QuerySet[Task]:
    """What I should do now, most urgent first: mine, those of people I stand in for, and my sections' queues."""
    return _todo(actor, timezone.now())


def todo_values(actor: Person, names: tuple[str, ...], most: int) -> list[tuple[Any, ...]]:
    """The first ``most`` rows of :func:`todo` as plain values; the SQL is made once for each set of appointments."""
    return _todo_plan(scope.grants(actor), names, most).values(actor.pk, timezone.now())


@dataclass(frozen=True)
class TodoCounts:
    """How many tasks of :func:`todo` there are in all, late, nearly late; mine, in queues, and held for others."""

    all: int = 0
    red: int = 0
    amber: int = 0
    mine: int = 0
    queue: int = 0
    instead: int = 0


def todo_counts(actor: Person) -> TodoCounts:
    """Counted by one statement, whose SQL is made once for each set of appointments."""
    now = timezone.now()
    found = _todo_counts_plan(scope.grants(actor)).values(actor.pk, now)
    return TodoCounts(*found[0]) if found else TodoCounts()


@lru_cache(maxsize=512)
def _todo_counts_plan(grants: tuple[scope.Grant, ...]) -> Compiled[Any]:
    def build(actor: int, at: datetime) -> QuerySet[Any, Any]:
        mine, held = Q(assignee=actor), Q(assignee__isnull=False)
        counted = {
            "all": Count("pk"),
            "red": Count("pk", filter=Q(due_at__lt=at)),
            "amber": Count("pk", filter=Q(due_at__gte=at, amber_at__lte=at)),
            "mine": Count("pk", filter=mine),
            "queue": Count("pk", filter=~held),
            "instead": Count("pk", filter=held & ~mine),
        }
        tasks = _todo(scope.stand_in(actor, grants), at).order_by().annotate(together=Value(1))
        return tasks.values("together").annotate(**counted).values_list(*counted)

    return Compiled(build, int, datetime)


@lru_cache(maxsize=512)
def _todo_plan(grants: tuple[scope.Grant, ...], names: tuple[str, ...], most: int) -> Compiled[Any]:
    def build(actor: int, at: datetime) -> QuerySet[Any, Any]:
        return _todo(scope.stand_in(actor, grants), at).values_list(*names)[:most]

    return Compiled(build, int, datetime)


def _todo(actor: Person, at: datetime) -> QuerySet[Task]:
    queues = Q(pk__in=[])
    for kind, permission in rights.PERMISSION.items():
        within = scope.within(
            actor,
            permission,
            organisation="section__path",
            place="case__place__path",
            service="case__service",
        )
        queues |= Q(kind=kind, assignee__isnull=True) & within
    mine = Q(assignee=actor.pk) | Q(assignee__in=rights.delegators(actor, at))
    own_approval = Q(kind=StepKind.APPROVE, case__applicant=actor.pk)
    return (
        Task.objects.filter(mine | queues, state=TaskState.OPEN, case__state=State.OPEN)
        .exclude(own_approval)
        .select_related("case__place", "assignee", "section")
        .order_by(F("due_at").asc(nulls_last=True), "id")
    )


def todo_count(actor: Person) -> int:
    """How many tasks are mine to do: the badge."""
    mine = Q(assignee=actor) | Q(assignee__in=rights.delegators(actor))
    own_approval = Q(kind=StepKind.APPROVE, case__applicant=actor)
    return Task.objects.filter(mine, ~own_approval, state=TaskState.OPEN, case__state=State.OPEN).count()


def to_answer(actor: Person) -> QuerySet[Case]:
    """Cases that wait for my word as applicant: to supplement, to confirm; and those to rate."""
    now = timezone.now()
    rated = Rating.objects.filter(case=OuterRef("pk"), person=actor, kind=RatingKind.APPLICANT)
    recent = Q(state=State.COMPLETED, ended_at__gt=now - timedelta(days=rights.RATING_DAYS)) & ~Exists(rated)
    waiting = Q(state__in=[State.WAITING_APPLICANT, State.CONFIRMING])
    return _listed().filter(waiting | recent, applicant=actor).order_by("-state", "-id")


def board(actor: Person, section: Organisation | None = None) -> QuerySet[Case]:
    """Running cases of my sections with their open tasks, for the dispatchers' board."""
    cases = _listed().filter(_in_my_sections(actor, "affairs.dispatch")).exclude(state__in=ENDED)
    return (cases.filter(section=section) if section else cases).order_by("id")


def by_phone(actor: Person, phone: str | Personal) -> QuerySet[Case]:
    """Cases of a caller within the clerk's scope, newest first, for telephone intake."""
    if not scope.holds(actor, "affairs.intake"):
        raise NotFound
    narrowing = {"place": "place__path", "service": "service"}
    mine = Q(registered_by=actor)
    for named in ("organisation__path", "section__path"):
        mine |= scope.within(actor, "affairs.intake", organisation=named, **narrowing)
    return _listed().filter(Q(applicant_phone=phone) | Q(applicant__phone=phone), mine).order_by("-id")


def search_cases(actor: Actor, text: str) -> QuerySet[Case]:
    """By number as heard on the phone, or words of the title, among those I may see."""
    cases = visible_cases(actor)
    if number := heard(text):
        return cases.filter(number=number)
    return cases.filter(Q(title__icontains=text) | Q(applicant_name=text))


def with_open_tasks(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Adds ``open_tasks`` (a list with holders) to each case in one more query."""
    tasks = Task.objects.filter(state=TaskState.OPEN).select_related("assignee", "section")
    return cases.prefetch_related(Prefetch("tasks", queryset=tasks, to_attr="open_tasks"))  # type: ignore[no-redef]  # as Case has it


def possible_handlers(actor: Person, case: Case, section: Organisation | None = None) -> QuerySet[Person]:
    """Whom a task of the case could be given to in ``section``."""
    return scope.holders(
        "affairs.handle",
        organisation_path=(section or case.section).path,
        place_path=case.place.path if case.place else "",
        service=case.service,
    )


#: With ``follows``: the viewer's report was joined into it, and ``worked``: they have or had a task of it.
_BY_NUMBER = Compiled(
    lambda number, viewer: (
        Case.objects.filter(number=number)
        .select_related("place", "applicant", "registered_by")
        .defer(*beyond_the_name("applicant"), *beyond_the_name("registered_by"))
        .annotate(
            follows=Exists(Follower.objects.filter(case=OuterRef("pk"), person=viewer)),
            worked=Exists(Task.objects.filter(case=OuterRef("pk"), assignee=viewer)),
        )
        .order_by()
    ),
    str,
    int,
)
_EVENTS = Compiled(lambda case: Event.objects.filter(case=case).order_by("id"), int)
_FILES = Compiled(lambda case: of_record(Case(pk=case)), int)
_NOTICES = Compiled(lambda case: about(Case(pk=case)), int)


def _listed() -> QuerySet[Case]:
    return with_open_tasks(Case.objects.select_related("place", "section").defer("data"))


def _in_my_sections(actor: Actor, permission: str = "affairs.view") -> Q:
    return scope.within(
        actor, permission, organisation="section__path", place="place__path", service="service"
    )
