"""A visitor's own calls: a phone, a code, a request, the pass; without an account."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from houqin.affairs.actions import perform
from houqin.affairs.models import Case, Task
from houqin.exchange.tests.test_api import Caller
from houqin.foundation.people import installation
from houqin.foundation.people.models import Installation
from houqin.services.visitors import actions
from houqin.services.visitors.models import Denial, Visit
from houqin.services.visitors.tests.conftest import PHONE

HERE = "/api/v1/visitors/public"


@pytest.fixture
def demo(db):
    """The demo compound: codes are answered, not sent."""
    Installation.objects.create(demo=True)
    installation.forget()
    yield
    installation.forget()


def call(address: str, body: dict | None = None, token: str = ""):
    client, headers = Client(), {"authorization": f"Bearer {token}"} if token else {}
    if body is None:
        return client.get(f"{HERE}{address}", headers=headers)
    return client.post(f"{HERE}{address}", body, "application/json", headers=headers)


def proof(phone: str = PHONE) -> str:
    asked = call("/codes", {"phone": phone}).json()
    return call("/tokens", {"challenge": asked["challenge"], "code": asked["code"]}).json()["token"]


def wanted(**more) -> dict:
    start = timezone.now() + timedelta(minutes=10)
    return {
        "name": "钱明", "host_name": "李晓雯", "host_tail": "0001", "purpose": "对账", "from_at": start.isoformat(),
        "until_at": (start + timedelta(hours=1)).isoformat(), "plate": "浙A12345", **more,
    }  # fmt: skip


def test_from_a_phone_to_a_pass(gates, demo):
    token = proof()
    assert token.startswith("hqv_")
    assert PHONE not in token
    made = call("/requests", wanted(), token)
    assert (made.status_code, made.json()["state"]) == (201, "pending")
    pk = made.json()["id"]
    assert call(f"/requests/{pk}/pass", token=token).status_code == 404
    task = Task.objects.get(state="open")
    perform(gates.cast.staff, "approve", case=task.case.number, task=task.pk, data={})
    (own,) = call("/requests", token=token).json()["items"]
    assert (own["state"], own["space"]) == ("expected", "访客停车场")
    shown = call(f"/requests/{pk}/pass", token=token).json()
    assert Client().get(shown["url"].removeprefix("http://localhost:8000")).status_code == 200
    gate = Caller(gates.guard)
    assert gate.post("/visitors/scan", {"token": shown["token"], "gate": "G1"}).json()["direction"] == "in"
    other = proof("13912345670")
    assert call("/requests", token=other).json()["items"] == []
    assert call(f"/requests/{pk}/pass", token=other).status_code == 404


def test_a_code_is_good_for_who_asked_a_while_and_a_few_tries(gates, demo):
    asked = call("/codes", {"phone": "139 1234 5678"}).json()
    wrong = call("/tokens", {"challenge": asked["challenge"], "code": "000000"})
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["code"])
    assert (
        call("/tokens", {"challenge": "abc", "code": asked["code"]}).json()["detail"]
        == "验证码已失效，请重新获取。"
    )
    for _n in range(4):
        call("/tokens", {"challenge": asked["challenge"], "code": "000000"})
    assert call("/tokens", {"challenge": asked["challenge"], "code": asked["code"]}).status_code == 429
    bad = call("/codes", {"phone": "12"})
    assert (bad.status_code, list(bad.json()["errors"])) == (400, ["phone"])
    assert [call("/codes", {"phone": PHONE}).status_code for _n in range(3)] == [201, 201, 429]


def test_a_proof_ends_after_two_hours_and_opens_nothing_else(gates, demo):
    token = proof()
    assert call("/requests", token=token).status_code == 200
    assert (
        Client().get("/api/v1/visitors/visits", headers={"authorization": f"Bearer {token}"}).status_code
        == 401
    )
    assert call("/requests", token=Caller(gates.cast.staff).key).status_code == 401
    assert (
        call("/requests", token=f"hqv_{call('/codes', {'phone': PHONE}).json()['challenge']}").status_code
        == 401
    )
    assert call("/requests").status_code == 401
    with time_machine.travel(timezone.now() + timedelta(hours=3)):
        assert call("/requests", token=token).status_code == 401


def test_what_the_page_refuses_the_call_refuses_and_requests_are_counted(gates, demo):
    token = proof()
    bad = call("/requests", wanted(host_tail="9999"), token)
    assert (bad.status_code, list(bad.json()["errors"])) == (400, ["host_name"])
    answers = [call("/requests", wanted(), token).status_code for _n in range(6)]
    assert answers == [201] * 5 + [429]
    assert Case.objects.count() == 5
    assert set(Case.objects.values_list("channel", flat=True)) == {"guest"}


def test_who_is_held_reads_what_they_would_read_while_somebody_decides(gates, demo):
    Denial.objects.create(section=gates.cast.general, name="钱明", phone=PHONE, reason="闹访")
    visit = gates.invite()
    assert visit.held
    token = proof()
    (own,) = call("/requests", token=token).json()["items"]
    assert own["state"] == "pending"
    assert call(f"/requests/{visit.pk}/pass", token=token).status_code == 404
    assert actions.pass_of(Visit.objects.get(), at=timezone.now()) == ""


def test_without_text_messages_and_outside_the_demo_nothing_is_asked(gates):
    refused = call("/codes", {"phone": PHONE})
    assert (refused.status_code, refused.json()["detail"]) == (
        400,
        "本院区没有开通短信验证，请联系接待人，由其邀请您。",
    )
