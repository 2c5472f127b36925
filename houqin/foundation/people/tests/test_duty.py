"""Duty: who has it, who stands in, and what is handed over."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from houqin.foundation.errors import Conflict, NotPermitted, Problem
from houqin.foundation.notices.models import Notice
from houqin.foundation.people import actions, queries, roster
from houqin.foundation.people.models import DutyShift
from houqin.foundation.trail.queries import entries_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 3, 2)


def at(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


@pytest.fixture
def nine(time_machine):
    """Monday, nine o'clock."""
    time_machine.move_to(at(2, 9), tick=False)
    return time_machine


def told(person):
    return list(Notice.objects.filter(person=person).values_list("title", "body"))


def test_on_duty_are_those_whose_shift_runs_and_covers_the_place(cast, nine):
    cast.duty(cast.worker, starts_at=at(2, 8), place=cast.tower)
    cast.duty(cast.worker2, starts_at=at(2, 8))
    cast.duty(cast.repairs_head, starts_at=at(2, 17))
    section, now = cast.repairs, timezone.now()
    assert set(queries.on_duty(section, at=now)) == {cast.worker, cast.worker2}
    assert set(queries.on_duty(section, at=now, place_path=cast.office.path)) == {cast.worker, cast.worker2}
    assert set(queries.on_duty(section, at=now, place_path=cast.other_office.path)) == {cast.worker2}
    assert set(queries.on_duty(section, at=at(2, 16))) == set()
    assert not queries.on_duty(cast.general, at=now)


def test_a_substitute_has_the_duty_instead(cast, nine):
    shift = cast.duty(cast.worker, starts_at=at(2, 8))
    actions.substitute_shift(cast.dispatcher, shift=shift, substitute=cast.worker2, reason="请假")
    assert list(queries.on_duty(cast.repairs, at=timezone.now())) == [cast.worker2]
    assert told(cast.worker2) == [("您将替赵铁柱值03-02 08:00的班", "请假")]
    assert told(cast.worker) == [("您03-02 08:00的值班由单大勇替班", "")]
    actions.substitute_shift(cast.dispatcher, shift=shift, substitute=None)
    assert list(queries.on_duty(cast.repairs, at=timezone.now())) == [cast.worker]


def test_whoever_has_left_has_no_duty(cast, nine):
    cast.duty(cast.worker, starts_at=at(2, 8))
    actions.end_person(cast.sysadmin, person=cast.worker)
    assert not queries.on_duty(cast.repairs, at=timezone.now())


def test_handing_over_ends_the_shift_and_tells_the_next_one(cast, nine):
    shift = cast.duty(cast.worker, starts_at=at(2, 8))
    cast.duty(cast.worker2, starts_at=at(2, 16))
    cast.duty(cast.repairs_head, starts_at=at(3, 8))
    nine.move_to(at(2, 15, 50), tick=False)
    actions.hand_over_shift(cast.worker, shift=shift, note="3层水泵异响")
    assert not queries.on_duty(cast.repairs, at=timezone.now())
    assert told(cast.worker2) == [("赵铁柱已交班，请接班", "3层水泵异响")]
    assert told(cast.repairs_head) == []
    assert [each.handover_note for each in queries.handovers_for(cast.worker2, at=timezone.now())] == [
        "3层水泵异响"
    ]
    assert not queries.handovers_for(cast.worker, at=timezone.now())
    with pytest.raises(Conflict):
        actions.hand_over_shift(cast.worker, shift=shift)


def test_only_who_has_the_shift_or_plans_it_hands_it_over(cast, nine):
    shift = cast.duty(cast.worker, starts_at=at(2, 8), substitute=cast.worker2)
    with pytest.raises(NotPermitted):
        actions.hand_over_shift(cast.worker, shift=shift)
    actions.hand_over_shift(cast.worker2, shift=shift)
    other = cast.duty(cast.worker, starts_at=at(2, 17))
    with pytest.raises(Conflict, match="还没有开始"):
        actions.hand_over_shift(cast.dispatcher, shift=other)


def test_nobody_is_planned_twice_in_a_section_at_once(cast, nine):
    plan = {"section": cast.repairs, "person": cast.worker}
    actions.plan_shift(cast.dispatcher, **plan, starts_at=at(3, 8), ends_at=at(3, 16))
    with pytest.raises(Conflict, match="已有值班"):
        actions.plan_shift(cast.dispatcher, **plan, starts_at=at(3, 15), ends_at=at(3, 20))
    actions.plan_shift(cast.dispatcher, **plan, starts_at=at(3, 16), ends_at=at(3, 20))
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyShift.objects.create(**plan, starts_at=at(3, 19), ends_at=at(3, 21))


def test_planning_needs_the_right_over_the_section(cast, nine):
    with pytest.raises(NotPermitted):
        actions.plan_shift(
            cast.head, section=cast.repairs, person=cast.worker, starts_at=at(3, 8), ends_at=at(3, 16)
        )
    with pytest.raises(NotPermitted):
        actions.copy_week(cast.worker, section=cast.repairs, monday=MONDAY)


def test_a_planned_shift_can_be_dropped_until_it_begins(cast, nine):
    running, coming = cast.duty(cast.worker), cast.duty(cast.worker2, starts_at=at(3, 8))
    with pytest.raises(Conflict):
        actions.drop_shift(cast.dispatcher, shift=running)
    kept = DutyShift(pk=coming.pk)
    actions.drop_shift(cast.dispatcher, shift=coming)
    assert entries_of(kept).get().before["person_id"] == cast.worker2.pk
    assert not DutyShift.objects.filter(pk=coming.pk).exists()


def test_a_week_is_copied_without_those_who_left_and_those_planned_already(cast, nine):
    cast.duty(cast.worker, starts_at=at(2, 8))
    cast.duty(cast.worker2, starts_at=at(3, 8))
    cast.duty(cast.repairs_head, starts_at=at(4, 20), hours=12)
    cast.duty(cast.worker, starts_at=at(9, 12))
    actions.end_person(cast.sysadmin, person=cast.worker2)
    assert actions.copy_week(cast.dispatcher, section=cast.repairs, monday=MONDAY + timedelta(days=7)) == (
        1,
        2,
    )
    copied = DutyShift.objects.get(person=cast.repairs_head, starts_at=at(11, 20))
    assert (copied.ends_at, entries_of(copied).count()) == (at(12, 8), 1)
    assert actions.copy_week(cast.dispatcher, section=cast.repairs, monday=MONDAY + timedelta(days=7)) == (
        0,
        3,
    )


def test_gaps_are_what_last_week_covered_and_holes_within_a_day(cast, nine):
    cast.duty(cast.worker, starts_at=at(2, 8), hours=10)
    cast.duty(cast.worker, starts_at=at(3, 8), hours=4)
    cast.duty(cast.worker, starts_at=at(3, 14), hours=4)
    cast.duty(cast.worker2, starts_at=at(9, 9), hours=3)
    this_week = roster.week(cast.repairs, monday=MONDAY)
    assert [day.gaps for day in this_week.days if day.gaps] == [[(at(3, 12), at(3, 14))]]
    after = roster.week(cast.repairs, monday=MONDAY + timedelta(days=7))
    assert [gap for day in after.days for gap in day.gaps] == [
        (at(9, 8), at(9, 9)),
        (at(9, 12), at(9, 18)),
        (at(10, 8), at(10, 12)),
        (at(10, 14), at(10, 18)),
    ]
    assert (after.shift_count, after.gap_count) == (1, 4)


def test_a_shift_over_midnight_belongs_to_the_day_it_begins(cast, nine):
    cast.duty(cast.worker, starts_at=at(8, 20), hours=12)
    week = roster.week(cast.repairs, monday=MONDAY)
    assert [len(day.shifts) for day in week.days] == [0, 0, 0, 0, 0, 0, 1]
    assert roster.week(cast.repairs, monday=MONDAY + timedelta(days=7)).shift_count == 0


def test_a_substitute_must_be_another_and_still_here(cast, nine):
    shift = cast.duty(cast.worker, starts_at=at(2, 8))
    with pytest.raises(Problem):
        actions.substitute_shift(cast.dispatcher, shift=shift, substitute=cast.worker)
    actions.end_person(cast.sysadmin, person=cast.worker2)
    cast.worker2.refresh_from_db()
    with pytest.raises(Problem):
        actions.substitute_shift(cast.dispatcher, shift=shift, substitute=cast.worker2)
    nine.move_to(at(2, 18), tick=False)
    with pytest.raises(Conflict):
        actions.substitute_shift(cast.dispatcher, shift=shift, substitute=cast.repairs_head)
