"""Whatever sequence of legal and illegal moves by whatever people: a case stays whole."""

from contextlib import suppress
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from houqin.affairs import actions, clocks, jobs, queries, rights
from houqin.affairs.forms import VERB_FORMS
from houqin.affairs.models import Case, State, TaskState
from houqin.foundation.errors import Problem
from houqin.foundation.people.models import Person
from houqin.foundation.trail.actors import Outsider
from houqin.testing import whole
from houqin.testing.desk import Desk

MONDAY = timezone.make_aware(timezone.datetime(2026, 3, 16, 9, 0))
PEOPLE = [
    "staff",
    "colleague",
    "head",
    "manager",
    "other_head",
    "dispatcher",
    "worker",
    "worker2",
    "other_staff",
    "repairs_head",
]
VERBS = list(VERB_FORMS)
moves = st.lists(
    st.tuples(
        st.integers(0, 99),  # above 35 a legal move is looked for, else whatever comes
        st.sampled_from(VERBS),
        st.sampled_from(PEOPLE),
        st.sampled_from(PEOPLE),
        st.integers(0, 3),
        st.integers(0, 700),
    ),
    min_size=4,
    max_size=25,
)


class Watch:
    """What the clock must say, kept beside the engine: working minutes the case has run."""

    def __init__(self, case: Case) -> None:
        self.run, self.running, self.at = 0, True, case.submitted_at

    def tick(self, case: Case) -> None:
        now = timezone.now()
        if self.running:
            self.run += clocks.minutes_between(self.at, now, case.clock)
        self.running, self.at = case.state == State.OPEN, now


@pytest.mark.parametrize("item", ["dummy.mend", "dummy.ask"])
@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(moves=moves, duty=st.booleans(), sorted_already=st.booleans())
def test_a_case_stays_whole(desk: Desk, item: str, moves: list, duty: bool, sorted_already: bool) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock, transaction.atomic():
        cast = desk.cast
        cast.worker.ended_on = cast.worker2.ended_on = None
        desk.agree(cast.manager, cast.other_head)
        if duty:
            cast.duty(cast.worker, hours=24 * 300)
        case = desk.submit(item=item, data={} if sorted_already else {"kind": ""})
        watch = Watch(case)
        for legal, verb, person, other, which, minutes in moves:
            clock.shift(timedelta(minutes=minutes))
            actor = getattr(cast, person)
            if legal % 23 == 0:
                _people_change(actor, getattr(cast, other))
            if legal > 35:
                verb, actor = _legal(desk, case, legal) or (verb, actor)
            _attempt(desk, case, verb, actor, getattr(cast, other), which)
            case.refresh_from_db()
            _check(case, watch)
        transaction.set_rollback(True)


def _people_change(person: Person, other: Person) -> None:
    """Somebody leaves their tasks to another for a while, or comes and goes for good and back."""
    now = timezone.now()
    with suppress(Problem):
        actions.delegate_tasks(person, delegate=other, starts_at=now, ends_at=now + timedelta(days=2))
    if person.username.startswith("worker"):
        left = timezone.localdate() if person.is_active else None
        Person.objects.filter(pk=person.pk).update(ended_on=left)
        person.ended_on = left
        person.__dict__.pop("_grants", None)
    jobs.hand_back()


def _legal(desk: Desk, case: Case, pick: int) -> tuple[str, Person] | None:
    """One of all the moves that somebody could make now; withdrawing and refusing end the fun, so they come last."""
    people = [getattr(desk.cast, name) for name in PEOPLE]
    found = []
    for person in people:
        view = queries.case_view(person, case.number) if rights.may_see(person, case) else None
        found += [(each["verb"], person) for each in (view.verbs if view else [])]
    lively = [move for move in found if move[0] not in ("withdraw", "refuse", "remind")] or found
    lively += 3 * [
        move for move in found if move[0] in ("approve", "dispatch", "complete", "reopen", "return_step")
    ]
    return lively[pick % len(lively)] if lively else None


def _attempt(desk: Desk, case: Case, verb: str, person: Person, other: Person, which: int) -> None:
    tasks = list(case.tasks.order_by("id"))
    data = {"comment": "因故", "person": other.pk, "stars": which + 1}
    if verb == "dispatch":
        data |= {
            "sections": [desk.cast.repairs.pk, desk.cast.contractor.pk][: which % 3],
            "person": None if which % 3 else other.pk,
        }
    try:
        desk.do(verb, case, by=person, task=tasks[-1 - which % len(tasks)], **data)
    except (Problem, IndexError) as problem:
        assert str(problem)
    jobs.watch_limits()
    jobs.hand_back()


def _check(case: Case, watch: Watch) -> None:
    watch.tick(case)
    whole.check(case)
    if case.state == State.OPEN and case.limit_minutes - watch.run > 0:
        assert case.due_at == clocks.later(timezone.now(), case.limit_minutes - watch.run, case.clock)
    if case.left_minutes is not None:
        assert case.left_minutes == case.limit_minutes - watch.run


def test_the_database_refuses_an_open_case_of_nobody(desk: Desk) -> None:
    case = desk.submit()
    with pytest.raises(IntegrityError, match="nobody has it"), transaction.atomic():
        case.tasks.update(state=TaskState.ENDED, closed_at=timezone.now())
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="task_open_has_someone"), transaction.atomic():
        case.tasks.update(section=None, assignee=None)


def test_an_outsider_is_never_a_handler(desk: Desk) -> None:
    case = desk.submit()
    with pytest.raises(Problem):
        desk.do("accept", case, by=Outsider("路人", "13900000001"))
