"""What there is to know today: the calendar, who has duty, and what services announce (an area without water…)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from houqin.foundation.calendar import clock
from houqin.foundation.errors import Text
from houqin.foundation.people.models import DutyShift, Person
from houqin.foundation.registry import Registry
from houqin.foundation.sealed.value import Personal

#: Everybody sees the same duty list; a process asks for it at most this often.
_KEPT_SECONDS = 20
_SHOWN = 6


@dataclass(frozen=True)
class TodayNote:
    """Something that matters today, said by a service: ``tone`` is amber, red, done or empty."""

    text: Text
    why: Text = ""
    url: str = ""
    tone: str = "amber"


#: A service answers what concerns this reader today (``None``: a passer-by). At most one query each.
TODAY: Registry[Callable[[Person | None], Iterable[TodayNote]]] = Registry("word for today")


@dataclass(frozen=True)
class DutyLine:
    """One person on duty now."""

    section: str
    person: int
    name: str
    phone: Personal
    place: str
    until: datetime


@dataclass(frozen=True)
class Today:
    """The day in one glance."""

    on: datetime
    workday: bool
    estimated: bool
    duty: tuple[DutyLine, ...]
    notes: tuple[TodayNote, ...]


_kept: tuple[float, datetime, tuple[DutyLine, ...]] | None = None


def today(person: Person | None) -> Today:
    """Today for ``person``; no query but the services' own while the snapshots are fresh."""
    now = timezone.now()
    on = timezone.localdate(now)
    calendar = clock.load()
    return Today(
        on=timezone.localtime(now),
        workday=calendar.is_workday(on),
        estimated=calendar.notice_missing(on.year),
        duty=on_duty_now(now),
        notes=tuple(note for say in TODAY for note in say(person)),
    )


def on_duty_now(now: datetime) -> tuple[DutyLine, ...]:
    """Who has duty now, by section. Kept in the process for a moment: everybody sees the same."""
    global _kept
    if _kept and time.monotonic() - _kept[0] < _KEPT_SECONDS and abs(now - _kept[1]).seconds < _KEPT_SECONDS:
        return _kept[2]
    shifts = (
        DutyShift.objects.filter(starts_at__lte=now, ends_at__gt=now, handed_over_at__isnull=True)
        .select_related("section", "person", "substitute", "place")
        .order_by("section__position", "section__pinyin", "starts_at", "id")[:_SHOWN]
    )
    lines = tuple(_line(shift) for shift in shifts)
    _kept = (time.monotonic(), now, lines)
    return lines


def forget() -> None:
    """Let the next call ask the database."""
    global _kept
    _kept = None


def _line(shift: DutyShift) -> DutyLine:
    person = shift.substitute or shift.person
    return DutyLine(
        section=str(shift.section),
        person=person.pk,
        name=person.name,
        phone=person.phone,
        place=str(shift.place) if shift.place else "",
        until=shift.ends_at,
    )
