"""Many cases at once: each by itself, and the one that failed is named and stays selected."""

from collections.abc import Callable

import pytest
from django.test import Client

from houqin.foundation.people.models import Person
from houqin.testing.cast import Cast
from houqin.testing.desk import Desk
from houqin.testing.dummy import Diary

As = Callable[[Person], Client]


@pytest.fixture
def desk(cast: Cast, dummy: Diary) -> Desk:
    """Nobody is on duty until a test says so."""
    return Desk(cast, dummy)


def test_one_that_moved_on_does_not_hold_up_the_others(desk: Desk, as_person: As) -> None:
    cast = desk.cast
    cases = [desk.submit(f"第 {n} 件") for n in range(3)]
    tasks = [desk.open(case)[0].pk for case in cases]
    client = as_person(cast.dispatcher)
    page = client.get("/bulk", {"task": tasks, "verb": "transfer", "next": "/board/list"}).content.decode()
    assert "已选 3 件" in page
    assert "赵铁柱" in page
    desk.do("accept", cases[1], by=cast.worker2)
    desk.do("complete", cases[1], by=cast.worker2, comment="好了")
    told = client.post(
        "/bulk",
        {
            "task": tasks,
            "verb": "transfer",
            "section": cast.repairs.pk,
            "person": cast.worker.pk,
            "comment": "请假",
        },
    ).content.decode()
    assert "办成 2 件，未办成 1 件" in told
    failed = told.partition("未办成</h2>")[2].partition("</form>")[0]
    assert f'value="{tasks[1]}" checked' in failed
    assert "第 1 件" in failed
    assert "办件已有新进展" in failed
    assert desk.holders(cases[0]) == desk.holders(cases[2]) == [cast.worker]


def test_a_form_without_its_reason_comes_back(desk: Desk, as_person: As) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    case = desk.submit()
    task = desk.open(case)[0]
    answer = as_person(cast.worker).post(
        "/bulk", {"task": task.pk, "verb": "request_supplement", "comment": ""}
    )
    assert answer.status_code == 422
    assert "请写明原因" in answer.content.decode()
    assert f'value="{task.pk}" checked' in answer.content.decode()


def test_tasks_out_of_sight_are_not_there(desk: Desk, as_person: As) -> None:
    task = desk.open(desk.submit())[0]
    answer = as_person(desk.cast.other_staff).get("/bulk", {"task": task.pk, "next": "//evil.example"})
    assert answer.status_code == 302
    assert answer["Location"] == "/todo"
    assert Client().get("/bulk").status_code == 302


def test_only_verbs_that_are_open_are_offered(desk: Desk, as_person: As) -> None:
    cast = desk.cast
    task = desk.open(desk.submit())[0]
    page = as_person(cast.worker).get("/bulk", {"task": [task.pk, "x"]}).content.decode()
    assert "接单" in page
    assert "不予受理" not in page
    assert as_person(cast.worker).get("/bulk", {"task": task.pk, "verb": "nonsense"}).status_code == 404
