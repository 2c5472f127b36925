"""What pages and jobs read of the calendar."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from houqin.foundation.calendar import clock
from houqin.foundation.calendar.models import Day, DayKind, WorkingHours, Year
from houqin.foundation.errors import NotPermitted
from houqin.foundation.people.scope import authorise_everywhere
from houqin.foundation.trail.actors import Actor

#: Notices for the next year come out in October to December; from here on its absence is worth a warning.
LOOKS_AHEAD_FROM_MONTH = 11


@dataclass(frozen=True)
class DayCell:
    """One day of the year's page: whether it is worked, and how it differs from the plain week."""

    on: date
    worked: bool
    kind: str
    name: str

    @property
    def differs(self) -> bool:
        return bool(self.kind)


@dataclass(frozen=True)
class Month:
    """A month as weeks from Monday on; days of the neighbours are ``None``."""

    first: date
    weeks: list[list[DayCell | None]]
    workdays: int


def months(year: int) -> list[Month]:
    """The twelve months of ``year``: one query beside the snapshot."""
    snapshot = clock.load()
    entered = {day.on: day for day in Day.objects.filter(on__year=year)}
    return [_month(date(year, month, 1), snapshot, entered) for month in range(1, 13)]


def _month(first: date, snapshot: clock.Calendar, entered: Mapping[date, Day]) -> Month:
    weeks: list[list[DayCell | None]] = []
    for numbers in calendar.Calendar().monthdayscalendar(first.year, first.month):
        weeks.append(
            [_cell(first.replace(day=number), snapshot, entered) if number else None for number in numbers]
        )
    workdays = sum(cell.worked for week in weeks for cell in week if cell)
    return Month(first, weeks, workdays)


def _cell(on: date, snapshot: clock.Calendar, entered: Mapping[date, Day]) -> DayCell:
    day = entered.get(on)
    worked = snapshot.is_workday(on)
    kind = day.kind if day else ""
    if not day and on.weekday() < 5 and not worked:
        kind = DayKind.HOLIDAY  # a fixed holiday of a year without a notice
    return DayCell(on, worked, kind, day.name if day else "")


def year_of(year: int) -> Year | None:
    """The year with its notice, if it was ever entered or warned of."""
    return Year.objects.filter(year=year).first()


def working_hours() -> list[WorkingHours]:
    """All working hours, the newest first."""
    return list(WorkingHours.objects.order_by("-from_on"))


def missing_years(today: date) -> list[int]:
    """Years that limits are computed in now or soon, and whose official notice is not known."""
    years = {today.year}
    if today.month >= LOOKS_AHEAD_FROM_MONTH:
        years.add((today.replace(day=1) + timedelta(days=92)).year)
    snapshot = clock.load()
    return sorted(year for year in years if snapshot.notice_missing(year))


def may_manage(actor: Actor) -> bool:
    """Whether ``actor`` may change the calendar: shown as links, checked again by every action."""
    try:
        authorise_everywhere(actor, "calendar.manage")
    except NotPermitted:
        return False
    return True
