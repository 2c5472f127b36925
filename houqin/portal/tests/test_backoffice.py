"""The back office: who comes in, and that one box finds settings, items, people and places by word and initials."""

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.test import Client

from houqin.foundation.people.models import Person
from houqin.portal import backoffice
from houqin.testing.cast import Cast
from houqin.testing.desk import Desk
from houqin.testing.dummy import Diary

As = Callable[[Person], Client]
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def desk(cast: Cast, dummy: Diary) -> Desk:
    """Nobody is on duty until a test says so."""
    return Desk(cast, dummy)


@pytest.mark.parametrize(
    ("text", "wanted", "where"),
    [
        ("zbb", "排班", "/duty"),
        ("fbgz", "分办规则", "/settings/routes"),
        ("分办", "分办规则", "/settings/routes"),
        ("shixiangshezhi", "事项设置", "/settings/items"),
        ("限时办结", "承诺时限与环节时限", "/settings/items"),
        ("rwdl", "后台任务", "/backoffice/jobs"),
        ("修理", "修理", "/settings/items/dummy.mend"),
        ("lxw", "李晓雯", "/backoffice/people/person/"),
        ("nwsj", "男卫生间", "/backoffice/places/place/"),
        ("wxk", "维修科", "/backoffice/people/organisation/"),
    ],
)
def test_one_box_finds_everything(desk: Desk, as_person: As, text: str, wanted: str, where: str) -> None:
    found = as_person(desk.cast.sysadmin).get("/backoffice/search", {"q": text}, **HTMX).content.decode()
    assert wanted in found
    assert where in found
    assert "<html" not in found


def test_only_what_may_be_opened_is_found(desk: Desk, as_person: As) -> None:
    cast = desk.cast
    cast.appoint(cast.colleague, ["backoffice.enter"], cast.city)
    client = as_person(cast.colleague)
    assert client.get("/backoffice/").status_code == 200
    for text in ("李晓雯", "分办规则", "修理", "男卫生间"):
        assert "没有找到" in client.get("/backoffice/search", {"q": text}, **HTMX).content.decode()
    assert client.get("/backoffice/people/person/").status_code == 403


def test_whoever_may_not_come_in_is_sent_to_our_own_door(desk: Desk, as_person: As) -> None:
    cast = desk.cast
    answer = Client().get("/backoffice/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/sign-in?next=")
    assert as_person(cast.staff).get("/backoffice/", follow=True).status_code == 403
    for address in ("/backoffice/search", "/backoffice/system", "/backoffice/jobs"):
        assert as_person(cast.staff).get(address).status_code == 403
        assert as_person(cast.sysadmin).get(address).status_code == 200


def test_it_has_fifteen_parts_in_chinese(desk: Desk, as_person: As) -> None:
    administrators = (desk.cast.sysadmin, desk.cast.secadmin, desk.cast.auditor)
    pages = [as_person(each).get("/backoffice/").content.decode() for each in administrators]
    assert len(backoffice.PARTS) == 15
    for _key, name, _icon in backoffice.PARTS:
        assert any(str(name) in page for page in pages)
    assert all("css/backoffice.css" in page for page in pages)


def test_every_list_and_form_opens_without_anything_inline(desk: Desk, as_person: As) -> None:
    desk.submit()
    administrators = (desk.cast.sysadmin, desk.cast.secadmin, desk.cast.auditor)
    clients = [as_person(each) for each in administrators]
    for model in admin.site._registry:
        meta = model._meta
        answers = [client.get(f"/backoffice/{meta.app_label}/{meta.model_name}/") for client in clients]
        assert {answer.status_code for answer in answers} <= {200, 403}, meta.label
        text = "".join(answer.content.decode() for answer in answers)
        assert "<style" not in text
        assert " style=" not in text
        assert "<script>" not in text


def test_a_rule_added_in_the_back_office_goes_through_the_action(desk: Desk, as_person: As) -> None:
    cast = desk.cast
    client = as_person(cast.sysadmin)
    sent = {
        "item_code": "dummy.mend",
        "category": "power",
        "section": cast.contractor.pk,
        "place": "",
        "unit": "",
    }
    answer = client.post("/backoffice/affairs/route/add/", sent)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    assert "安居物业" in client.get("/settings/routes").content.decode().partition("变更历史")[2]
    assert desk.submit(data={"kind": "power"}).section == cast.contractor
