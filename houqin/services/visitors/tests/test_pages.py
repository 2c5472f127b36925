"""The pages as a host, a visitor and a guard meet them, and how many questions they ask."""

import re
from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from houqin.affairs.actions import perform
from houqin.foundation.people import installation
from houqin.foundation.people.models import Installation
from houqin.foundation.trail.actors import SYSTEM
from houqin.services.access.actions import admit, pass_token
from houqin.services.visitors import actions
from houqin.services.visitors.models import Group, Visit, VisitState
from houqin.services.visitors.tests.conftest import PHONE


@pytest.fixture
def demo(db):
    """The demo compound: codes are shown, not sent."""
    Installation.objects.create(demo=True)
    installation.forget()
    yield
    installation.forget()


def text(answer) -> str:
    return answer.content.decode()


def test_a_host_invites_moves_and_calls_off(gates, as_person):
    staff = as_person(gates.cast.staff)
    assert "没有待到访的访客" in text(staff.get("/visitors/"))
    assert staff.get("/services/visitors.invite")["Location"] == "/visitors/invite"
    page = text(staff.get("/visitors/invite"))
    assert 'value="2026-03-17T13:00"' in page
    told = {
        "name": "钱明", "phone": "139 1234 5678", "kind": "business", "purpose": "对账", "place": gates.cast.office.code,
        "from_at": "2026-03-17T13:00", "until_at": "2026-03-17T12:00", "plate": "浙a12345",
    }  # fmt: skip
    wrong = staff.post("/visitors/invite", told)
    assert wrong.status_code == 422
    assert "离开时间应晚于到达时间" in text(wrong)
    made = staff.post("/visitors/invite", {**told, "until_at": "2026-03-17T15:00"})
    visit = Visit.objects.get()
    assert made["Location"] == f"/visitors/{visit.pk}"
    page = text(staff.get(made["Location"]))
    assert f"/visitors/p/{visit.key}" in page
    assert "已预留 访客停车场" in page
    assert PHONE not in page
    later = {"from_at": "2026-03-17T14:00", "until_at": "2026-03-17T16:00"}
    assert staff.post(f"/visitors/{visit.pk}/move", later).status_code == 302
    assert "14:00" in text(staff.get("/visitors/"))
    staff.post(f"/visitors/{visit.pk}/cancel", {"reason": "改线上"})
    visit.refresh_from_db()
    assert (visit.state, visit.ended_why) == (VisitState.CANCELLED, "改线上")
    assert "已取消" in text(Client().get(f"/visitors/p/{visit.key}"))
    assert as_person(gates.cast.other_staff).get(f"/visitors/{visit.pk}").status_code == 404


def sheet(*rows) -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    for row in (("考察团名单",), ("序号", "姓名", "手机号码", "工作单位", "车牌"), *rows):
        book.active.append(row)
    made = BytesIO()
    book.save(made)
    return SimpleUploadedFile("名单.xlsx", made.getvalue())


def test_a_list_is_shown_line_by_line_before_anybody_is_entered(gates, as_person):
    staff = as_person(gates.cast.staff)
    told = {
        "name": "考察团", "kind": "business", "purpose": "考察", "place": gates.cast.office.code,
        "from_at": "2026-03-17T13:00", "until_at": "2026-03-17T15:00",
    }  # fmt: skip
    assert "表头" in text(staff.get("/visitors/group"))
    bad = SimpleUploadedFile("名单.csv", "甲,乙\n1,2".encode())
    assert "没有找到" in text(staff.post("/visitors/group", {**told, "file": bad}))
    rows = (
        (1, "钱明", "13912345671", "滨江局", "浙A12345"),
        (2, "孙丽", "139", "", ""),
        (3, "李雷", "13912345671", "", ""),
    )
    page = text(staff.post("/visitors/group", {**told, "file": sheet(*rows)}))
    assert "可登记 1 人" in page
    assert "2 行有误" in page
    assert "与第 3 行手机号相同" in page
    assert not Visit.objects.exists()
    kept = re.search(r'name="list" value="([0-9a-f]+)"', page)[1]
    assert staff.post("/visitors/group", {**told, "list": kept, "confirm": "1"}).status_code == 302
    visit = Visit.objects.get()
    assert (visit.name, visit.group.name, visit.state) == ("钱明", "考察团", VisitState.EXPECTED)
    assert staff.post("/visitors/group", {**told, "list": "00", "confirm": "1"}).status_code == 422


def test_a_large_group_waits_for_one_approval(gates, as_person):
    rows = [(n, f"客人{n}", f"1391234567{n}", "", "") for n in range(7)]
    told = {
        "name": "考察团", "kind": "business", "purpose": "考察", "place": gates.cast.office.code, "file": sheet(*rows),
        "from_at": "2026-03-17T13:00", "until_at": "2026-03-17T15:00", "confirm": "1",
    }  # fmt: skip
    as_person(gates.cast.staff).post("/visitors/group", told)
    group = Group.objects.get()
    assert set(group.visits.values_list("state", flat=True)) == {"pending"}
    case = group.visits.get(case__isnull=False).case
    for person in (gates.cast.head, gates.guard):
        perform(person, "approve", case=case.number, task=case.tasks.get(state="open").pk, data={})
    assert set(group.visits.values_list("state", "companions")) == {("expected", 0)}


def test_a_visitor_asks_with_a_phone_alone_and_gets_a_pass(gates, demo):
    guest = Client()
    assert guest.get("/services/visitors.request")["Location"] == "/visitors/request"
    assert guest.get("/visitors/request/new")["Location"] == "/visitors/request"
    guest.post("/visitors/request", {"phone": PHONE})
    page = text(guest.get("/visitors/request"))
    code = re.search(r"验证码是 (\d{6})", page)[1]
    assert Client().post("/visitors/request", {"code": code}).status_code == 422
    assert guest.post("/visitors/request", {"code": "000000"}).status_code == 422
    assert guest.post("/visitors/request", {"code": code})["Location"] == "/visitors/request/new"
    told = {
        "name": "钱明", "host_name": "李晓雯", "host_tail": "0001", "kind": "service", "purpose": "送材料",
        "from_at": "2026-03-17T12:30", "until_at": "2026-03-17T14:00",
    }  # fmt: skip
    assert guest.post("/visitors/request/new", {**told, "host_tail": "9"}).status_code == 422
    assert guest.post("/visitors/request/new", told)["Location"] == "/visitors/requested"
    assert "等待对方同意" in text(guest.get("/visitors/requested"))
    visit = Visit.objects.get()
    address = f"/visitors/p/{visit.key}"
    assert "正在审批" in text(Client().get(address))
    case = visit.case
    perform(gates.cast.staff, "approve", case=case.number, task=case.tasks.get(state="open").pk, data={})
    assert address in text(guest.get("/visitors/requested"))
    page = Client().get(address)
    assert "<svg" in text(page)
    assert page["Cache-Control"] == "no-store"
    mark = re.search(r'hx-get="\?w=([^"]+)"', text(page))[1]
    live = {"HX-Request": "true"}
    assert Client().get(address, {"w": mark}, headers=live).status_code == 204
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        assert Client().get(address, {"w": mark}, headers=live).status_code == 200
    assert Client().get("/visitors/p/none").status_code == 404


def test_without_text_messages_nobody_is_left_waiting_for_one(gates):
    answer = Client().post("/visitors/request", {"phone": PHONE})
    assert "没有开通短信验证" in text(answer)
    for _more in range(3):
        last = Client().post("/visitors/request", {"phone": PHONE})
    assert last.status_code == 429


def test_a_queue_of_thirty_passes_tap_by_tap(gates, as_person, django_assert_max_num_queries):
    for number in range(30):
        gates.invite(
            source=f"test.case:{number}", name=f"客人{number:02}", phone=f"139123456{number:02}", plate=""
        )
    guard = as_person(gates.guard)
    with django_assert_max_num_queries(14):
        page = text(guard.get("/visitors/gate"))
    assert page.count("vs-row") == 30
    assert len(page) < 120_000
    first = Visit.objects.order_by("pk").first()
    token = pass_token(first.holder)
    assert (
        guard.post("/visitors/gate/scan", {"q": "客人07"})["Location"]
        == "/visitors/gate?q=%E5%AE%A2%E4%BA%BA07"
    )
    assert text(guard.get("/visitors/gate?q=客人07")).count("vs-row") == 1
    assert text(guard.get("/visitors/gate?q=5607")).count("vs-row") == 1
    assert "客人00 已进入" in text(guard.post("/visitors/gate/scan", {"q": token}, follow=True))
    others = list(Visit.objects.filter(state="expected").order_by("pk")[:3])
    for visit in others:
        guard.post(f"/visitors/{visit.pk}/enter", {"gate": "G1", "people": "2", "items": "电脑"})
    assert others[0].crossings.get().people == 2
    assert text(guard.get("/visitors/gate?show=inside")).count("vs-row") == 4
    assert "已在内" in text(guard.post(f"/visitors/{others[0].pk}/enter", {"gate": "G2"}, follow=True))
    muster = text(guard.get(f"/visitors/muster?building={gates.cast.tower.code}"))
    assert muster.count("cell-title") == 4
    with time_machine.travel(timezone.now() + timedelta(hours=4)):
        assert "is-late" in text(guard.get("/visitors/gate?show=overdue"))
    assert guard.post("/visitors/gate/choose", {"gate": "G2"}).status_code == 302
    assert guard.post("/visitors/gate/choose", {"gate": "nowhere"}).status_code == 404


def test_a_denied_visitor_is_only_sent_to_the_duty_office(gates, as_person):
    visit, guard = gates.invite(), as_person(gates.guard)
    told = {"name": "钱明", "phone": PHONE, "reason": "多次扰序"}
    assert guard.post("/visitors/denials", {**told, "phone": ""}).status_code == 422
    assert guard.post("/visitors/denials", told).status_code == 302
    page = text(guard.get("/visitors/gate"))
    assert "请联系值班室" in page
    assert "扰序" not in page
    assert "请联系值班室" in text(guard.post(f"/visitors/{visit.pk}/enter", {"gate": "G1"}, follow=True))
    assert "正在审批" in text(Client().get(f"/visitors/p/{Visit.objects.get().key}"))
    assert "多次扰序" in text(guard.get("/visitors/denials"))
    guard.post(f"/visitors/{visit.pk}/clear")
    assert "已进入" in text(guard.post(f"/visitors/{visit.pk}/enter", {"gate": "G1"}, follow=True))
    denial = re.search(r"/visitors/denials/(\d+)/lift", text(guard.get("/visitors/denials")))[1]
    assert "请写明解除原因" in text(guard.post(f"/visitors/denials/{denial}/lift", follow=True))
    assert "已核实" in text(guard.post(f"/visitors/denials/{denial}/lift", {"why": "已核实"}, follow=True))


def test_the_trace_masks_numbers_and_asks_why(gates, as_person):
    gates.invite()
    auditor = gates.cast.worker
    gates.cast.appoint(auditor, ["visitors.view"], gates.cast.bureau)
    client = as_person(auditor)
    visit = Visit.objects.get()
    for asked, hits in (
        ({}, 1),
        ({"visitor": "5678"}, 1),
        ({"visitor": "139 1234 5678"}, 1),
        ({"host": "李晓"}, 1),
        ({"visitor": "孙"}, 0),
        ({"on": "2026-03-16"}, 0),
        ({"on": "2026-03-17", "state": "expected"}, 1),
    ):
        page = text(client.post("/visitors/trace", asked))
        assert page.count("cell-title") == hits, asked
        assert PHONE not in page
    address = f"/reveal/visitors.phone/{visit.pk}"
    assert PHONE not in text(client.post(address))
    assert PHONE in text(client.post(address, {"reason": "核查失物"}))
    assert as_person(gates.cast.other_staff).post(address).status_code == 404


def test_keepers_pages_keep_contractors_and_rules(gates, as_person):
    guard, office = as_person(gates.guard), gates.cast.office.code
    company = {
        "name": "安居电梯", "work": "电梯维保", "place": office, "host": gates.cast.staff.staff_number,
        "insured_until": "2026-12-31", "from_time": "00:00", "until_time": "23:59",
    }  # fmt: skip
    assert guard.post("/visitors/contractors/new", {**company, "host": "x"}).status_code == 422
    guard.post("/visitors/contractors/new", company)
    address = re.search(r"/visitors/contractors/\d+", text(guard.get("/visitors/contractors")))[0]
    worker = {"name": "丁强", "phone": PHONE, "inducted_until": "2026-03-16"}
    guard.post(address, worker)
    assert "已登记在该单位名下" in text(guard.post(address, worker))
    pk = re.search(r"/visitors/workers/(\d+)", text(guard.get(address)))[1]
    assert "安全培训已于 2026-03-16 到期" in text(
        guard.post(f"/visitors/workers/{pk}/enter", {"gate": "G1"}, follow=True)
    )
    guard.post(f"/visitors/workers/{pk}", {"inducted_until": "2026-12-31"})
    assert "丁强" in text(guard.get("/visitors/gate?q=丁强"))
    assert "丁强 已进入" in text(guard.post(f"/visitors/workers/{pk}/enter", {"gate": "G1"}, follow=True))
    guard.post(f"{address}/change", {**company, "insured_until": "2027-01-01", "ended": "on"})
    assert guard.post(f"/visitors/workers/{pk}/enter", {"gate": "G1"}).status_code == 404
    rule = {
        "name": "全院",
        "rank": "any",
        "from_time": "08:00",
        "until_time": "18:00",
        "most_people": "3",
        "active": "on",
    }
    assert guard.post("/visitors/rules/new", {**rule, "until_time": "07:00"}).status_code == 422
    guard.post("/visitors/rules/new", rule)
    assert "全院" in text(guard.get("/visitors/rules"))
    assert text(guard.get("/visitors/insight")).count("<h2") >= 4


def test_automatic_gates_and_silence_are_followed(gates):
    visit, other = gates.invite(), gates.invite(phone="13912345670")
    admit(SYSTEM, door="G1", direction="in", token=pass_token(visit.holder))
    assert actions.follow_doors() == 1
    assert actions.follow_doors() == 0
    visit.refresh_from_db()
    assert visit.state == VisitState.INSIDE
    admit(SYSTEM, door="G1", direction="out", holder=visit.holder)
    assert actions.follow_doors() == 1
    with time_machine.travel(timezone.now() + timedelta(hours=5)):
        assert actions.settle() == 1
        assert actions.settle() == 0
    assert set(Visit.objects.values_list("pk", "state")) == {(visit.pk, "left"), (other.pk, "missed")}
