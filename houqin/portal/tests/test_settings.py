"""What administrators set: only new cases feel it, its history says who changed what, routing can be tried."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from houqin.affairs.models import ItemSetting, Route
from houqin.foundation.people.models import Person
from houqin.testing.cast import Cast
from houqin.testing.desk import Desk
from houqin.testing.dummy import Diary

As = Callable[[Person], Client]


@pytest.fixture
def desk(cast: Cast, dummy: Diary) -> Desk:
    """Nobody is on duty until a test says so."""
    return Desk(cast, dummy)


ITEM = "/settings/items/dummy.mend"


def test_a_new_limit_is_felt_by_new_cases_alone(desk: Desk, as_person: As) -> None:
    cast = desk.cast
    before = desk.submit()
    client = as_person(cast.sysadmin)
    page = client.get(ITEM).content.decode()
    assert "仅影响此后提交的办件" in page
    sent = {
        "enabled": "on",
        "limit_minutes": 60,
        "mend__minutes": 30,
        "mend__clock": "wall",
        "mend__name": "抢修",
    }
    assert client.post(ITEM, sent).status_code == 302
    after = desk.submit("另一件")
    before.refresh_from_db()
    assert (before.limit_minutes, after.limit_minutes) == (480, 60)
    (old,), (new,) = desk.open(before), desk.open(after)
    assert (old.step_name, old.limit_minutes) == ("维修", 240)
    assert (new.step_name, new.limit_minutes, new.clock) == ("抢修", 30, "wall")
    history = client.get(ITEM).content.decode().partition("变更历史")[2]
    assert "何管" in history
    assert "维修 · 时限（分钟）" in history
    assert "30" in history


def test_a_unit_may_have_settings_of_its_own(desk: Desk, as_person: As) -> None:
    cast = desk.cast
    client = as_person(cast.sysadmin)
    assert (
        client.post(ITEM, {"unit": cast.education.pk, "enabled": "on", "limit_minutes": 30}).status_code
        == 302
    )
    assert desk.submit(by=cast.other_staff).limit_minutes == 30
    assert desk.submit("另一件").limit_minutes == 480
    assert "市教育局" in client.get("/settings/items").content.decode()


def test_an_item_switched_off_takes_no_more(desk: Desk, as_person: As) -> None:
    client = as_person(desk.cast.sysadmin)
    client.post(ITEM, {"limit_minutes": ""})
    assert not ItemSetting.objects.get().enabled
    assert "未开放" in client.get("/settings/items").content.decode()


def test_a_limit_that_is_none_comes_back(desk: Desk, as_person: As) -> None:
    answer = as_person(desk.cast.sysadmin).post(ITEM, {"enabled": "on", "mend__minutes": -5})
    assert answer.status_code == 422
    assert "大于零" in answer.content.decode()


def test_items_are_found_by_initials(desk: Desk, as_person: As) -> None:
    client = as_person(desk.cast.sysadmin)
    page = client.get("/settings/items", {"q": "xl"}).content.decode()
    assert "修理" in page
    assert "dummy.ask" not in page


def test_a_rule_is_set_tried_and_taken_away(desk: Desk, as_person: As) -> None:
    cast = desk.cast
    client = as_person(cast.sysadmin)
    sent = {"item": "dummy.mend", "section": cast.contractor.pk, "place": cast.other_tower.code}
    assert client.post("/settings/routes", sent).status_code == 302
    tried = client.get(
        "/settings/routes", {"item": "dummy.mend", "try": 1, "try_place": "A2-502"}
    ).content.decode()
    assert "<strong>安居物业</strong>" in tried
    tried = client.get(
        "/settings/routes", {"item": "dummy.mend", "try": 1, "try_place": "A1-301"}
    ).content.decode()
    assert "<strong>维修科</strong>" in tried
    rule = Route.objects.get(place=cast.other_tower)
    assert client.post(f"/settings/routes/{rule.pk}/unset").status_code == 302
    assert not Route.objects.filter(pk=rule.pk).exists()
    history = client.get("/settings/routes").content.decode().partition("变更历史")[2]
    assert "安居物业" in history


def test_a_rule_without_a_section_comes_back(desk: Desk, as_person: As) -> None:
    answer = as_person(desk.cast.sysadmin).post("/settings/routes", {"item": "dummy.mend"})
    assert answer.status_code == 422
    assert "请选择承办科室" in answer.content.decode()


@pytest.mark.parametrize("address", ["/settings/items", ITEM, "/settings/routes"])
def test_only_administrators_come_in(desk: Desk, as_person: As, address: str) -> None:
    assert Client().get(address).status_code == 302
    assert as_person(desk.cast.dispatcher).get(address).status_code == 403
    assert as_person(desk.cast.sysadmin).get(address).status_code == 200
    assert as_person(desk.cast.sysadmin).get("/settings/items/nonsense").status_code == 404
    assert as_person(desk.cast.sysadmin).get(f"{ITEM}?unit=999999").status_code == 404


def test_delegation_is_set_seen_by_both_and_ended(desk: Desk, as_person: As) -> None:
    cast = desk.cast
    client = as_person(cast.worker)
    refused = client.post(
        "/delegations", {"delegate": "赵铁柱", "from_on": "2090-01-01", "to_on": "2090-01-02"}
    )
    assert refused.status_code == 422
    assert "不能委托给自己" in refused.content.decode()
    sent = {"delegate": "1007", "from_on": "2020-01-01", "to_on": "2090-01-02", "reason": "培训"}
    assert client.post("/delegations", sent).status_code == 302
    assert "单大勇正在代您办理" in client.get("/delegations").content.decode()
    assert "赵铁柱" in as_person(cast.worker2).get("/delegations").content.decode()
    assert client.post("/delegations", sent).status_code == 409
    (delegation,) = cast.worker.delegations.all()
    assert as_person(cast.staff).post(f"/delegations/{delegation.pk}/end").status_code == 404
    assert client.post(f"/delegations/{delegation.pk}/end").status_code == 302
    assert "正在代您办理" not in client.get("/delegations").content.decode()
    assert "没有找到这个人" in client.post("/delegations", {**sent, "delegate": "无此人"}).content.decode()


def test_quality_control_calls_the_badly_rated_first(desk: Desk, as_person: As) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    cases = []
    for what, stars in (("好的", 5), ("差的", 1), ("没评的", 0)):
        case = desk.submit(what)
        desk.do("complete", case, by=cast.worker, comment="好了")
        desk.do("confirm", case, by=cast.staff)
        if stars:
            desk.do("rate", case, by=cast.staff, stars=stars)
        cases.append(case)
    client = as_person(cast.manager)
    today = timezone.localdate().isoformat()
    page = client.get("/quality", {"week": today}).content.decode()
    assert page.index("差的") < min(page.index("好的"), page.index("没评的"))
    assert "待回访 3 件" in page
    address = f"/quality/{cases[1].number}"
    assert client.post(address, {"comment": "没人接"}).status_code == 422
    assert client.post(address, {"stars": 2, "comment": "来得太慢"}).status_code == 302
    assert "待回访 2 件，已回访 1 件" in client.get("/quality", {"week": today}).content.decode()
    assert "来得太慢" in client.get(address).content.decode()
    assert as_person(cast.dispatcher).get("/quality").status_code == 403
    assert client.get("/quality/0000000000").status_code == 404
    assert client.get("/quality?week=nonsense").status_code == 200
