"""The watch over limits and the hand-back of tasks, while people go on working on the same cases."""

from datetime import timedelta
from random import Random

import pytest
from django.db.models import Count, Q
from django.utils import timezone

from houqin.affairs import actions, jobs
from houqin.affairs.models import Case, State, Task, TaskState
from houqin.affairs.tests.test_at_once import act, at_once
from houqin.foundation.errors import Problem
from houqin.foundation.people.models import Person
from houqin.testing.desk import Desk

pytestmark = pytest.mark.db_facing


def test_watching_and_working_never_block_each_other(committed_desk: Desk) -> None:
    """No deadlock (it would raise), each lateness told once, nothing left with somebody who has left."""
    desk, cast = committed_desk, committed_desk.cast
    cast.duty(cast.worker)
    cases = [desk.submit(f"第{number}处漏水").pk for number in range(10)]
    early = timezone.now() - timedelta(minutes=5)
    Task.objects.update(due_at=early, amber_at=early)
    Case.objects.update(due_at=early)
    Person.objects.filter(pk=cast.worker.pk).update(ended_on=timezone.localdate())

    def client(number: int) -> int:
        dice = Random(number)
        people = {
            name: Person.objects.get(username=name) for name in ("staff", "worker", "worker2", "dispatcher")
        }
        for _ in range(5):
            if number < 6:
                (jobs.watch_limits, jobs.hand_back_tasks)[number % 2]()
            else:
                act(dice, dice.choice(cases), people)
        return number

    assert len(at_once(client, 24)) == 24
    jobs.hand_back()
    assert not Task.objects.filter(state=TaskState.OPEN, assignee=cast.worker).exists()
    for case in Case.objects.all():
        assert case.events.count() == case.version
        running = case.state in (State.OPEN, State.WAITING_APPLICANT)
        assert case.tasks.filter(state=TaskState.OPEN).exists() == running
    for case in Case.objects.annotate(escalations=Count("events", filter=Q(events__verb="escalate"))):
        assert case.escalations <= case.tasks.exclude(escalated_at=None).count() + 1


def test_two_dispatchers_send_a_case_once(committed_desk: Desk) -> None:
    desk, cast = committed_desk, committed_desk.cast
    case = desk.submit(data={"kind": ""})
    task = desk.open(case)[0].pk
    sections = [cast.repairs, cast.contractor]

    def send(number: int) -> bool:
        try:
            actions.dispatch(
                Person.objects.get(pk=cast.dispatcher.pk), task=task, sections=[sections[number % 2]]
            )
        except Problem:
            return False
        return True

    assert sum(at_once(send, 16)) == 1
    assert len(desk.open(case)) == 1


def test_a_star_tapped_twice_is_one_favourite(committed_desk: Desk) -> None:
    staff = committed_desk.cast.staff

    def tap(number: int) -> int:
        actions.set_favourites(Person.objects.get(pk=staff.pk), items=["dummy.mend"])
        return number

    assert len(at_once(tap, 12)) == 12
    assert staff.favourites.count() == 1


def test_two_administrators_set_the_same_for_the_first_time(committed_desk: Desk) -> None:
    cast = committed_desk.cast

    def change(number: int) -> int:
        admin = Person.objects.get(pk=cast.sysadmin.pk)
        actions.change_item(admin, item="dummy.mend", limit_minutes=60 + number)
        actions.set_route(admin, item="dummy.mend", category="water", section=cast.general)
        return number

    assert len(at_once(change, 8)) == 8
