"""One job, many reporters: reports of one fault at one place within a day join the running case (REP4)."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from houqin.affairs.models import Case
from houqin.foundation.trail.actors import Outsider
from houqin.services.repairs import actions
from houqin.services.repairs.models import RepairOrder


def test_the_second_reporter_joins_the_first(house):
    case = house.report()
    assert house.report(house.cast.colleague) == case
    assert house.report(Outsider("王女士", "13900000000")) == case
    assert RepairOrder.objects.count() == 1
    assert [each.name for each in case.followers.all()] == ["陈立", "王女士"]


@pytest.mark.parametrize("different", [{"fault": "water.pipe"}, {"elsewhere": True}])
def test_another_fault_or_another_place_is_another_job(house, different):
    case = house.report()
    place = house.cast.toilet if different.pop("elsewhere", False) else None
    assert house.report(house.cast.colleague, place=place, **different) != case


def test_after_a_day_it_is_a_new_job(house):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        case = house.report()
        clock.shift(timedelta(hours=23, minutes=59))
        assert house.report(house.cast.colleague) == case
        clock.shift(timedelta(minutes=1))
        new = house.report(house.cast.other_staff)
        assert new != case
        assert house.report(house.cast.head) == new


def test_a_finished_or_withdrawn_job_takes_in_nobody(house):
    finished = house.report()
    house.finish(finished)
    second = house.report(house.cast.colleague)
    assert second != finished
    house.say(second, "withdraw", house.cast.colleague)
    assert house.report(house.cast.other_staff) not in (finished, second)


def test_a_reopened_job_takes_in_reports_again_unless_another_runs(house):
    case = house.report()
    house.finish(case)
    house.say(case, "reopen", comment="没修好")
    assert house.report(house.cast.colleague) == case
    house.finish(case)
    rival = house.report(house.cast.other_staff)
    house.say(case, "reopen", comment="还是没修好")
    assert house.report(house.cast.head) == rival


def test_two_devices_in_one_room_are_two_jobs(house):
    one, two = house.device(), house.device(code="KT-302")
    first = house.report(fault="air.warm", device=one.code)
    second = house.report(house.cast.colleague, fault="air.warm", device=two.code)
    assert first != second
    assert house.report(house.cast.head, fault="air.warm", device=one.code) == first


def test_faults_that_only_look_alike_are_never_joined(house):
    first = house.report(fault="other.other", description="桌子上有只鸟")
    assert house.report(house.cast.colleague, fault="other.other", description="窗外太吵") != first


def test_here_too_is_a_report_that_joins(house):
    case = house.report()
    assert actions.follow(house.cast.colleague, order=case.repair) == case
    assert case.followers.get().person == house.cast.colleague
    assert actions.follow(house.cast.colleague, order=case.repair) == case
    assert case.followers.count() == 1


def test_the_database_holds_one_joinable_order_a_spot(house):
    order = house.order()
    other = house.order(place=house.cast.toilet)
    with pytest.raises(IntegrityError), transaction.atomic():
        RepairOrder.objects.filter(pk=other.pk).update(place=order.place)


@pytest.mark.db_facing
@pytest.mark.django_db(transaction=True)
def test_reports_at_the_same_moment_become_one_job(committed_house):
    cast = committed_house.cast
    people = [
        cast.staff, cast.colleague, cast.head, cast.other_staff, cast.other_head, cast.manager, cast.clerk,
        Outsider("王女士", "13900000000"),
    ]  # fmt: skip
    for fault in ("water.tap", "power.light", "doors.lock"):
        cases = at_once(
            *[lambda who=who, fault=fault: committed_house.report(who, fault=fault) for who in people]
        )
        assert len({case.pk for case in cases}) == 1
        assert cases[0].followers.count() == len(people) - 1


@pytest.mark.db_facing
@pytest.mark.django_db(transaction=True)
def test_reporting_while_the_job_is_finished_and_reopened_never_blocks(committed_house):
    cast = committed_house.cast
    for _round in range(4):
        case = committed_house.report()
        at_once(
            lambda case=case: committed_house.finish(case),
            lambda: committed_house.report(cast.colleague),
            lambda: committed_house.report(cast.head),
        )
        at_once(
            lambda case=case: committed_house.say(Case.objects.get(pk=case.pk), "reopen", comment="没好"),
            lambda: committed_house.report(cast.other_staff),
            lambda: committed_house.report(cast.manager),
        )
        joinable = RepairOrder.objects.filter(joinable=True)
        assert joinable.count() <= 1
        for order in RepairOrder.objects.filter(case__state="open"):
            committed_house.do(order.case, "complete", cast.worker)


def at_once(*works):
    start, outcomes, errors = Barrier(len(works)), [], []

    def run(work):
        start.wait()
        try:
            outcomes.append(work())
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not errors
    return outcomes
