"""What a manager's brief is made of: every service announces its figures and what is red in its ``brief.py``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from houqin.foundation.errors import Text
from houqin.foundation.people.models import Person
from houqin.foundation.registry import Registry


@dataclass(frozen=True)
class Period:
    """The days a brief tells of, both included."""

    since: date
    until: date


@dataclass(frozen=True)
class Figure:
    """One number; ``url`` opens the list of exactly those. ``tone``: red, amber or done."""

    name: Text
    value: int
    url: str
    tone: str = ""


@dataclass(frozen=True)
class RedItem:
    """Something that is late: what, who has it, for how long, and where to look."""

    title: str
    who: str
    late: timedelta
    url: str


@dataclass(frozen=True)
class Red:
    """How many are red, the worst of them, and the list of all. Of a warning ``late`` is since when it is red."""

    count: int
    items: Sequence[RedItem]
    url: str


@dataclass(frozen=True)
class Source:
    """``figures`` (three at most), ``red`` (what is late) and ``warnings`` (red ones) answer within the person's own scope,
    nothing where they have none.

    Each asks a bounded number of questions whatever the rows.
    """

    name: Text
    position: int
    figures: Callable[[Person, Period], Sequence[Figure]] | None = None
    red: Callable[[Person, int], Red | None] | None = None
    warnings: Callable[[Person, int], Red | None] | None = None


SOURCES: Registry[Source] = Registry("source of the brief")
