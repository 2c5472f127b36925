"""Moments that others, above, want to hear of (notices tell the people concerned)."""

from collections.abc import Callable
from dataclasses import dataclass

from houqin.foundation.people.models import Appointment, DutyShift, Person, SignedInSession
from houqin.foundation.registry import Registry


@dataclass(frozen=True)
class DutyListener:
    """Called inside the transaction: ``handed_over(shift, next_people)`` and ``substituted(shift)``."""

    handed_over: Callable[[DutyShift, list[Person]], None]
    substituted: Callable[[DutyShift], None]


@dataclass(frozen=True)
class ProfilePart:
    """Something of theirs that people find on their profile: a link with a sentence about how it stands."""

    title: str
    says: str
    url: str
    icon: str


#: What apps above add to the profile of whoever looks; None adds nothing.
PROFILE_PARTS: Registry[Callable[[Person], ProfilePart | None]] = Registry("part of the profile")
#: Called when somebody came in on a browser they had never used, and it is not their first.
NEW_DEVICE: Registry[Callable[[Person, SignedInSession], None]] = Registry("new device listener")
#: Called inside the transaction when somebody else reset a person's ``password`` or ``second_factor``.
ACCOUNT_RESET: Registry[Callable[[Person, str], None]] = Registry("account listener")
#: Called every morning with each post of integrity risk whose review is to be told of.
REVIEW_DUE: Registry[Callable[[Appointment], None]] = Registry("review listener")
DUTY_LISTENERS: Registry[DutyListener] = Registry("duty listener")
