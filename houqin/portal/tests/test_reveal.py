"""Masked numbers: who is shown the whole one, what the trail keeps of it, and how many."""

import time_machine
from django.contrib.sessions.models import Session
from django.utils import timezone

from houqin.foundation.limits.models import Counter
from houqin.foundation.people import actions as people
from houqin.foundation.standards import id_check_digit
from houqin.foundation.trail.actors import SYSTEM, Outsider
from houqin.foundation.trail.models import Entry

HTMX = {"HTTP_HX_REQUEST": "true"}
ID = "33010619900307001" + id_check_digit("33010619900307001")


def seen() -> list[Entry]:
    return list(Entry.objects.filter(action="personal.reveal").order_by("id"))


def test_the_worker_with_the_task_is_shown_the_number_and_the_trail_tells(desk, as_person):
    case = desk.submit()
    browser = as_person(desk.cast.worker)
    page = browser.get(f"/cases/{case.number}").content.decode()
    assert "138****0001" in page
    assert "13800000001" not in page
    answer = browser.post(f"/reveal/affairs.applicant/{case.number}", **HTMX)
    assert 'href="tel:13800000001"' in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    (entry,) = seen()
    assert (entry.actor_name, entry.record_name) == ("赵铁柱", case.number)
    assert entry.after == {"field": "applicant_phone", "reason": "联系申请人"}
    assert "13800000001" not in browser.get("/todo").content.decode()


def test_without_htmx_it_asks_first_and_then_is_a_page(desk, as_person):
    case = desk.submit()
    browser = as_person(desk.cast.worker)
    asked = browser.get(f"/reveal/affairs.applicant/{case.number}")
    assert "将记入操作留痕" in asked.content.decode()
    assert not seen()
    shown = browser.post(f"/reveal/affairs.applicant/{case.number}")
    assert "tel:13800000001" in shown.content.decode()


def test_who_only_looks_on_is_refused_and_who_sees_nothing_finds_nothing(desk, as_person):
    case = desk.submit()
    address = f"/reveal/affairs.applicant/{case.number}"
    cast = desk.cast
    assert as_person(cast.head).post(address).status_code == 403
    assert "138****0001" in as_person(cast.head).get(f"/cases/{case.number}").content.decode()
    assert as_person(cast.other_staff).post(address).status_code == 404
    assert as_person(cast.worker).post("/reveal/no.such/1").status_code == 404
    assert not seen()
    assert as_person(cast.dispatcher).post(address).status_code == 200


def test_a_worker_is_no_longer_shown_it_when_the_work_is_over(desk, as_person):
    case = desk.submit()
    desk.do("accept", case, by=desk.cast.worker)
    desk.do("complete", case, by=desk.cast.worker, comment="已修好")
    desk.do("confirm", case, by=desk.cast.staff)
    assert as_person(desk.cast.worker).post(f"/reveal/affairs.applicant/{case.number}").status_code == 403


def test_the_applicant_may_call_who_has_it(desk, as_person):
    case = desk.submit()
    task = desk.open(case)[0]
    answer = as_person(desk.cast.staff).post(f"/reveal/affairs.holder/{case.number}-{task.pk}", **HTMX)
    assert "tel:13800000006" in answer.content.decode()
    assert as_person(desk.cast.staff).post(f"/reveal/affairs.holder/{case.number}-0").status_code == 404
    assert seen()[0].record_type == "people.person"


def test_ones_own_and_those_of_the_directory(cast, as_person):
    own = as_person(cast.staff).post(f"/reveal/people.phone/{cast.staff.pk}", **HTMX)
    assert "tel:13800000001" in own.content.decode()
    assert as_person(cast.staff).post(f"/reveal/people.phone/{cast.other_head.pk}").status_code == 404
    assert as_person(cast.clerk).post(f"/reveal/people.phone/{cast.worker.pk}").status_code == 200
    assert as_person(cast.clerk).post("/reveal/people.phone/x").status_code == 404
    assert [each.after["reason"] for each in seen()] == ["本人查看", "通讯录"]


def test_whoever_has_duty_now_can_be_called_by_anybody_here(cast, as_person):
    address = f"/reveal/people.phone/{cast.worker.pk}"
    assert as_person(cast.other_staff).post(address).status_code == 404
    cast.duty(cast.worker)
    assert as_person(cast.other_staff).post(address).status_code == 200


def test_an_id_number_needs_a_reason_that_the_trail_keeps(cast, as_person):
    people.change_person(SYSTEM, person=cast.staff, id_number=ID)
    browser, address = as_person(cast.sysadmin), f"/reveal/people.id_number/{cast.staff.pk}"
    asked = browser.post(address, **HTMX)
    assert "查看事由" in asked.content.decode()
    assert asked["HX-Retarget"] == "#dialog-body"
    assert browser.post(address, {"reason": " "}).status_code == 422
    assert not seen()
    assert ID in browser.post(address, {"reason": "核对名册"}).content.decode()
    assert seen()[0].after == {"field": "id_number", "reason": "核对名册"}
    assert as_person(cast.clerk).post(address, {"reason": "好奇"}).status_code == 403
    assert as_person(cast.other_staff).post(address, {"reason": "好奇"}).status_code == 404


def test_nobody_reads_the_whole_directory(cast, as_person, monkeypatch):
    monkeypatch.setattr("houqin.foundation.personal.actions.MOST", 3)
    browser = as_person(cast.clerk)
    with time_machine.travel(timezone.make_aware(timezone.datetime(2026, 3, 16, 9, 5)), tick=False):
        codes = [browser.post(f"/reveal/people.phone/{cast.worker.pk}").status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    assert len(seen()) == 3


def test_a_passer_by_leaves_no_clear_number_in_session_or_counters(desk, client):
    case = desk.submit(by=Outsider("王女士", "13900001111"))
    assert client.post("/track", {"number": case.number, "phone": "139 0000 1111"}).status_code == 302
    assert client.get(f"/cases/{case.number}").status_code == 200
    (session,) = Session.objects.all()
    assert "13900001111" not in str(session.get_decoded())
    assert not Counter.objects.filter(key__contains="13900001111")
    assert client.post(f"/reveal/affairs.applicant/{case.number}").status_code == 302
