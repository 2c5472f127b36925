"""A repair from report to finish: what is made, stamped, priced, found under warranty or mended before."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from houqin.affairs.actions import perform
from houqin.affairs.models import Case
from houqin.foundation.errors import NotPermitted, Problem
from houqin.foundation.notices.models import Notice
from houqin.foundation.trail.actors import Outsider
from houqin.services.repairs import actions
from houqin.services.repairs.models import RepairOrder


def test_a_report_becomes_a_case_with_its_order_and_finds_its_worker(house):
    case = house.report(description="一直在滴")
    assert case.title == "1号楼3层301室 水龙头滴漏"
    assert (case.category, case.section) == ("water", house.cast.repairs)
    assert case.tasks.get().assignee == house.cast.worker
    order = case.repair
    assert (order.fault.code, order.place, order.description) == ("water.tap", house.cast.office, "一直在滴")
    assert order.reported_at == case.submitted_at
    assert order.joinable


def test_a_place_is_known_by_its_code_its_qr_its_printed_address_and_its_id(house):
    place = house.cast.office
    for named in (place.code, place.qr, f"https://houqin.example/q/{place.qr}", place.pk):
        case = perform_report(house, place=named, fault="furniture.chair")
        assert case.repair.place == place


def perform_report(house, **data):
    from houqin.affairs.actions import submit

    return submit(house.cast.staff, item="repairs.report", data=data)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"fault": "water.tap"}, "place"),
        ({"place": "nowhere", "fault": "water.tap"}, "place"),
        ({"place": "A1-301"}, "fault"),
        ({"place": "A1-301", "fault": "no.such"}, "fault"),
        ({"place": "A1-301", "fault": "other.other"}, "description"),
        ({"place": "A1-301", "fault": "water.tap", "device": "no-such"}, "device"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(house, data, field):
    with pytest.raises(Problem) as caught:
        perform_report(house, **data)
    assert list(caught.value.errors) == [field]


def test_a_scanned_device_says_where_it_stands(house):
    device = house.device()
    case = perform_report(house, place=device.qr, fault="air.warm")
    assert (case.repair.place, case.repair.device) == (house.cast.office, device)
    again = perform_report(house, device=device.code, fault="air.noise")
    assert (again.repair.place, again.repair.device) == (house.cast.office, device)


def test_a_device_elsewhere_is_refused(house):
    device = house.device(place=house.cast.other_office)
    with pytest.raises(Problem) as caught:
        perform_report(house, place="A1-301", device=device.code, fault="air.warm")
    assert "device" in caught.value.errors


def test_only_an_unclear_trade_waits_for_the_dispatcher(house):
    clear = house.report(fault="power.light")
    assert [step["key"] for step in clear.flow["steps"]][clear.step] == "handle"
    unclear = house.report(fault="other.other", description="天花板上有声音")
    assert unclear.title.endswith("天花板上有声音")
    task = unclear.tasks.get()
    assert (task.kind, task.assignee, task.section) == ("dispatch", None, house.cast.repairs)


def test_passers_by_report_by_phone_number(house):
    case = house.report(Outsider("王女士", "13900000000"), place=house.cast.toilet)
    assert (case.applicant, case.applicant_name, case.applicant_phone) == (None, "王女士", "13900000000")


def test_accepting_arriving_and_finishing_are_stamped(house):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        case = house.report()
        clock.shift(120)
        house.do(case, "accept")
        clock.shift(60)
        house.do(case, "arrive", code=house.cast.office.qr)
        clock.shift(1800)
        order = house.finish(case, comment="换了阀芯", labour_minutes=25)
    spans = [stamp - order.reported_at for stamp in (order.accepted_at, order.arrived_at, order.finished_at)]
    assert spans == [timedelta(minutes=2), timedelta(minutes=3), timedelta(minutes=33)]
    assert order.worker == house.cast.worker
    assert (order.labour_minutes, order.labour_fen) == (25, 2500)
    assert not order.joinable
    assert Case.objects.get(pk=case.pk).state == "confirming"


def test_arriving_by_the_code_of_the_device(house):
    device = house.device()
    case = house.report(fault="air.warm", device=device.code)
    house.do(case, "accept")
    house.do(case, "arrive", code=f"https://houqin.example/q/{device.qr}")
    assert RepairOrder.objects.get(case=case).arrived_at


def test_finishing_takes_parts_from_the_shelf_and_prices_them(house):
    tap, tape = house.stock(), house.stock("生料带", "10", 150, "SLD", unit="卷")
    case = house.report()
    rows = [{"item": tap.pk, "quantity": 1}, {"item": "SLD", "quantity": "1.5"}]
    order = house.finish(case, materials=rows, labour_minutes=30)
    assert order.material_fen == 3500 + 225
    assert order.cost_fen == 3725 + 3000
    tap.refresh_from_db()
    tape.refresh_from_db()
    assert (tap.quantity, tape.quantity) == (Decimal(4), Decimal("8.5"))
    assert [use.cost_fen for use in order.materials.order_by("id")] == [3500, 225]


def test_a_second_repair_of_a_reopened_case_adds_its_costs(house):
    tap = house.stock()
    case = house.report()
    house.finish(case, materials=[{"item": tap.pk, "quantity": 1}], labour_minutes=30)
    house.say(case, "reopen", comment="还在滴")
    order = RepairOrder.objects.get(case=case)
    assert order.finished_at is None
    assert order.joinable
    order = house.finish(case, materials=[{"item": tap.pk, "quantity": 1}], labour_minutes=10)
    assert (order.labour_minutes, order.labour_fen, order.material_fen) == (40, 4000, 7000)
    assert order.finished_at


def test_a_shelf_too_empty_is_named_and_nothing_is_done(house):
    tap = house.stock(quantity="1")
    case = house.report()
    with pytest.raises(Problem) as caught:
        house.finish(case, materials=[{"item": tap.pk, "quantity": 2}])
    assert "只剩 1 个" in caught.value.errors["materials"][0]
    assert Case.objects.get(pk=case.pk).state == "open"
    tap.refresh_from_db()
    assert tap.quantity == 1


def test_another_keepers_shelf_is_not_ours(house):
    theirs = house.stock(keeper=house.cast.contractor, quantity="0")
    with pytest.raises(Problem) as caught:
        house.finish(house.report(), materials=[{"item": theirs.pk, "quantity": 1}])
    assert "其他科室" in caught.value.errors["materials"][0]


@pytest.mark.parametrize("quantity", ["0", "-1", "NaN", "1e99", "0.001", "abc", None])
def test_quantities_that_make_no_sense_are_refused(house, quantity):
    tap = house.stock()
    with pytest.raises(Problem) as caught:
        house.finish(house.report(), materials=[{"item": tap.pk, "quantity": quantity}])
    assert "materials" in caught.value.errors


def test_warranty_is_found_and_told_to_the_worker(house):
    today = timezone.localdate()
    covered = house.device(warranty_until=today, supplier="清风空调", supplier_phone="057100001111")
    over = house.device(place=house.cast.other_office, code="KT-502", warranty_until=date(2020, 1, 1))
    case = house.report(fault="air.warm", device=covered.code)
    assert case.repair.under_warranty
    other = house.report(fault="air.warm", place=house.cast.other_office, device=over.code)
    assert not other.repair.under_warranty
    house.do(case, "accept")
    assert Notice.objects.filter(person=house.cast.worker, kind="repairs.hint").count() == 1


def test_what_was_mended_within_thirty_days_is_found_and_told(house):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        first = house.finish(house.report())
        clock.shift(timedelta(days=29))
        house.cast.duty(house.cast.worker)
        second = house.order()
        assert second.repeat_of == first
        heads = Notice.objects.filter(person=house.cast.repairs_head, kind="repairs.repeat")
        assert heads.count() == 1
        house.do(second.case, "accept")
        assert Notice.objects.filter(person=house.cast.worker, kind="repairs.hint").exists()
        house.finish(second.case)
        clock.shift(timedelta(days=31))
        house.cast.duty(house.cast.worker)
        assert house.order().repeat_of is None


def test_the_same_device_counts_as_the_same_fault(house):
    device = house.device()
    first = house.finish(house.report(fault="air.warm", device=device.code))
    assert house.order(fault="air.noise", device=device.code).repeat_of == first
    assert house.order(fault="air.noise", place=house.cast.toilet).repeat_of is None


def test_planned_work_is_the_same_case_with_its_own_date(house):
    due = timezone.now() + timedelta(days=14)
    order = actions.plan_work(
        house.cast.dispatcher, place=house.cast.office, fault=house.fault("air.warm"), due=due
    )
    case = order.case
    assert order.planned
    assert (case.channel, case.applicant) == ("plan", house.cast.dispatcher)
    assert abs(case.due_at - due) < timedelta(minutes=1)
    assert abs(case.tasks.get().due_at - due) < timedelta(minutes=1)
    assert house.report(fault="air.warm") != case
    house.do(case, "accept")
    assert house.finish(case, labour_minutes=5).labour_minutes == 5


def test_planned_work_in_the_past_is_refused(house):
    with pytest.raises(Problem):
        actions.plan_work(
            house.cast.dispatcher, place=house.cast.office, fault=house.fault(), due=timezone.now()
        )


def test_a_visitor_cannot_pass_a_report_off_as_planned(house):
    first = house.report()
    assert house.report(house.cast.colleague, planned="1", due="2099-01-01", channel="plan") == first


def test_only_whoever_has_the_task_finishes_it(house):
    case = house.report()
    task = case.tasks.get()
    with pytest.raises(NotPermitted):
        perform(house.cast.worker2, "complete", case=case.number, task=task.pk, data={})
    assert RepairOrder.objects.get(case=case).finished_at is None
