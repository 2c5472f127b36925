"""Time-limit arithmetic on the statutory calendar, to the second, in the compound's own time zone.

A :class:`Calendar` is a snapshot: whoever computes many limits loads it once. ``load()`` keeps one in the
process for :data:`KEPT_SECONDS`; the actions of this app make the process forget it at once.
"""

from __future__ import annotations

import time as clock
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from houqin.foundation.calendar.models import Day, DayKind, WorkingHours, Year

#: How long a process trusts its snapshot after another process may have changed the tables.
KEPT_SECONDS = 30
#: 全国年节及纪念日放假办法 (国务院令第795号, from 2025): holidays of fixed date hold without a notice; the lunar ones, and
#: which weekends are worked for them, need the year's 国务院办公厅关于部分节假日安排的通知.
FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
#: A limit that would end later than this many days on is a mistake (or a calendar without a single workday).
FARTHEST_DAYS = 20_000

Span = tuple[int, int]  # seconds from midnight


def _seconds(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second


@dataclass(frozen=True)
class Hours:
    """Working hours in force from a day on: spans of one working day in seconds from midnight."""

    from_on: date
    spans: tuple[Span, ...]

    @classmethod
    def of(cls, row: WorkingHours) -> Hours:
        """The hours that a row of the table says."""
        morning = (_seconds(row.morning_from), _seconds(row.morning_to))
        afternoon = (_seconds(row.afternoon_from), _seconds(row.afternoon_to))
        return cls(row.from_on, (morning, afternoon))

    @property
    def seconds(self) -> int:
        """The length of a full working day."""
        return sum(end - start for start, end in self.spans)


#: Eight hours on five days: 国务院关于职工工作时间的规定 (国务院令第174号). When they begin is each city's own.
DEFAULT_HOURS = Hours(date.min, ((30_600, 43_200), (46_800, 63_000)))  # 08:30–12:00, 13:00–17:30


class Calendar:
    """Workdays and working hours as they stood when it was loaded; answers without a query.

    ``days`` are those that differ from the plain week (true: worked), ``noticed`` the years whose
    official notice is known.
    """

    def __init__(self, days: Mapping[date, bool], hours: Iterable[Hours], noticed: Collection[int]) -> None:
        self._days = days
        self._hours = sorted(hours, key=lambda entry: entry.from_on, reverse=True) or [DEFAULT_HOURS]
        self._noticed = frozenset(noticed)
        self._spans: dict[date, tuple[Span, ...]] = {}
        self._worked: dict[date, list[tuple[datetime, datetime]]] = {}
        self._zone = ZoneInfo(settings.TIME_ZONE)

    def notice_missing(self, year: int) -> bool:
        """Whether the official notice of ``year`` is not known, so that its days are only an estimate."""
        return year not in self._noticed

    def is_workday(self, on: date) -> bool:
        """Whether ``on`` is worked. Without a notice: the plain week less the holidays of fixed date."""
        entered = self._days.get(on)
        if entered is not None:
            return entered
        if on.weekday() >= 5:
            return False
        return not (self.notice_missing(on.year) and (on.month, on.day) in FIXED_HOLIDAYS)

    def minutes_a_day(self, on: date) -> int:
        """The length of a full working day, in minutes, under the hours in force on ``on``."""
        return self._hours_on(on).seconds // 60

    def add_working(self, start: datetime, minutes: int) -> datetime:
        """The first moment at which ``minutes`` working minutes have passed since ``start``, in its zone.

        None to add gives ``start`` itself. Raises ``ValueError`` for less than none.
        """
        if minutes < 0:
            raise ValueError("a time limit cannot be negative")
        if minutes == 0:
            return start
        local = self._local(start)
        left = timedelta(minutes=minutes)
        day = local.date()
        for _ in range(FARTHEST_DAYS):
            for begins, ends in self._moments(day):
                begins = max(begins, local)
                if ends - begins >= left:
                    return self._back(begins + left, start)
                left -= max(ends - begins, timedelta())
            day += timedelta(days=1)
        raise ValueError(f"no end within {FARTHEST_DAYS} days")

    def working_minutes(self, start: datetime, end: datetime) -> int:
        """Whole working minutes from ``start`` to ``end``; negative when ``end`` is the earlier one."""
        if end < start:
            return -self.working_minutes(end, start)
        return self._between(self._local(start), self._local(end)) // timedelta(minutes=1)

    def add_workdays(self, start: datetime, days: int) -> datetime:
        """The same moment of the clock, ``days`` workdays on; days that are not worked do not count."""
        local = self._local(start)
        day = local.date()
        for _ in range(FARTHEST_DAYS):
            if days <= 0:
                return self._back(local.replace(year=day.year, month=day.month, day=day.day), start)
            day += timedelta(days=1)
            days -= self.is_workday(day)
        raise ValueError(f"no end within {FARTHEST_DAYS} days")

    def _between(self, start: datetime, end: datetime) -> timedelta:
        total, day = timedelta(), start.date()
        while day <= end.date():
            if start.date() < day < end.date():
                total += timedelta(seconds=sum(ends - begins for begins, ends in self.spans_of(day)))
            else:
                for begins, ends in self._moments(day):
                    total += max(min(ends, end) - max(begins, start), timedelta())
            day += timedelta(days=1)
        return total

    def _hours_on(self, on: date) -> Hours:
        return next((hours for hours in self._hours if hours.from_on <= on), self._hours[-1])

    def spans_of(self, on: date) -> tuple[Span, ...]:
        """The working spans of ``on``, in seconds from local midnight; none on a day off."""
        spans = self._spans.get(on)
        if spans is None:
            spans = self._spans[on] = self._hours_on(on).spans if self.is_workday(on) else ()
        return spans

    def _moments(self, on: date) -> list[tuple[datetime, datetime]]:
        found = self._worked.get(on)
        if found is None:
            midnight = datetime(on.year, on.month, on.day)  # noqa: DTZ001 - local clock time, see _local
            found = self._worked[on] = [
                (midnight + timedelta(seconds=begins), midnight + timedelta(seconds=ends))
                for begins, ends in self.spans_of(on)
            ]
        return found

    def _local(self, moment: datetime) -> datetime:
        """``moment`` on the clock of the compound, without zone (no summer time there since 1991)."""
        return moment.astimezone(self._zone).replace(tzinfo=None)

    def _back(self, local: datetime, like: datetime) -> datetime:
        return local.replace(tzinfo=self._zone).astimezone(like.tzinfo or UTC)


_kept: tuple[float, Calendar] | None = None


def load() -> Calendar:
    """The current calendar, at most :data:`KEPT_SECONDS` old; three queries when it has to be read."""
    global _kept
    if _kept is None or clock.monotonic() - _kept[0] > KEPT_SECONDS:
        _kept = (clock.monotonic(), read())
    return _kept[1]


def read() -> Calendar:
    """The calendar as the tables have it now."""
    days = {on: kind == DayKind.WORKDAY for on, kind in Day.objects.values_list("on", "kind")}
    hours = [Hours.of(row) for row in WorkingHours.objects.all()]
    noticed = Year.objects.exclude(notice_number="").values_list("year", flat=True)
    return Calendar(days, hours, set(noticed))


def forget() -> None:
    """Let the next ``load()`` read the tables."""
    global _kept
    _kept = None
