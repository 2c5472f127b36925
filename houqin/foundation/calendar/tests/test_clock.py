"""Time-limit arithmetic: known answers, and properties against a slow model that walks minute by minute."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from houqin.foundation.calendar import clock
from houqin.foundation.calendar.clock import DEFAULT_HOURS, Calendar, Hours

SHANGHAI = ZoneInfo("Asia/Shanghai")
SEED = Path(clock.__file__).parent / "seed.csv"


def _seeded_days() -> dict[date, bool]:
    with SEED.open(encoding="utf-8", newline="") as file:
        return {date.fromisoformat(row["on"]): row["kind"] == "workday" for row in csv.DictReader(file)}


def _span(text: str) -> tuple[int, int]:
    parts = [part.split(":") for part in text.split("-")]
    start, end = (int(hour) * 3600 + int(minute) * 60 for hour, minute in parts)
    return start, end


SUMMER = Hours(date(2026, 6, 1), (_span("08:00-11:30"), _span("15:00-18:30")))
AUTUMN = Hours(date(2026, 10, 8), DEFAULT_HOURS.spans)
DAYS = _seeded_days()
CALENDAR = Calendar(DAYS, [DEFAULT_HOURS], range(2018, 2027))
WITH_SUMMER = Calendar(DAYS, [DEFAULT_HOURS, SUMMER, AUTUMN], range(2018, 2027))


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        # Friday 16:30, 8 working hours: one hour today, then the holiday week, Thursday until 16:30.
        ("2026-09-30 16:30", 480, "2026-10-08 16:30"),
        # 2025: the week begins on a Wednesday; the Friday before has an adjusted Sunday after it.
        ("2025-09-26 16:30", 480, "2025-09-28 16:30"),
        ("2025-09-30 16:30", 480, "2025-10-09 16:30"),
        # 2024: Monday 30 September is the last day; Saturday 12 October is worked.
        ("2024-09-30 16:30", 480, "2024-10-08 16:30"),
        ("2024-10-11 16:30", 480, "2024-10-12 16:30"),
        # Friday 29 September 2023 starts the holidays: Friday 22 September, the Saturday after is plain.
        ("2023-09-22 16:30", 480, "2023-09-25 16:30"),
        ("2026-09-18 16:30", 480, "2026-09-20 16:30"),
        ("2026-03-02 11:59", 1, "2026-03-02 12:00"),
        ("2026-03-02 11:59", 2, "2026-03-02 13:01"),
        ("2026-03-02 12:20", 30, "2026-03-02 13:30"),
        ("2026-03-02 08:30", 480, "2026-03-02 17:30"),
        ("2026-03-02 08:30", 481, "2026-03-03 08:31"),
        ("2026-03-02 03:00", 10, "2026-03-02 08:40"),
        ("2026-03-06 17:30", 1, "2026-03-09 08:31"),
        ("2026-03-07 10:00", 0, "2026-03-07 10:00"),
    ],
)
def test_a_limit_ends_to_the_minute(start: str, minutes: int, end: str) -> None:
    assert CALENDAR.add_working(at(start), minutes) == at(end)


def test_eight_working_hours_from_friday_before_the_national_day_week() -> None:
    """With the Sunday before it worked (2021), and straight before the week (2022, back on Saturday)."""
    assert CALENDAR.add_working(at("2021-09-24 16:30"), 480) == at("2021-09-26 16:30")
    assert CALENDAR.add_working(at("2022-09-30 16:30"), 480) == at("2022-10-08 16:30")
    assert CALENDAR.working_minutes(at("2022-09-30 16:30"), at("2022-10-08 16:30")) == 480


def test_summer_hours_hold_from_their_day() -> None:
    assert WITH_SUMMER.add_working(at("2026-05-29 17:00"), 60) == at("2026-06-01 08:30")
    assert WITH_SUMMER.add_working(at("2026-06-01 11:00"), 60) == at("2026-06-01 15:30")
    assert WITH_SUMMER.minutes_a_day(date(2026, 5, 29)) == 480
    assert WITH_SUMMER.minutes_a_day(date(2026, 7, 1)) == 420
    assert WITH_SUMMER.working_minutes(at("2026-05-29 00:00"), at("2026-06-02 00:00")) == 900


def test_workdays_keep_the_time_of_the_day() -> None:
    assert CALENDAR.add_workdays(at("2026-09-29 22:10"), 3) == at("2026-10-09 22:10")
    assert CALENDAR.add_workdays(at("2026-10-03 09:00"), 1) == at("2026-10-08 09:00")
    assert CALENDAR.add_workdays(at("2026-10-03 09:00"), 0) == at("2026-10-03 09:00")


def test_a_moment_of_another_zone_is_read_on_the_compounds_clock() -> None:
    start = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # 17:00 in Shanghai
    due = CALENDAR.add_working(start, 60)
    assert due == at("2026-03-03 09:00")
    assert due.tzinfo is UTC


def test_a_year_without_notice_has_the_plain_week_and_the_fixed_holidays() -> None:
    assert CALENDAR.notice_missing(2027)
    assert not CALENDAR.notice_missing(2026)
    off = [date(2027, 1, 1), date(2027, 10, 1), date(2027, 5, 1), date(2027, 3, 6)]
    assert not any(CALENDAR.is_workday(day) for day in off)
    assert CALENDAR.is_workday(date(2027, 2, 8))  # Spring Festival moves with the moon: needs the notice


def test_no_limit_is_negative_and_none_runs_for_ever() -> None:
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.add_working(at("2026-03-02 09:00"), -1)
    idle = Calendar({}, [Hours(date(2018, 1, 1), ())], [])
    with pytest.raises(ValueError, match="no end"):
        idle.add_working(at("2026-03-02 09:00"), 1)


# The slow model: is this one minute worked?


def _worked(moment: datetime) -> bool:
    day = moment.date()
    if not DAYS.get(day, day.weekday() < 5):
        return False
    table = DEFAULT_HOURS if day < SUMMER.from_on or day >= AUTUMN.from_on else SUMMER
    second = moment.hour * 3600 + moment.minute * 60
    return any(start <= second < end for start, end in table.spans)


def _slow_add(start: datetime, minutes: int) -> datetime:
    if minutes == 0:
        return start
    for n in count():
        moment = start + timedelta(minutes=n)
        minutes -= _worked(moment)
        if minutes == 0:
            return moment + timedelta(minutes=1)
    raise AssertionError


def _slow_between(start: datetime, end: datetime) -> int:
    whole = (end - start) // timedelta(minutes=1)
    return sum(_worked(start + timedelta(minutes=n)) for n in range(whole))


def _minutes(days: int) -> st.SearchStrategy[datetime]:
    base = at("2026-05-25 00:00")  # reaches over summer hours, Dragon Boat, Mid-autumn and National Day
    return st.integers(0, days * 1440).map(lambda n: base + timedelta(minutes=n))


@settings(max_examples=60, deadline=None)
@given(start=_minutes(150), minutes=st.integers(0, 2000))
def test_adding_agrees_with_walking_minute_by_minute(start: datetime, minutes: int) -> None:
    assert WITH_SUMMER.add_working(start, minutes) == _slow_add(start, minutes)


@settings(max_examples=40, deadline=None)
@given(start=_minutes(150), span=st.integers(0, 12 * 1440))
def test_measuring_agrees_with_counting_minutes(start: datetime, span: int) -> None:
    end = start + timedelta(minutes=span)
    assert WITH_SUMMER.working_minutes(start, end) == _slow_between(start, end)


@given(start=_minutes(150), minutes=st.integers(0, 20_000))
def test_measuring_undoes_adding(start: datetime, minutes: int) -> None:
    assert WITH_SUMMER.working_minutes(start, WITH_SUMMER.add_working(start, minutes)) == minutes


@given(start=_minutes(150), later=st.integers(0, 40_000), minutes=st.integers(1, 5_000))
def test_starting_later_never_ends_earlier(start: datetime, later: int, minutes: int) -> None:
    then = start + timedelta(minutes=later)
    assert WITH_SUMMER.add_working(start, minutes) <= WITH_SUMMER.add_working(then, minutes)


@given(start=_minutes(150), first=st.integers(0, 5_000), second=st.integers(0, 5_000))
def test_adding_twice_is_adding_the_sum(start: datetime, first: int, second: int) -> None:
    twice = WITH_SUMMER.add_working(WITH_SUMMER.add_working(start, first), second)
    once = WITH_SUMMER.add_working(start, first + second)
    assert WITH_SUMMER.working_minutes(start, twice) == first + second
    assert twice == once or second == 0 or first == 0


@given(a=_minutes(150), b=_minutes(150), c=_minutes(150))
def test_stretches_add_up(a: datetime, b: datetime, c: datetime) -> None:
    measure = WITH_SUMMER.working_minutes
    assert measure(a, b) + measure(b, c) == measure(a, c)
    assert measure(a, b) == -measure(b, a)
