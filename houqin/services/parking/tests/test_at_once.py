"""Many clients at once, each on a connection of its own: the last space and the last permit have one taker."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from houqin.foundation.errors import Conflict, Problem
from houqin.foundation.people.models import Person
from houqin.services.parking import actions, queries
from houqin.services.parking.models import Passage, PermitState, PlatePermit, Quota, Reservation, Stay

pytestmark = pytest.mark.db_facing


def at_once(work, many: int) -> list:
    barrier = Barrier(many)

    def one(number: int):
        try:
            barrier.wait(60)
            return work(number)
        except Problem as problem:
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(one, range(many)))


def test_the_last_space_is_promised_once(committed_lots):
    lots = committed_lots
    begins, ends = lots.at(9), lots.at(11)
    actions.reserve(lots.cast.clerk, source="m:1", from_at=begins, until_at=ends, lot=lots.east, spaces=3)

    def client(number: int):
        return actions.reserve(
            lots.cast.clerk, source=f"v:{number}", from_at=begins, until_at=ends, lot=lots.east,
            plate=f"浙A1234{number % 10}",
        )  # fmt: skip

    answers = at_once(client, 12)
    won = [answer for answer in answers if isinstance(answer, Reservation)]
    assert len(won) == 1
    assert all("西停车场" in str(answer.message) for answer in answers if answer not in won)
    assert queries.free_spaces(lots.east, begins, ends) == 0


def test_the_last_permit_of_a_quota_is_given_once(committed_lots):
    lots = committed_lots
    Quota.objects.create(lot=lots.east, unit=None, most=1)
    clerk = Person.objects.get(pk=lots.cast.clerk.pk)
    people = list(Person.objects.select_related("organisation").order_by("pk"))
    today = timezone.localdate()

    def client(number: int):
        return actions.give(
            clerk,
            person=people[number],
            plate=f"浙A1234{number}",
            lot=lots.east,
            from_on=today,
            until_on=today,
        )

    answers = at_once(client, 8)
    assert sum(isinstance(answer, PlatePermit) for answer in answers) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 7
    assert PlatePermit.objects.filter(state=PermitState.OPEN).count() == 1


def test_one_event_delivered_by_many_is_counted_once(committed_lots):
    lots = committed_lots
    clerk = Person.objects.get(pk=lots.cast.clerk.pk)
    now = timezone.now()

    def client(number: int):
        return actions.passage(
            clerk, camera="CAM-PE", sequence=number % 2, at=now, direction="in", read=f"浙A1234{number % 2}", confidence=1.0
        )  # fmt: skip

    at_once(client, 8)
    assert (Passage.objects.count(), Stay.objects.count(), lots.inside()) == (2, 2, 2)


def test_cameras_and_people_who_count_at_once_leave_in_minus_out(committed_lots):
    """Eight at both gates, vehicles that come twice and leave unseen among them, and somebody counting meanwhile."""
    lots = committed_lots
    clerk = Person.objects.get(pk=lots.cast.clerk.pk)
    now = timezone.now()

    def client(number: int):
        dice = Random(number)
        camera = ("CAM-PE", "CAM-PW")[number % 2]
        for batch in range(3):
            if number == 7:
                actions.count(clerk, lot=lots.east.pk, counted=dice.randrange(10))
                continue
            events = [
                actions.Event(
                    number * 100 + batch * 10 + n, now - timedelta(seconds=dice.randrange(600)), dice.choice(("in", "in", "out")),
                    f"浙A1234{dice.randrange(8)}", 0.99,
                )
                for n in range(8)
            ]  # fmt: skip
            actions.passages(clerk, camera=camera, events=events)

    assert not [each for each in at_once(client, 8) if each is not None]
    assert Passage.objects.count() == 7 * 3 * 8
    for lot in (lots.east, lots.west):
        ways = list(lot.passages.values_list("direction", flat=True))
        put_right = sum(lot.counts.values_list("delta", flat=True))
        assert lots.inside(lot) == ways.count("in") - ways.count("out") + put_right
    still = list(Stay.objects.filter(out_at=None).values_list("plate", flat=True))
    assert len(still) == len(set(still)), "nobody is in two places"
