"""The statutory calendar on whole seconds since 1970, for the many thousand limits of the demo compound.

Answers what :mod:`houqin.foundation.calendar.clock` answers (a test compares them), from tables made once.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta

from houqin.foundation.calendar import clock
from houqin.foundation.demo import day_of, seconds_of


class WorkClock:
    """Working time between two days, as running sums of the working spans in between."""

    def __init__(self, first: date, last: date) -> None:
        self._calendar = clock.read()
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._before: list[int] = []
        self._workdays: list[date] = []
        done, day = 0, first
        while day <= last:
            spans = self._calendar.spans_of(day)
            for begins, ends in spans:
                midnight = seconds_of(day)
                self._starts.append(midnight + begins)
                self._ends.append(midnight + ends)
                self._before.append(done)
                done += ends - begins
            if self._calendar.is_workday(day):
                self._workdays.append(day)
            day += timedelta(days=1)
        self._index = {day: number for number, day in enumerate(self._workdays)}

    @property
    def workdays(self) -> list[date]:
        return self._workdays

    def is_workday(self, day: date) -> bool:
        return self._calendar.is_workday(day)

    def passed(self, moment: int) -> int:
        """Working seconds from the first day to ``moment``."""
        place = bisect_right(self._starts, moment) - 1
        if place < 0:
            return 0
        return self._before[place] + min(moment, self._ends[place]) - self._starts[place]

    def at(self, passed: int) -> int:
        """The first moment at which so many working seconds have passed."""
        place = bisect_right(self._before, passed - 1) - 1
        return self._starts[place] + passed - self._before[place]

    def add(self, start: int, minutes: int) -> int:
        """``minutes`` working minutes after ``start``."""
        return self.at(self.passed(start) + minutes * 60) if minutes else start

    def add_workdays(self, start: int, days: int) -> int:
        """The same moment of the clock, ``days`` workdays on."""
        day = day_of(start)
        number = bisect_right(self._workdays, day) - 1 + days
        return start + (self._workdays[number] - day).days * 86_400
