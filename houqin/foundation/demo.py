"""What the loaders of the demo compound share: its size, its day, and who and what is there already.

Every app may have a ``demo.py`` with ``load(world)``; :mod:`houqin.project.demo` calls them in the order of the
applications, places and people first, and then whatever ``finish(world)`` there is. A loader draws chance from :meth:`World.chance` alone and never from the
clock, so the same seed and day give the same data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from random import Random
from typing import Any, NamedTuple

#: Local time of the compound, ahead of UTC; no summer time since 1991.
LOCAL_SECONDS = 8 * 3600
#: Histories reach back so far. Cases get their ids from slots of so many seconds, which keeps them in order.
HISTORY_SECONDS, SLOT_SECONDS = 400 * 86_400, 5
_CLOCK = [f" {s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}+00" for s in range(86_400)]
_DAYS: dict[int, str] = {}


class Spot(NamedTuple):
    """A space of the compound. ``floor`` is negative below ground."""

    id: int
    building: str
    floor: int
    kind: str
    code: str
    full_name: str
    capacity: int


class Somebody(NamedTuple):
    """A person of the compound with their section and unit, and the room they are usually in."""

    id: int
    name: str
    phone: str
    section: int
    unit: int
    room: Spot | None


@dataclass
class World:
    """The demo compound while it is loaded.

    ``now`` is the moment up to which its history is told, in seconds since 1970; ``scale`` shrinks it for tests.
    """

    seed: int
    today: date
    now: int
    scale: float = 1.0
    spots: list[Spot] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)  # sites, buildings and floors by code
    sections: dict[str, int] = field(default_factory=dict)  # organisations by code
    people: list[Somebody] = field(default_factory=list)
    accounts: dict[str, Somebody] = field(default_factory=dict)  # by username
    crews: dict[str, list[Somebody]] = field(default_factory=dict)  # who belongs to a section, by its code
    names: dict[int, str] = field(default_factory=dict)  # of organisations
    #: Id and name of the appointment by which a person (id) acts in a role over an organisation (id).
    appointments: dict[tuple[int, str, int], tuple[int, str]] = field(default_factory=dict)
    #: What all loaders have told of the trail and of notices, to be written at the end in the order in which it came about:
    #: rows that begin with the second. ``greetings`` come last.
    trail: list[tuple[Any, ...]] = field(default_factory=list)
    notices: list[tuple[Any, ...]] = field(default_factory=list)
    greetings: list[tuple[Any, ...]] = field(default_factory=list)
    #: Moves the progress bar by a share of the whole.
    advance: Callable[[float], None] = lambda share: None

    _counters: dict[str, Iterator[int]] = field(default_factory=dict)
    _taken: set[int] = field(default_factory=set)

    def ids(self, table: str) -> Iterator[int]:
        """The ids of a table that several loaders write, such as ``affairs.task``: one after the other, none twice."""
        return self._counters.setdefault(table, count(1))

    def case_id(self, at: int) -> int:
        """An id for a case that was submitted at ``at``: whichever loader asks first, later cases have higher ids."""
        identity = max(1, (at - self.now + HISTORY_SECONDS) // SLOT_SECONDS)
        while identity in self._taken:
            identity += 1
        self._taken.add(identity)
        return identity

    def chance(self, what: str) -> Random:
        """A source of chance of its own for each purpose, so that one loader's change leaves the others' data."""
        return Random(f"{self.seed}/{self.today}/{what}")

    def many(self, full: int, least: int = 1) -> int:
        """``full`` at full size, fewer in a smaller world."""
        return max(least, round(full * self.scale))


def moment(seconds: int) -> str:
    """A moment as PostgreSQL reads it; a table lookup, because there are a million of them."""
    day, second = divmod(seconds, 86_400)
    name = _DAYS.get(day)
    if name is None:
        name = _DAYS[day] = datetime.fromtimestamp(day * 86_400, UTC).strftime("%Y-%m-%d")
    return name + _CLOCK[second]


def seconds_of(day: date, hour: float = 0) -> int:
    """Seconds since 1970 of a local hour of ``day``."""
    return (day.toordinal() - 719_163) * 86_400 - LOCAL_SECONDS + round(hour * 3600)


def day_of(seconds: int) -> date:
    """The local day of a moment."""
    return date.fromordinal((seconds + LOCAL_SECONDS) // 86_400 + 719_163)


def pick_by_weight(choices: list[tuple[Any, float]]) -> tuple[list[Any], list[float]]:
    """Choices and their running sums, as ``random.choices(…, cum_weights=…)`` takes them."""
    total, sums = 0.0, []
    for _, weight in choices:
        total += weight
        sums.append(total)
    return [choice for choice, _ in choices], sums
