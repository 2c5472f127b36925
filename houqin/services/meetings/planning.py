"""What can be added to the plan of a big event: its form and its action, for page and API alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms

from houqin.foundation.people.models import Person
from houqin.services.meetings import actions
from houqin.services.meetings.forms_events import (
    CheckForm,
    PostForm,
    StaffForm,
    StepForm,
    VehicleForm,
    VenuesForm,
)


def _venues(person: Person, event: int, given: dict[str, Any]) -> None:
    actions.add_venues(person, event=event, main=given["main"], branches=given["branches"])


def _staff(person: Person, event: int, given: dict[str, Any]) -> None:
    actions.staff_post(person, event=event, **{**given, "post": given["post"].pk})


def _plainly(action: Callable[..., Any]) -> Callable[[Person, int, dict[str, Any]], None]:
    def add(person: Person, event: int, given: dict[str, Any]) -> None:
        action(person, event=event, **given)

    return add


#: The parts of a plan by the names of addresses.
PARTS: dict[str, tuple[type[forms.Form], Callable[[Person, int, dict[str, Any]], None]]] = {
    "venues": (VenuesForm, _venues),
    "post": (PostForm, _plainly(actions.add_post)),
    "staff": (StaffForm, _staff),
    "vehicle": (VehicleForm, _plainly(actions.add_vehicle)),
    "check": (CheckForm, _plainly(actions.add_check)),
    "step": (StepForm, _plainly(actions.add_step)),
}


def form_of(part: str, event: int, data: Mapping[str, Any] | None = None) -> forms.Form:
    """The form of a part, empty or filled in."""
    kind, _add = PARTS[part]
    if kind is StaffForm:
        return StaffForm(data, auto_id=f"{part}-%s", event=event)
    return kind(data, auto_id=f"{part}-%s")


def add_part(person: Person, event: int, part: str, given: dict[str, Any]) -> None:
    """Add what a form of :func:`form_of` was filled with."""
    PARTS[part][1](person, event, given)
