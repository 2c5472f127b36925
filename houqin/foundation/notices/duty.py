"""Tells the people concerned about hand-overs and substitutes of duty."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.notices.actions import tell
from houqin.foundation.people.models import DutyShift, Person
from houqin.foundation.people.moments import DUTY_LISTENERS, DutyListener


def handed_over(shift: DutyShift, following: list[Person]) -> None:
    """The next ones hear what the last one left word of."""
    holder = shift.substitute or shift.person
    tell(
        following,
        kind="people.handed_over",
        title=lambda: _("%(person)s已交班，请接班") % {"person": holder.name},
        body=lambda: shift.handover_note or _("没有交班事项。"),
        url=reverse("people:my_duty"),
        record=shift,
    )


def substituted(shift: DutyShift) -> None:
    """Both hear of it: who takes the shift and whose it was."""
    when = f"{timezone.localtime(shift.starts_at):%m-%d %H:%M}"
    url = reverse("people:my_duty")
    if shift.substitute is None:
        tell(
            [shift.person],
            kind="people.substituted",
            title=lambda: _("%(when)s的值班仍由您承担") % {"when": when},
            url=url,
            record=shift,
        )
        return
    tell(
        [shift.substitute],
        kind="people.substituted",
        title=lambda: _("您将替%(person)s值%(when)s的班") % {"person": shift.person.name, "when": when},
        body=shift.substitute_reason,
        url=url,
        record=shift,
    )
    tell(
        [shift.person],
        kind="people.substituted",
        title=lambda: (
            _("您%(when)s的值班由%(person)s替班")
            % {"person": shift.substitute.name if shift.substitute else "", "when": when}
        ),
        url=url,
        record=shift,
    )


DUTY_LISTENERS.add("notices", DutyListener(handed_over=handed_over, substituted=substituted))
