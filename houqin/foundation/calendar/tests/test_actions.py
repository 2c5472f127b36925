"""Changing the calendar: what it does to limits, who may, what the trail says."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from houqin.foundation.calendar import actions, clock, queries
from houqin.foundation.calendar.models import Day, WorkingHours, Year
from houqin.foundation.calendar.notice import parse_notice
from houqin.foundation.calendar.tests.test_notice import OF_2026
from houqin.foundation.errors import NotPermitted, Problem
from houqin.foundation.trail.actors import SYSTEM
from houqin.foundation.trail.models import Entry
from houqin.testing.cast import Cast

SHANGHAI = ZoneInfo("Asia/Shanghai")
SUMMER = {
    "morning_from": time(8, 0),
    "morning_to": time(11, 30),
    "afternoon_from": time(15, 0),
    "afternoon_to": time(18, 30),
}


@pytest.mark.django_db
def test_the_seeded_calendar_knows_2018_to_2026_and_says_so_of_2027() -> None:
    calendar = clock.load()
    assert not any(calendar.notice_missing(year) for year in range(2018, 2027))
    assert calendar.notice_missing(2027)
    assert not calendar.is_workday(date(2026, 2, 23))
    assert calendar.is_workday(date(2026, 10, 10))
    assert (
        sum(
            calendar.is_workday(date.fromordinal(n))
            for n in range(date(2026, 1, 1).toordinal(), date(2027, 1, 1).toordinal())
        )
        == 248
    )
    assert calendar.minutes_a_day(date(2026, 3, 2)) == 480


@pytest.mark.django_db
def test_a_warm_snapshot_asks_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):
        clock.load()
    with django_assert_num_queries(0):
        start = datetime(2026, 9, 30, 16, 30, tzinfo=SHANGHAI)
        assert clock.load().add_working(start, 480) == datetime(2026, 10, 8, 16, 30, tzinfo=SHANGHAI)


def test_a_day_off_moves_the_next_limit_at_once(cast: Cast) -> None:
    start = datetime(2026, 3, 2, 16, 30, tzinfo=SHANGHAI)
    assert clock.load().add_working(start, 120).day == 3
    actions.set_day(cast.sysadmin, on=date(2026, 3, 3), kind="holiday", name=" 停电检修 ")
    assert clock.load().add_working(start, 120).day == 4
    entry = Entry.objects.get(action="calendar.set_day")
    assert (entry.record_name, entry.before) == ("2026-03-03", None)
    assert entry.after == {"kind": "holiday", "name": "停电检修"}
    actions.set_day(cast.sysadmin, on=date(2026, 3, 3), kind="")
    assert not Day.objects.filter(on=date(2026, 3, 3)).exists()
    assert clock.load().is_workday(date(2026, 3, 3))


def test_a_change_that_changes_nothing_leaves_no_entry(cast: Cast) -> None:
    actions.set_day(cast.sysadmin, on=date(2026, 3, 3), kind="")
    actions.set_notice_number(cast.sysadmin, year=2026, notice_number="国办发明电〔2025〕7号")
    assert not Entry.objects.filter(action__startswith="calendar.").exists()


def test_adopting_a_notice_replaces_the_year_and_ends_the_warning(cast: Cast) -> None:
    seeded = list(Day.objects.filter(on__year=2026).values_list("on", "kind", "name"))
    actions.set_day(SYSTEM, on=date(2026, 7, 1), kind="holiday", name="误录")
    days = parse_notice(OF_2026, 2026)
    row = actions.adopt_notice(cast.sysadmin, year=2026, notice_number="国办发明电〔2025〕7号", days=days)
    assert list(Day.objects.filter(on__year=2026).values_list("on", "kind", "name")) == seeded
    assert row.notice_number

    days = parse_notice("一、元旦：2026年12月31日至2027年1月2日放假。", 2027)
    actions.adopt_notice(cast.sysadmin, year=2027, notice_number="国办发明电〔2026〕1号", days=days)
    assert not clock.load().is_workday(date(2026, 12, 31))
    assert not clock.load().notice_missing(2027)
    # The year before keeps all of its own days when its notice is adopted again.
    actions.adopt_notice(SYSTEM, year=2026, notice_number="x", days=parse_notice(OF_2026, 2026))
    assert Day.objects.filter(on=date(2026, 12, 31)).exists()


def test_a_notice_without_number_or_of_another_year_is_refused(cast: Cast) -> None:
    days = parse_notice(OF_2026, 2026)
    with pytest.raises(Problem) as told:
        actions.adopt_notice(cast.sysadmin, year=2026, notice_number=" ", days=days)
    assert "notice_number" in told.value.errors
    with pytest.raises(Problem) as told:
        actions.adopt_notice(cast.sysadmin, year=2028, notice_number="x", days=days)
    assert "text" in told.value.errors


def test_summer_hours_begin_and_can_be_taken_back(cast: Cast) -> None:
    actions.set_hours(cast.sysadmin, from_on=date(2026, 6, 1), **SUMMER)
    assert clock.load().minutes_a_day(date(2026, 6, 1)) == 420
    actions.remove_hours(cast.sysadmin, from_on=date(2026, 6, 1))
    assert clock.load().minutes_a_day(date(2026, 6, 1)) == 480
    with pytest.raises(Problem, match="至少"):
        actions.remove_hours(cast.sysadmin, from_on=date(2018, 1, 1))
    assert WorkingHours.objects.count() == 1


def test_times_out_of_order_are_refused(cast: Cast) -> None:
    with pytest.raises(Problem):
        actions.set_hours(cast.sysadmin, from_on=date(2026, 6, 1), **SUMMER | {"morning_to": time(7)})


def test_only_who_keeps_the_calendar_of_the_whole_changes_it(cast: Cast) -> None:
    cast.appoint(cast.worker, ["calendar.manage"], cast.repairs)  # of one section: not enough
    for actor in (cast.staff, cast.worker):
        assert not queries.may_manage(actor)
        with pytest.raises(NotPermitted):
            actions.set_day(actor, on=date(2026, 3, 3), kind="holiday")
        with pytest.raises(NotPermitted):
            actions.set_hours(actor, from_on=date(2026, 6, 1), **SUMMER)
    assert queries.may_manage(cast.sysadmin)


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        (date(2026, 10, 31), []),
        (date(2026, 11, 1), [2027]),
        (date(2026, 12, 31), [2027]),
        (date(2027, 3, 1), [2027]),
        (date(2027, 11, 30), [2027, 2028]),
    ],
)
@pytest.mark.django_db
def test_missing_years_are_seen_in_time(today: date, missing: list[int]) -> None:
    assert queries.missing_years(today) == missing


@pytest.mark.django_db
def test_a_year_without_number_counts_as_missing() -> None:
    Year.objects.filter(year=2026).update(notice_number="")
    assert queries.missing_years(date(2026, 5, 1)) == [2026]
