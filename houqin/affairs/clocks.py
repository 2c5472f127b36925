"""Arithmetic of time limits: begin, pause, resume. Working time follows the statutory calendar.

What has run plus what is left always equals the limit. A limit that is over stays over: pausing does not mend it.
"""

from datetime import datetime, timedelta

from houqin.affairs.declare import ClockKind, Limit
from houqin.affairs.models import Clocked
from houqin.foundation.calendar import clock as calendar

AMBER_SHARE = 0.8


def later(moment: datetime, minutes: int, kind: str) -> datetime:
    """``minutes`` of the given clock after ``moment``."""
    if kind == ClockKind.WORKING:
        return calendar.load().add_working(moment, minutes)
    return moment + timedelta(minutes=minutes)


def minutes_between(start: datetime, end: datetime, kind: str) -> int:
    """Whole minutes of the given clock from ``start`` to ``end``."""
    if kind == ClockKind.WORKING:
        return calendar.load().working_minutes(start, end)
    return int((end - start).total_seconds() // 60)


def begin(clocked: Clocked, limit: Limit | None, *, now: datetime) -> None:
    """Start the clock; without a limit there is none."""
    if limit is None:
        return
    clocked.limit_minutes, clocked.clock = limit.minutes, limit.clock
    _run(clocked, limit.minutes, now)


def pause(clocked: Clocked, *, now: datetime) -> None:
    """Stop the clock while the applicant has the case."""
    if clocked.limit_minutes is None or clocked.paused_at:
        return
    clocked.paused_at = now
    if clocked.due_at and clocked.due_at > now:
        clocked.left_minutes = minutes_between(now, clocked.due_at, clocked.clock)
        clocked.due_at = clocked.amber_at = None


def resume(clocked: Clocked, *, now: datetime) -> None:
    """Let it run again with what was left."""
    if not clocked.paused_at:
        return
    clocked.paused_at = None
    if clocked.left_minutes is not None:
        _run(clocked, clocked.left_minutes, now)
        clocked.left_minutes = None


def carry(source: Clocked, target: Clocked) -> None:
    """Give ``target`` the clock of ``source`` as it stands: a transfer does not restart it."""
    for field in ("limit_minutes", "clock", "due_at", "amber_at", "paused_at", "left_minutes"):
        setattr(target, field, getattr(source, field))


def _run(clocked: Clocked, left: int, now: datetime) -> None:
    limit = clocked.limit_minutes or 0
    until_amber = left - round(limit * (1 - AMBER_SHARE))
    clocked.due_at = later(now, left, clocked.clock)
    clocked.amber_at = later(now, max(until_amber, 0), clocked.clock)
