"""Telephone intake from the number to the case number."""

from collections.abc import Callable

import pytest
from django.test import Client

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


def test_a_call_becomes_a_case_of_the_caller(desk: Desk, as_person: As) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    client = as_person(cast.clerk)
    found = client.get("/intake/caller", {"caller": " 138-0000 0001"}).content.decode()
    assert "李晓雯" in found
    assert 'data-place="A1-301"' in found
    assert "<html" not in found
    sent = {
        "item": "dummy.mend", "caller": "13800000001", "applicant": cast.staff.pk, "what": "灯不亮", "kind": "power",
        "place": cast.office.code,
    }  # fmt: skip
    answer = client.post("/intake", sent)
    assert answer.status_code == 302
    case = Case.objects.get()
    assert (case.applicant, case.registered_by, case.channel, case.place) == (
        cast.staff, cast.clerk, "phone", cast.office,
    )  # fmt: skip
    page = client.get(answer["Location"]).content.decode()
    assert case.spoken_number in page
    assert "赵铁柱" in page
    assert case.spoken_number not in client.get("/intake").content.decode()


def test_has_it_been_done_is_answered(desk: Desk, as_person: As) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    case = desk.submit("空调漏水")
    found = as_person(cast.clerk).get("/intake/caller", {"caller": "13800000001"}).content.decode()
    assert "空调漏水" in found
    assert case.spoken_number in found
    assert "赵铁柱" in found
    assert "办理中" in found


@pytest.mark.parametrize("text", ["李晓雯", "lxw", "lixiaowen", "1001"])
def test_the_caller_is_found_by_name_initials_and_number(desk: Desk, as_person: As, text: str) -> None:
    assert "预算处" in as_person(desk.cast.clerk).get("/intake/caller", {"caller": text}).content.decode()


def test_a_stranger_needs_a_name_and_a_number(desk: Desk, as_person: As) -> None:
    client = as_person(desk.cast.clerk)
    sent = {"item": "dummy.mend", "caller": "13911112222", "what": "门坏了", "kind": "x"}
    refused = client.post("/intake", sent)
    assert refused.status_code == 422
    assert "怎么称呼" in refused.content.decode()
    assert 'value="13911112222"' in refused.content.decode()
    assert "门坏了" in refused.content.decode()
    assert client.post("/intake", {**sent, "caller": "刘某"}).status_code == 422
    assert client.post("/intake", {**sent, "caller_name": "刘女士"}).status_code == 302
    case = Case.objects.get()
    assert (case.applicant, case.applicant_name, case.applicant_phone) == (None, "刘女士", "13911112222")
    only_staff = {**sent, "item": "dummy.ask", "caller_name": "刘女士"}
    assert "只受理本单位人员" in client.post("/intake", only_staff).content.decode()


def test_the_place_is_typed_by_initials(desk: Desk, as_person: As) -> None:
    cast = desk.cast
    client = as_person(cast.clerk)
    options = client.get("/intake/places", {"q": "nwsj"}).json()["options"]
    assert options == [{"value": "A1-3W", "label": "1号楼 3层 男卫生间"}]
    client.post(
        "/intake",
        {"item": "dummy.mend", "caller": "13800000001", "what": "堵了", "kind": "water", "place_q": "nwsj"},
    )
    assert Case.objects.get().place == cast.toilet


def test_what_is_missing_is_said_beside_its_field(desk: Desk, as_person: As) -> None:
    answer = as_person(desk.cast.clerk).post("/intake", {"item": "dummy.mend", "caller": "13800000001"})
    assert answer.status_code == 422
    assert "请写明事由" in answer.content.decode()
    assert not Case.objects.exists()


def test_only_clerks_come_in(desk: Desk, as_person: As) -> None:
    cast = desk.cast
    for address in ("/intake", "/intake/caller?caller=1", "/intake/places?q=a"):
        assert Client().get(address).status_code == 302
        assert as_person(cast.staff).get(address).status_code == 403
        assert as_person(cast.clerk).get(address).status_code == 200
    assert as_person(cast.clerk).get("/intake?item=nonsense").status_code == 404
