"""A task of a case that is being told, and its limit."""

from __future__ import annotations

from houqin.affairs.clocks import AMBER_SHARE
from houqin.affairs.demo.book import CaseBook
from houqin.foundation.demo import Somebody, moment


def stamp(seconds: int | None) -> str | None:
    """A moment as PostgreSQL reads it, or nothing."""
    return None if seconds is None else moment(seconds)


class Clock:
    """A limit in working minutes, as :mod:`houqin.affairs.clocks` keeps it."""

    __slots__ = ("amber", "book", "due", "left", "limit", "paused")

    def __init__(self, book: CaseBook, limit: int, at: int) -> None:
        self.book, self.limit = book, limit
        self.paused: int | None = None
        self.left: int | None = None
        self.run(limit, at)

    def run(self, left: int, at: int) -> None:
        passed = self.book.clock.passed(at)
        until_amber = max(left - round(self.limit * (1 - AMBER_SHARE)), 0)
        self.due: int | None = self.book.clock.at(passed + left * 60)
        self.amber: int | None = self.book.clock.at(passed + until_amber * 60) if until_amber else at

    def pause(self, at: int) -> None:
        if self.paused is None:
            self.paused = at
            if self.due is not None and self.due > at:
                clock = self.book.clock
                self.left = (clock.passed(self.due) - clock.passed(at)) // 60
                self.due = self.amber = None

    def resume(self, at: int) -> None:
        if self.paused is not None:
            self.paused = None
            if self.left is not None:
                self.run(self.left, at)
                self.left = None

    def row(self) -> tuple[object, ...]:
        return self.limit, "working", stamp(self.due), stamp(self.amber), stamp(self.paused), self.left


class Job:
    """A task: the step, who has it, and its clock."""

    __slots__ = ("accepted", "ambered", "arrived", "assignee", "clock", "closed", "closed_by", "escalated", "id",
                 "moved_from", "opened", "outcome", "section", "state", "step", "visit")  # fmt: skip

    def __init__(self, identity: int, step: int, visit: int, section: int, assignee: Somebody | None, at: int,
                 clock: Clock) -> None:  # fmt: skip
        self.id, self.step, self.visit, self.section, self.assignee = identity, step, visit, section, assignee
        self.opened, self.clock, self.state, self.outcome = at, clock, "open", ""
        self.accepted: int | None = None
        self.arrived: int | None = None
        self.closed: int | None = None
        self.closed_by: int | None = None
        self.ambered: int | None = None
        self.escalated: int | None = None
        self.moved_from: int | None = None
