"""A week of duty as a page shows it: days, shifts, and the gaps nobody covers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils import timezone

from houqin.foundation.people import queries
from houqin.foundation.people.models import DutyShift, Organisation, Person

Span = tuple[datetime, datetime]
WEEK = timedelta(days=7)


@dataclass
class Day:
    """One day of the roster, with what begins on it."""

    on: date
    shifts: list[DutyShift] = field(default_factory=list)
    gaps: list[Span] = field(default_factory=list)


@dataclass
class Week:
    """A section's week."""

    section: Organisation
    monday: date
    days: list[Day]

    @property
    def shift_count(self) -> int:
        return sum(len(day.shifts) for day in self.days)

    @property
    def gap_count(self) -> int:
        return sum(len(day.gaps) for day in self.days)

    @property
    def before(self) -> date:
        return self.monday - WEEK

    @property
    def after(self) -> date:
        return self.monday + WEEK

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)


def week(section: Organisation, *, monday: date) -> Week:
    """The week from ``monday`` with its gaps; two queries whatever the number of shifts."""
    start, end = queries.week_bounds(monday)
    shifts = list(queries.overlapping(section, start=start, end=end))
    before = list(queries.overlapping(section, start=start - WEEK, end=end - WEEK))
    days = [Day(monday + timedelta(days=number)) for number in range(7)]
    for shift in shifts:
        if shift.starts_at >= start:
            _day(days, shift.starts_at).shifts.append(shift)
    for gap in gaps(shifts, before, start=start, end=end):
        _day(days, gap[0]).gaps.append(gap)
    return Week(section, monday, days)


def gaps(
    shifts: Iterable[DutyShift], last_week: Iterable[DutyShift], *, start: datetime, end: datetime
) -> list[Span]:
    """Spans nobody covers although somebody should.

    Somebody should where the same time of the week before was planned, and between the first and the last shift of
    a day. A shift whose holder has left covers nothing; one handed over early covers until then.
    """
    shifts = list(shifts)
    expected = [(shift.starts_at + WEEK, shift.ends_at + WEEK) for shift in last_week]
    expected += _day_spans(shifts)
    covered = merged((shift.starts_at, _ends(shift)) for shift in shifts if holder(shift).is_active)
    wanted = merged((max(a, start), min(b, end)) for a, b in expected)
    return [gap for span in wanted for gap in _uncovered(span, covered)]


def holder(shift: DutyShift) -> Person:
    """Who has the duty: the substitute if there is one."""
    return shift.substitute or shift.person


def covers(shift: DutyShift, at: datetime) -> bool:
    """Whether somebody who is still here has this duty at a moment."""
    return shift.starts_at <= at < _ends(shift) and holder(shift).is_active


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time in the fewest spans, in order; empty ones are dropped."""
    result: list[Span] = []
    for begin, finish in sorted(span for span in spans if span[0] < span[1]):
        if result and begin <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], finish))
        else:
            result.append((begin, finish))
    return result


def _uncovered(span: Span, covered: list[Span]) -> list[Span]:
    begin, finish = span
    found = []
    for a, b in covered:
        if b <= begin or a >= finish:
            continue
        if a > begin:
            found.append((begin, a))
        begin = max(begin, b)
    if begin < finish:
        found.append((begin, finish))
    return found


def _day_spans(shifts: list[DutyShift]) -> list[Span]:
    by_day: dict[date, list[DutyShift]] = {}
    for shift in shifts:
        by_day.setdefault(timezone.localdate(shift.starts_at), []).append(shift)
    return [
        (min(shift.starts_at for shift in day), max(shift.ends_at for shift in day))
        for day in by_day.values()
    ]


def _ends(shift: DutyShift) -> datetime:
    return min(shift.ends_at, shift.handed_over_at) if shift.handed_over_at else shift.ends_at


def _day(days: list[Day], moment: datetime) -> Day:
    return days[(timezone.localdate(moment) - days[0].on).days]
