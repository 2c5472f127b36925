"""Many at the same time, each on a connection of its own."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from houqin.foundation.trail.actors import SYSTEM
from houqin.services.access import actions, queries
from houqin.services.access.models import DoorEvent, Permit

pytestmark = pytest.mark.db_facing


def at_once(work, count: int) -> list:
    barrier = Barrier(count)

    def one(number: int):
        try:
            barrier.wait(60)
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_a_pass_shown_at_many_doors_in_the_same_second_lets_in_one(committed_doors):
    doors = committed_doors
    doors.grant(doors.tower, doors.other)
    token = actions.pass_token(doors.holder)
    gates = (doors.gate, doors.back, doors.far)
    answers = at_once(lambda number: doors.admit(gates[number % 3], token=token), 12)
    assert sum(answer.allowed for answer in answers) == 1
    assert DoorEvent.objects.filter(allowed=True).count() == 1
    assert {answer.reason for answer in answers if not answer.allowed} <= {"pass_used", "inside_already"}

    doors.grant(holder="visitor:5", name="访客", source="s:5")
    answers = at_once(lambda number: doors.admit(gates[number % 2], holder="visitor:5"), 8)
    assert sum(answer.allowed for answer in answers) == 1, (
        "nor does anybody enter twice at once without a pass"
    )


def test_numbers_and_batches_repeated_at_once_count_once(committed_doors):
    doors = committed_doors
    doors.grant()
    token = actions.pass_token(doors.holder)
    answers = at_once(lambda number: doors.admit(token=token, by=doors.controller, sequence=99), 6)
    assert {answer.allowed for answer in answers} == {True}
    assert DoorEvent.objects.count() == 1

    batch = [doors.told(n, minutes=100 - n, holder=f"visitor:{n % 7}") for n in range(1, 61)]
    answers = at_once(lambda number: doors.take(*batch[number * 5 :], *batch[: number * 5]), 6)
    assert sum(answer.stored for answer in answers) == 60
    assert DoorEvent.objects.count() == 61
    assert doors.take(batch[0]).through == 60


def test_granting_the_same_at_once_is_one_permit_each(committed_doors):
    doors = committed_doors
    answers = at_once(lambda number: doors.grant().pk, 6)
    assert len(set(answers)) == 1
    assert Permit.objects.count() == 1
    now = timezone.now()
    names = [f"visitor:{n}" for n in range(40)]

    def work(number: int):
        if number == 3:
            doors.grant(holder="visitor:7", name="访客", source="m:1")
            return names
        holders = [(each, "访客", None) for each in names]
        made = actions.grant_many(
            SYSTEM, source="m:1", holders=holders[number:] + holders[:number], areas=[doors.tower], from_at=now,
            until_at=now + timedelta(hours=1),
        )  # fmt: skip
        return sorted((each.holder for each in made), key=names.index)

    assert at_once(work, 4) == [names] * 4
    assert Permit.objects.filter(source="m:1").count() == 40


def test_whoever_fetches_while_permits_are_made_misses_none(committed_doors):
    doors, known, seen = committed_doors, 0, set()

    def work(number: int):
        if number:
            for each in range(6):
                doors.grant(holder=f"visitor:{number}{each}", name="访客", source=f"s:{number}:{each}")
                actions.move(
                    SYSTEM, source=f"s:{number}:{each}", from_at=timezone.now(),
                    until_at=timezone.now() + timedelta(hours=2),
                )  # fmt: skip
            return
        nonlocal known
        for _round in range(25):
            found = json_of(queries.permit_list(doors.controller, known))
            seen.update(each["id"] for each in found["permits"])
            known = found["version"]

    at_once(work, 4)
    found = json_of(queries.permit_list(doors.controller, known))
    seen.update(each["id"] for each in found["permits"])
    assert seen == set(Permit.objects.values_list("pk", flat=True))


def json_of(answer: dict[str, str]) -> dict:
    return json.loads(answer["list"])
