"""Two gates in the same second, each on a connection of its own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from houqin.foundation.errors import Conflict
from houqin.services.access.actions import pass_token
from houqin.services.visitors import actions
from houqin.services.visitors.models import Crossing, Visit

pytestmark = pytest.mark.db_facing


def at_once(work, count: int) -> list:
    barrier = Barrier(count)

    def one(number: int):
        try:
            barrier.wait(60)
            return work(number)
        except Conflict as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_gates_in_the_same_second(committed_gates):
    """A pass, a name, the same invitation: each once, whatever comes at the same moment."""
    gates = committed_gates
    visit = gates.invite()
    token = pass_token(visit.holder)

    def show(number: int) -> str:
        return actions.enter(gates.guard, visit=visit.pk, gate=f"G{number % 2 + 1}", token=token).state

    answers = at_once(show, 6)
    assert answers.count("inside") == 1
    assert Crossing.objects.count() == 1
    answers = at_once(lambda number: actions.leave(gates.guard, visit=visit.pk, gate="G1").state, 4)
    assert answers.count("left") == 1
    other = gates.invite(phone="13912345670")
    answers = at_once(lambda number: gates.enter(other, gate=f"G{number % 2 + 1}").state, 4)
    assert answers.count("inside") == 1
    again = at_once(lambda number: gates.invite(source="meetings.meeting:5", phone="13912345671").pk, 4)
    assert Visit.objects.filter(source="meetings.meeting:5").count() == 1
    assert set(again) == set(Visit.objects.filter(source="meetings.meeting:5").values_list("pk", flat=True))
