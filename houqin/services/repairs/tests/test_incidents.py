"""Outages of an area take in the reports they explain; everybody concerned is told."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from houqin.foundation.errors import Conflict, NotFound, NotPermitted, Problem
from houqin.foundation.notices.models import Notice
from houqin.foundation.trail.models import Entry
from houqin.services.repairs import actions
from houqin.services.repairs.models import Incident, RepairOrder


def outage(house, actor=None, place=None, fault="water.none", hours=3):
    return actions.open_incident(
        actor or house.cast.dispatcher,
        place=place or house.cast.tower,
        fault=house.fault(fault),
        title="1号楼停水，抢修中",
        until=timezone.now() + timedelta(hours=hours),
    )


def told(person):
    return [
        notice.title
        for notice in Notice.objects.filter(person=person, kind="repairs.incident").order_by("id")
    ]


def test_reports_of_the_trade_below_join_its_case(house):
    incident = outage(house)
    assert house.report(fault="water.none") == incident.case
    assert house.report(house.cast.colleague, place=house.cast.toilet, fault="water.flush") == incident.case
    assert house.report(fault="power.light") != incident.case
    assert house.report(place=house.cast.other_office, fault="water.none") != incident.case
    assert incident.case.followers.count() == 2


def test_running_reports_are_marked_and_told(house):
    before = house.order(fault="water.none")
    incident = outage(house)
    before.refresh_from_db()
    assert before.incident == incident
    assert RepairOrder.objects.get(case=incident.case).incident == incident
    assert len(told(house.cast.staff)) == 1
    assert told(house.cast.staff)[0].startswith("1号楼停水，抢修中，预计")


def test_everybody_who_joined_is_told_of_delay_and_end(house):
    incident = outage(house)
    house.report(fault="water.none")
    actions.extend_incident(
        house.cast.dispatcher,
        incident=incident.pk,
        until=timezone.now() + timedelta(hours=6),
        note="阀门待料",
    )
    actions.close_incident(house.cast.dispatcher, incident=incident.pk)
    assert [title[:4] for title in told(house.cast.staff)] == ["恢复时间", "已恢复："]
    assert house.report(house.cast.head, fault="water.none", place=house.cast.toilet) != incident.case


def test_an_outage_on_a_running_fault_takes_that_case(house):
    case = house.report(place=house.cast.tower, fault="water.none")
    assert outage(house).case == case


def test_a_second_outage_of_the_same_area_is_refused(house):
    outage(house)
    with pytest.raises(Conflict):
        outage(house)
    assert Incident.objects.count() == 1


def test_the_outage_ends_with_its_case(house):
    incident = outage(house)
    house.report(fault="water.none")
    house.finish(incident.case)
    house.say(incident.case, "confirm", house.cast.dispatcher)
    incident.refresh_from_db()
    assert incident.closed_at
    assert told(house.cast.staff)[-1].startswith("已恢复")


def test_whoever_opened_it_is_reminded_once_when_time_is_up(house):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        incident = outage(house, hours=1)
        assert actions.tell_overdue(timezone.now()) == 0
        clock.shift(3601)
        assert actions.tell_overdue(timezone.now()) == 1
        assert actions.tell_overdue(timezone.now()) == 0
        until = timezone.now() + timedelta(hours=1)
        actions.extend_incident(house.cast.dispatcher, incident=incident.pk, until=until)
        clock.shift(3601)
        assert actions.tell_overdue(timezone.now()) == 1
    assert Notice.objects.filter(person=house.cast.dispatcher, kind="repairs.incident_overdue").count() == 2


def test_rights_and_reason(house):
    with pytest.raises(NotPermitted):
        outage(house, house.cast.worker)
    with pytest.raises(Problem):
        outage(house, hours=-1)
    house.cast.appoint(house.cast.other_head, ["repairs.incidents"], house.cast.education)
    incident = outage(house)
    with pytest.raises(NotFound):
        actions.close_incident(house.cast.other_head, incident=incident.pk)
    with pytest.raises(NotPermitted):
        actions.close_incident(house.cast.staff, incident=incident.pk)
    actions.close_incident(house.cast.dispatcher, incident=incident.pk)
    with pytest.raises(Conflict):
        actions.close_incident(house.cast.dispatcher, incident=incident.pk)
    codes = (
        Entry.objects.filter(record_type="repairs.incident").order_by("id").values_list("action", flat=True)
    )
    assert list(codes) == ["repairs.open_incident", "repairs.close_incident"]


def test_an_outage_announced_outside_ones_scope_leaves_nothing_behind(house):
    house.cast.appoint(house.cast.other_head, ["repairs.incidents"], house.cast.education)
    with pytest.raises(NotPermitted):
        outage(house, house.cast.other_head)
    assert not RepairOrder.objects.exists()
