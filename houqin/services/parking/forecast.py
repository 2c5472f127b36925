"""Occupancy by hour for the days to come, from hours that were. Nothing here knows the database.

For an hour of the week, what the same hour of the last weeks was, the later ones weighing more; moved by how much of late the
lot was fuller or emptier than that pattern says, at the same hour of day. Days that are no workdays are told from those that are.
How far off it is on real lots is measured by ``tools/parking_forecast.py`` and written in docs/administrators/parking.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

#: So many earlier hours of the same kind are looked at, each weighing this much of the one after it.
WEEKS, FADES = 5, 0.8
#: How much of the lately seen difference from the pattern is carried over to the next day, and what is left of it a day on.
CARRIED, LEFT = 0.75, 0.8
#: Days over which the difference is looked at.
LATELY = 3
HOURS = 72


@dataclass(frozen=True)
class Hour:
    """What is expected at one hour: vehicles, between which figures four of five hours should lie, and what was a week before."""

    at: datetime
    expected: float
    low: float
    high: float
    week_before: float | None


def predict(
    history: Mapping[datetime, float], after: datetime, *, hours: int = HOURS, capacity: int,
    is_workday: Callable[[date], bool] = lambda day: day.weekday() < 5,
) -> list[Hour]:  # fmt: skip
    """The hours after ``after`` (a whole hour, its own zone) that the history says something of. ``history``: vehicles by hour."""
    found = []
    for ahead in range(1, hours + 1):
        at = after + timedelta(hours=ahead)
        pattern, spread = _pattern(history, at, after, is_workday)
        if pattern is None:
            continue
        days = max((at.date() - after.date()).days, 1)
        expected = pattern + CARRIED * LEFT ** (days - 1) * _lately(history, at, after, is_workday)
        expected = min(max(expected, 0.0), float(capacity))
        found.append(
            Hour(at, expected, max(expected - spread, 0.0), min(expected + spread, float(capacity)),
                 history.get(at - timedelta(weeks=1)))
        )  # fmt: skip
    return found


def _pattern(
    history: Mapping[datetime, float], at: datetime, known_until: datetime, is_workday: Callable[[date], bool]
) -> tuple[float | None, float]:
    """The weighted mean of like hours before ``known_until``, and the half width in which four of five of them lie."""
    values, weights = [], []
    kind = is_workday(at.date())
    for week in range(1, WEEKS + 4):
        before = at - timedelta(weeks=week)
        value = history.get(before) if before <= known_until else None
        if value is not None and is_workday(before.date()) == kind:
            values.append(value)
            weights.append(FADES ** (len(values) - 1))
        if len(values) == WEEKS:
            break
    if not values:
        return None, 0.0
    mean = sum(v * w for v, w in zip(values, weights, strict=True)) / sum(weights)
    variance = sum(w * (v - mean) ** 2 for v, w in zip(values, weights, strict=True)) / sum(weights)
    return mean, 1.28 * variance**0.5 if len(values) > 1 else mean * 0.25


def _lately(
    history: Mapping[datetime, float], at: datetime, after: datetime, is_workday: Callable[[date], bool]
) -> float:
    """By how much the last days of the same kind were off their own pattern at this hour of day, on average."""
    kind, differences = is_workday(at.date()), []
    day = at
    for _back in range(10):
        day -= timedelta(days=1)
        if day > after or is_workday(day.date()) != kind or day not in history:
            continue
        pattern, _spread = _pattern(history, day, day - timedelta(hours=1), is_workday)
        if pattern is not None:
            differences.append(history[day] - pattern)
        if len(differences) == LATELY:
            break
    return sum(differences) / len(differences) if differences else 0.0
