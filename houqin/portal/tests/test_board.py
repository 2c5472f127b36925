"""The section board: who sees what on it, what its polling costs, and giving a job to somebody else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from houqin.affairs.models import Case
from houqin.foundation.people.models import Person
from houqin.testing.cast import Cast
from houqin.testing.desk import Desk
from houqin.testing.dummy import Diary

As = Callable[[Person], Client]


@pytest.fixture
def desk(cast: Cast, dummy: Diary) -> Desk:
    """Nobody is on duty until a test says so."""
    return Desk(cast, dummy)


MONDAY = timezone.make_aware(timezone.datetime(2026, 3, 16, 9, 0))
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def monday_morning():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


def cards(client: Client, address: str = "/board") -> dict[str, list[str]]:
    """Titles of the cards by the key of their column."""
    page = client.get(address).content.decode()
    found = {}
    for part in page.split('data-column="')[1:]:
        key = part.partition('"')[0]
        found[key] = [
            each.partition(">")[2].partition("<")[0] for each in part.split('draggable="false"')[1:]
        ]
    return found


def test_cards_stand_in_the_column_of_their_state(desk: Desk, as_person: As) -> None:
    cast = desk.cast
    unsorted = desk.submit("门坏了", data={"kind": ""})
    queued = desk.submit("灯不亮")
    cast.duty(cast.worker)
    waiting, working, confirming, lacking = (desk.submit(each) for each in ("漏水", "堵了", "冷", "响"))
    desk.do("accept", working, by=cast.worker)
    desk.do("complete", confirming, by=cast.worker, comment="好了")
    desk.do("request_supplement", lacking, by=cast.worker, comment="哪一间")
    found = cards(as_person(cast.dispatcher))
    assert set(found["sort"]) == {unsorted.title, queued.title}
    assert found["take"] == [waiting.title]
    assert found["work"] == [working.title]
    assert found["confirm"] == [confirming.title]
    assert found["supplement"] == [lacking.title]


def test_only_those_who_dispatch_or_oversee_come_in(desk: Desk, as_person: As) -> None:
    cast = desk.cast
    desk.submit()
    assert Client().get("/board").status_code == 302
    assert as_person(cast.staff).get("/board").status_code == 403
    assert as_person(cast.worker).get("/board").status_code == 403
    assert as_person(cast.dispatcher).get("/board").status_code == 200
    seen = as_person(cast.manager).get("/board")
    assert "水龙头滴漏" in seen.content.decode()
    assert "data-movable" not in seen.content.decode()
    assert "水龙头滴漏" not in as_person(cast.other_head).get("/board").content.decode()


def test_it_counts_by_colour_and_filters(desk: Desk, as_person: As, monday_morning) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    desk.submit("早上的")
    monday_morning.shift(timedelta(hours=30))
    desk.submit("刚来的")
    client = as_person(cast.dispatcher)
    assert cards(client)["take"] == ["早上的"]
    assert cards(client, "/board?colour=red") | {"person": []} == {
        "sort": [], "take": ["早上的"], "work": [], "supplement": [], "confirm": [], "person": [],
    }  # fmt: skip
    assert "1</strong> 件已超时" in client.get("/board").content.decode()
    assert client.get("/board?section=x&building=99999999999999999999&colour=blue").status_code == 200


def test_polling_answers_nothing_until_something_moved(desk: Desk, as_person: As) -> None:
    cast = desk.cast
    desk.submit("第一件")
    client = as_person(cast.dispatcher)
    page = client.get("/board").content.decode()
    poll = "/board?v=" + page.partition('hx-get="/board?v=')[2].partition('"')[0].replace("&amp;", "&")
    assert client.get(poll, **HTMX).status_code == 204
    desk.submit("第二件")
    fresh = client.get(poll, **HTMX)
    assert fresh.status_code == 200
    assert "第二件" in fresh.content.decode()
    assert "<html" not in fresh.content.decode()
    assert "HX-Request" in fresh["Vary"]


def test_the_queries_do_not_grow_with_the_cases(
    desk: Desk, as_person: As, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    for n in range(60):
        desk.submit(f"第 {n} 件")
    client = as_person(cast.dispatcher)
    client.get("/todo")  # what a process keeps for all pages is not the board's to count
    with django_assert_max_num_queries(12):
        page = client.get("/board").content.decode()
    assert page.count('class="board-card"') == 50
    assert "其余 10 件" in page


def test_a_job_goes_to_the_least_busy_on_duty_first(desk: Desk, as_person: As) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    case = desk.submit()
    desk.submit("另一件")
    cast.duty(cast.worker2)
    client = as_person(cast.dispatcher)
    task = desk.open(case)[0]
    dialog = client.get(f"/board/move/{task.pk}?to=person:{cast.worker2.pk}", **HTMX).content.decode()
    assert "<html" not in dialog
    assert "单大勇" in dialog
    assert f'value="{cast.worker2.pk}" checked' in dialog
    answer = client.post(
        f"/board/move/{task.pk}",
        {"section": cast.repairs.pk, "person": cast.worker2.pk, "comment": "就近"},
        **HTMX,
    )
    assert answer.status_code == 200
    assert "board-changed" in answer["HX-Trigger"]
    assert desk.holders(case) == [cast.worker2]


def test_a_queued_report_is_dispatched_to_two_sections(desk: Desk, as_person: As) -> None:
    cast = desk.cast
    case = desk.submit(data={"kind": ""})
    address = f"/board/move/{desk.open(case)[0].pk}"
    client = as_person(cast.dispatcher)
    assert "派给谁" in client.get(address).content.decode()
    answer = client.post(
        address, {"section": cast.repairs.pk, "sections": [cast.contractor.pk], "person": "", "comment": ""}
    )
    assert answer.status_code == 302
    assert set(desk.holders(case)) == {cast.repairs, cast.contractor}


def test_what_cannot_be_done_is_said_in_the_dialog(desk: Desk, as_person: As) -> None:
    cast = desk.cast
    case = desk.submit()
    task = desk.open(case)[0]
    client = as_person(cast.dispatcher)
    wrong = client.post(f"/board/move/{task.pk}", {"person": cast.staff.pk, "comment": "x"}, **HTMX)
    assert wrong.status_code == 422
    assert "不负责此处的这类事项" in wrong.content.decode()
    assert as_person(cast.other_staff).get(f"/board/move/{task.pk}").status_code == 404
    assert as_person(cast.staff).get(f"/board/move/{task.pk}").status_code == 403
    assert client.get("/board/move/999999").status_code == 404
    desk.do("transfer", case, by=cast.dispatcher, person=cast.worker.pk, comment="x")
    assert (
        client.post(f"/board/move/{task.pk}", {"person": cast.worker2.pk, "comment": "x"}, **HTMX).status_code
        == 409
    )


def test_the_list_leads_to_bulk_handling(desk: Desk, as_person: As) -> None:
    case = desk.submit()
    page = as_person(desk.cast.dispatcher).get("/board/list").content.decode()
    assert f'name="task" value="{desk.open(case)[0].pk}"' in page
    assert Case.objects.get().spoken_number in page


def test_an_empty_board_says_what_comes_next(desk: Desk, as_person: As) -> None:
    assert "来了新件会自动出现在这里" in as_person(desk.cast.dispatcher).get("/board").content.decode()


def test_an_approval_that_nobody_has_is_not_offered_to_the_dispatcher(desk: Desk, as_person: As) -> None:
    case = desk.submit("借用会场", item="dummy.ask")
    case.tasks.update(assignee=None, section=desk.cast.repairs)
    text = as_person(desk.cast.dispatcher).get("/board").content.decode()
    assert "借用会场" in text
    assert "data-movable" not in text
