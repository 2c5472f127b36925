"""Moments of duty that others, above, want to hear of (notices tell the people concerned)."""

from collections.abc import Callable
from dataclasses import dataclass

from houqin.foundation.people.models import DutyShift, Person
from houqin.foundation.registry import Registry


@dataclass(frozen=True)
class DutyListener:
    """Called inside the transaction: ``handed_over(shift, next_people)`` and ``substituted(shift)``."""

    handed_over: Callable[[DutyShift, list[Person]], None]
    substituted: Callable[[DutyShift], None]


DUTY_LISTENERS: Registry[DutyListener] = Registry("duty listener")
