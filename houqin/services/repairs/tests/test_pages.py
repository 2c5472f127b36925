"""The pages of repairs: what each shows, to whom, and with how many queries."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from houqin.foundation.trail.models import Entry
from houqin.services.repairs import actions
from houqin.services.repairs.models import Incident, RepairOrder, StockItem

#: Page → who may open it; everybody else of the cast gets 403, and whoever has not signed in goes to the door.
STAFF_PAGES = {
    "orders": {"dispatcher", "worker", "worker2", "manager"},
    "insights": {"dispatcher", "manager"},
    "incidents": {"dispatcher"},
    "stock": {"dispatcher", "sysadmin"},
    "new_stock_item": {"dispatcher", "sysadmin"},
    "devices": {"dispatcher", "worker", "worker2", "manager"},
    "device_codes": {"dispatcher", "worker", "worker2", "manager"},
}


@pytest.fixture
def dispatcher(house, as_person):
    return as_person(house.cast.dispatcher)


@pytest.mark.parametrize("page", STAFF_PAGES)
def test_who_may_open_what(house, as_person, client, page):
    address = reverse(f"repairs:{page}")
    assert client.get(address).headers["Location"].startswith("/sign-in")
    for username in ("staff", "head", "dispatcher", "worker", "manager", "sysadmin", "clerk", "other_head"):
        expected = 200 if username in STAFF_PAGES[page] else 403
        assert as_person(getattr(house.cast, username)).get(address).status_code == expected, username


def test_the_ledger_shows_my_scope_and_filters(house, dispatcher, as_person):
    house.report()
    house.finish(house.report(place=house.cast.other_office, fault="power.light"), labour_minutes=30)
    page = dispatcher.get("/repairs/").content.decode()
    assert "1号楼3层301室 水龙头滴漏" in page
    assert "¥30.00" in page
    assert "水龙头" not in dispatcher.get("/repairs/?group=power").content.decode().split("</form>")[-1]
    assert "灯不亮" not in dispatcher.get("/repairs/?flag=open").content.decode()
    house.cast.appoint(house.cast.other_head, ["repairs.view"], house.cast.education)
    assert "这个范围内没有报修" in as_person(house.cast.other_head).get("/repairs/").content.decode()


def test_a_worker_opens_only_cases_that_open(house, as_person):
    mine, other = house.report(), house.report(place=house.cast.toilet)
    RepairOrder.objects.filter(case=mine).update(worker=house.cast.worker)
    page = as_person(house.cast.worker).get("/repairs/").content.decode()
    assert f"/cases/{mine.number}" in page
    assert f"/cases/{other.number}" not in page


def test_every_figure_of_insight_leads_to_its_rows(house, dispatcher):
    first = house.finish(house.report(), labour_minutes=30)
    house.report()
    page = dispatcher.get("/repairs/insights").content.decode()
    assert "哪些楼、哪几层报修最多" in page
    assert f"place={house.cast.floor.pk}" in page
    assert first.case.title in page
    assert "¥30.00" in page
    cell = dispatcher.get(f"/repairs/?place={house.cast.floor.pk}").content.decode()
    assert cell.count("水龙头滴漏</a>") == 2


@pytest.mark.parametrize(
    "page", ["/repairs/", "/repairs/insights", "/repairs/stock", "/repairs/incidents", "/repairs/devices"]
)
def test_pages_ask_a_bounded_number_of_questions(
    house, dispatcher, page, django_assert_max_num_queries, django_assert_num_queries
):
    def fill(start):
        for number in range(start, start + 6):
            house.stock(f"物料{number}", "1", 100, f"WL{number}")
            house.device(code=f"D{number}")
            case = house.report(fault="furniture.chair")
            house.finish(case, labour_minutes=10)

    fill(0)
    dispatcher.get(page)
    with django_assert_max_num_queries(12) as few:
        dispatcher.get(page)
    fill(10)
    with django_assert_num_queries(len(few)):
        dispatcher.get(page)


# -- at the spot ---------------------------------------------------------------------------------------------------


def test_known_faults_come_before_the_form_and_name_nobody(house, client):
    house.report(place=house.cast.toilet)
    page = client.get(f"/services/repairs.report?place={house.cast.toilet.qr}").content.decode()
    assert "已有人报修" in page
    assert page.index("已有人报修") < page.index("caller_phone")
    assert "李晓雯" not in page
    assert "我也遇到了" in page
    assert "已有人报修" not in client.get("/repairs/known?place=A1-301").content.decode()
    assert "已有人报修" in client.get("/repairs/known", {"place": house.cast.toilet.code}).content.decode()


def test_a_passer_by_reports_by_phone_without_signing_in(house, client):
    posted = {
        "place": house.cast.toilet.code,
        "fault": "water.tap",
        "caller_name": "王女士",
        "caller_phone": "139 0000 0000",
    }
    answer = client.post("/services/repairs.report", posted)
    assert answer.status_code == 302
    order = RepairOrder.objects.get()
    assert (order.case.applicant_phone, order.place) == ("13900000000", house.cast.toilet)
    assert client.get(answer.headers["Location"]).status_code == 200


def test_one_tap_follows_a_running_repair(house, as_person):
    case = house.report()
    browser = as_person(house.cast.colleague)
    page = browser.get(f"/repairs/known/{case.number}")
    assert "一起关注" in page.content.decode()
    assert browser.post(f"/repairs/known/{case.number}").headers["Location"] == f"/cases/{case.number}"
    assert case.followers.get().person == house.cast.colleague
    house.finish(case)
    assert browser.get(f"/repairs/known/{case.number}").status_code == 404


def test_a_scan_offers_what_suits_whoever_scans(house, as_person, client):
    case = house.report()
    place = house.cast.office
    worker = as_person(house.cast.worker).get(f"/q/{place.qr}", follow=True).content.decode()
    assert "我已到场" in worker
    staff = as_person(house.cast.colleague).get(f"/q/{place.qr}", follow=True).content.decode()
    assert "我已到场" not in staff
    assert "此处已有人报修" in staff
    assert case.number in staff


def test_a_scanned_device_opens_its_report(house, client):
    device = house.device(place=house.cast.toilet, name="开水器", group="water")
    page = client.get(f"/q/{device.qr}", follow=True).content.decode()
    assert device.code in page


def test_arriving_by_the_code_on_the_door(house, as_person):
    case = house.report()
    house.do(case, "accept")
    task = case.tasks.get(state="open")
    browser = as_person(house.cast.worker)
    address = f"/repairs/arrive/{task.pk}?code={house.cast.office.qr}"
    assert "您已扫到现场的码" in browser.get(address).content.decode()
    assert browser.post(address).status_code == 302
    assert RepairOrder.objects.get(case=case).arrived_at
    assert as_person(house.cast.worker2).get(address).status_code == 404
    assert as_person(house.cast.worker2).post(address).status_code == 404


def test_faults_are_found_while_typing(house, client):
    def found(text):
        return [each["name"] for each in client.get("/repairs/faults", {"q": text}).json()["items"]]

    assert found("sltdl")[0] == "水龙头滴漏"
    assert "水管漏水" in found("跑水")
    assert "空调不制冷" in found("kongtiao")
    assert found("没有这种") == []


# -- finishing -----------------------------------------------------------------------------------------------------


def test_the_finish_form_offers_the_shelf_and_takes_its_rows(house, as_person):
    tap, tape = house.stock(), house.stock("生料带", "10", 150, "SLD", unit="卷")
    case = house.report()
    task = case.tasks.get()
    browser = as_person(house.cast.worker)
    page = browser.get(f"/cases/{case.number}/complete?task={task.pk}").content.decode()
    assert "4 分水龙头（余 5 个）" in page
    posted = {
        "task": task.pk,
        "comment": "换了阀芯",
        "labour_minutes": "20",
        "materials_item": [tap.pk, "", tape.pk],
        "materials_quantity": ["1", "", "0.5"],
    }
    answer = browser.post(f"/cases/{case.number}/complete", posted)
    assert answer.status_code == 302
    order = RepairOrder.objects.get(case=case)
    assert (order.material_fen, order.labour_minutes) == (3575, 20)
    panel = as_person(house.cast.dispatcher).get(f"/cases/{case.number}").content.decode()
    assert "¥35.00" in panel
    assert "生料带" in panel
    assert "¥35.00" not in as_person(house.cast.staff).get(f"/cases/{case.number}").content.decode()


def test_a_shelf_too_empty_is_said_beside_the_parts(house, as_person):
    tap = house.stock(quantity="1")
    case = house.report()
    task = case.tasks.get()
    posted = {"task": task.pk, "materials_item": [tap.pk], "materials_quantity": ["3"]}
    answer = as_person(house.cast.worker).post(f"/cases/{case.number}/complete", posted)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "库存只剩 1 个" in page
    assert 'value="3"' in page


def test_the_worker_sees_warranty_and_repeat_the_reporter_does_not(house, as_person):
    device = house.device(warranty_until=timezone.localdate(), supplier="清风空调")
    house.finish(house.report(fault="air.warm", device=device.code))
    case = house.report(fault="air.warm", device=device.code)
    worker = as_person(house.cast.worker).get(f"/cases/{case.number}").content.decode()
    staff = as_person(house.cast.staff).get(f"/cases/{case.number}").content.decode()
    for hint in ("质保期内", "清风空调", "30 天内修过"):
        assert hint in worker
        assert hint not in staff


# -- outages -------------------------------------------------------------------------------------------------------


def test_an_outage_from_opening_to_end(house, dispatcher, client):
    until = timezone.localtime(timezone.now() + timedelta(hours=3))
    posted = {
        "place": house.cast.tower.code, "fault": "water.none", "title": "1号楼停水", "until": f"{until:%Y-%m-%dT%H:%M}",
    }  # fmt: skip
    assert dispatcher.post("/repairs/incidents", posted).status_code == 302
    incident = Incident.objects.get()
    assert (
        "1号楼停水" in client.get(f"/services/repairs.report?place={house.cast.toilet.code}").content.decode()
    )
    later = f"{until + timedelta(hours=1):%Y-%m-%dT%H:%M}"
    assert dispatcher.post(f"/repairs/incidents/{incident.pk}/extend", {"until": later}).status_code == 302
    page = dispatcher.get("/repairs/incidents").content.decode()
    assert "1号楼停水" in page
    dispatcher.post(f"/repairs/incidents/{incident.pk}/close")
    incident.refresh_from_db()
    assert incident.closed_at
    assert "已解除" in dispatcher.get("/repairs/incidents").content.decode()


def test_a_wrong_outage_says_what_is_wrong(house, dispatcher):
    past = f"{timezone.localtime(timezone.now() - timedelta(hours=1)):%Y-%m-%dT%H:%M}"
    posted = {"place": house.cast.tower.code, "fault": "water.none", "title": "停水", "until": past}
    answer = dispatcher.post("/repairs/incidents", posted)
    assert answer.status_code == 422
    assert "预计恢复时间应晚于现在" in answer.content.decode()
    assert dispatcher.post("/repairs/incidents", {}).status_code == 422
    assert not Incident.objects.exists()


def test_the_home_page_knows_of_outages(house, as_person):
    actions.open_incident(
        house.cast.dispatcher, place=house.cast.tower, fault=house.fault("water.none"), title="1号楼停水",
        until=timezone.now() + timedelta(hours=2),
    )  # fmt: skip
    assert "1号楼停水" in as_person(house.cast.staff).get("/").content.decode()


# -- the store -----------------------------------------------------------------------------------------------------


def test_the_store_from_a_new_part_to_a_count(house, dispatcher):
    new = {
        "keeper": house.cast.repairs.pk,
        "code": "SLT",
        "name": "水龙头",
        "unit": "个",
        "minimum": "2",
        "price": "35",
    }
    assert dispatcher.post("/repairs/stock/new", new).status_code == 302
    item = StockItem.objects.get()
    assert (item.price_fen, item.initials) == (3500, "slt")
    dispatcher.post(f"/repairs/stock/{item.pk}/receive", {"quantity": "10", "price": "", "note": "单 12"})
    dispatcher.post(f"/repairs/stock/{item.pk}/count", {"counted": "9", "note": "少一个"})
    page = dispatcher.get(f"/repairs/stock/{item.pk}").content.decode()
    assert "现有 9 个" in page
    assert "少一个" in page
    assert "+10" in page
    assert "该补货" not in page
    answer = dispatcher.post(f"/repairs/stock/{item.pk}/count", {"counted": "1"})
    assert answer.status_code == 422
    assert "请写明为什么与账面不同" in answer.content.decode()
    assert "code" in dispatcher.post("/repairs/stock/new", new).context["form"].errors


def test_another_units_shelf_is_not_found(house, as_person):
    item = house.stock()
    house.cast.appoint(house.cast.other_head, ["repairs.stock"], house.cast.education)
    browser = as_person(house.cast.other_head)
    assert browser.get(f"/repairs/stock/{item.pk}").status_code == 404
    for verb, posted in (("receive", {"quantity": "1"}), ("count", {"counted": "1", "note": "x"})):
        assert browser.post(f"/repairs/stock/{item.pk}/{verb}", posted).status_code == 404


def test_low_shelves_are_marked(house, dispatcher):
    house.stock("阀门", "50", 100, "FM")
    house.stock("水龙头", "1", 100, "SLT")
    page = dispatcher.get("/repairs/stock?low=1").content.decode()
    assert "1 种该补货了" in page
    assert "阀门" not in page


def test_devices_have_codes_to_print(house, dispatcher):
    device = house.device()
    assert device.name in dispatcher.get("/repairs/devices?q=301").content.decode()
    assert "<svg" in dispatcher.get("/repairs/devices/codes").content.decode()


def test_the_back_office_keeps_the_dictionary(house, as_person):
    browser, fault = as_person(house.cast.sysadmin), house.fault()
    listed = reverse("admin:repairs_faultkind_changelist")
    assert "水龙头滴漏" in browser.get(listed).content.decode()
    assert as_person(house.cast.dispatcher).get(listed).status_code in (302, 403)
    posted = {
        "code": fault.code, "group": "water", "name": "龙头漏水", "keywords": "", "position": 1, "active": "on",
        "usual_minutes": 30, "hour_fen": 6000, "joins": "on", "says_enough": "on",
    }  # fmt: skip
    changed = browser.post(reverse("admin:repairs_faultkind_change", args=[fault.pk]), posted)
    assert changed.status_code == 302
    fault.refresh_from_db()
    assert (fault.name, fault.initials) == ("龙头漏水", "ltls")
    entry = Entry.objects.get(action="repairs.change_fault")
    assert (entry.before["name"], entry.after["name"]) == ("水龙头滴漏", "龙头漏水")
    added = browser.post(reverse("admin:repairs_faultkind_add"), posted | {"code": "water.new"})
    assert added.status_code == 302
    assert house.fault("water.new").initials == "ltls"


def test_the_back_office_keeps_devices(house, as_person):
    posted = {"code": "KT-9", "name": "空调", "group": "air", "place": house.cast.office.pk}
    browser = as_person(house.cast.sysadmin)
    assert browser.post(reverse("admin:repairs_device_add"), posted).status_code == 302
    assert house.report(fault="air.warm", device="KT-9").repair.place == house.cast.office
