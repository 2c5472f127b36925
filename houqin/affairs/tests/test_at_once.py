"""Fifty clients at once on the same cases: no step is lost, none is done twice."""

import random
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from houqin.affairs import actions, rights
from houqin.affairs.models import Case, State, Task, TaskState
from houqin.affairs.moves import holding
from houqin.foundation.errors import Problem
from houqin.foundation.people.models import Person
from houqin.foundation.trail.models import Entry
from houqin.testing.desk import Desk

pytestmark = pytest.mark.db_facing
CLIENTS = 50


def at_once(work, count: int = CLIENTS) -> list:
    """Run ``work(n)`` in ``count`` threads, each with its own connection, all started together."""
    barrier = Barrier(count)

    def one(number: int):
        try:
            barrier.wait(30)
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_fifty_clients_on_the_same_cases(committed_desk: Desk) -> None:
    desk, cast = committed_desk, committed_desk.cast
    cast.duty(cast.worker)
    cases = [desk.submit(f"第{number}处漏水").pk for number in range(8)]

    def client(number: int) -> int:
        dice, done = random.Random(number), 0
        people = {
            name: Person.objects.get(username=name) for name in ("staff", "worker", "worker2", "dispatcher")
        }
        for _ in range(6):
            if dice.random() < 0.15:
                actions.submit(people["staff"], item="dummy.mend", data={"what": f"新{number}", "kind": "w"})
                continue
            done += act(dice, dice.choice(cases), people)
        return done

    moved = sum(at_once(client))
    for case in Case.objects.all():
        entries = Entry.objects.filter(record_type="affairs.case", record_id=str(case.pk)).order_by("id")
        versions = [entry.after["version"] for entry in entries]
        assert versions == list(range(1, case.version + 1)), "a step was lost or done twice"
        assert case.events.count() == case.version
        assert case.tasks.filter(state=TaskState.OPEN).exists() == (
            case.state in (State.OPEN, State.WAITING_APPLICANT)
        )
    assert moved == sum(Case.objects.filter(pk__in=cases).values_list("version", flat=True)) - len(cases)
    assert moved > len(cases)


def act(dice: random.Random, case_id: int, people: dict[str, Person]) -> int:
    case = Case.objects.get(pk=case_id)
    verb = dice.choice(
        ["accept", "complete", "transfer", "complete", "confirm", "reopen", "withdraw", "remind"]
    )
    applicant = verb in rights.APPLICANT_VERBS["open"] + rights.APPLICANT_VERBS["confirming"]
    actor = people["staff"] if applicant else people[dice.choice(["worker", "worker2", "dispatcher"])]
    task = Task.objects.filter(case=case).order_by("-id").first()
    data = {"comment": "因故", "person": people[dice.choice(["worker", "worker2"])].pk}
    try:
        actions.perform(
            actor,
            verb,
            case=case.number,
            task=None if applicant else task.pk,
            version=case.version,
            data=data,
        )
    except Problem:
        return 0
    return 1


def test_a_queued_task_is_taken_once(committed_desk: Desk) -> None:
    desk = committed_desk
    case = desk.submit()
    task = desk.open(case)[0].pk

    def take(number: int) -> bool:
        worker = Person.objects.get(username="worker" if number % 2 else "worker2")
        try:
            actions.accept(worker, task=task)
        except Problem:
            return False
        return True

    assert sum(at_once(take, 20)) == 1


def test_who_waited_for_a_case_sees_it_as_it_is_now(committed_desk: Desk) -> None:
    """Lock and tasks are read by one statement, whose view is older than the lock when that was waited for."""
    desk, cast = committed_desk, committed_desk.cast
    cast.duty(cast.worker)
    case = desk.submit()

    def look() -> tuple[list[str], int]:
        try:
            with holding(Person.objects.get(username="dispatcher"), case.number, "transfer") as record:
                return [str(task.assignee) for task in record.open_tasks], record.version
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            desk.do("transfer", case, by=cast.worker, comment="换人", person=cast.worker2.pk)
            waiting = pool.submit(look)
            while not _somebody_waits():
                assert not waiting.done(), "nobody waited for the lock"
        assert waiting.result(30) == ([cast.worker2.name], case.version + 1)


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


def test_two_ratings_of_one_person_are_one(committed_desk: Desk) -> None:
    desk, cast = committed_desk, committed_desk.cast
    case = desk.submit()
    desk.do("accept", case, by=cast.worker)
    desk.do("complete", case, by=cast.worker)
    desk.do("confirm", case, by=cast.staff)

    def rate(_: int) -> bool:
        try:
            actions.rate(Person.objects.get(username="staff"), case=case.number, stars=5)
        except Problem:
            return False
        return True

    assert sum(at_once(rate, 10)) == 1
