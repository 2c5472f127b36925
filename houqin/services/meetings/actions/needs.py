"""What a meeting needs, as cases of the sections concerned: due before the start, moved with it, dropped with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from houqin.affairs import clocks
from houqin.affairs.actions import submit
from houqin.affairs.declare import ClockKind, Limit
from houqin.affairs.forms import CaseForm
from houqin.affairs.models import Case, State, TaskState
from houqin.affairs.moves import touching
from houqin.foundation.errors import Conflict
from houqin.foundation.people.models import Person
from houqin.foundation.trail.actors import SYSTEM
from houqin.services.meetings.actions import booking
from houqin.services.meetings.models import Meeting, Need, NeedKind

ITEM = "meetings.need"
#: How long before the start each kind has to be ready.
AHEAD: Mapping[str, timedelta] = {
    NeedKind.LAYOUT: timedelta(hours=1),
    NeedKind.PLATES: timedelta(hours=2),
    NeedKind.TEA: timedelta(minutes=30),
    NeedKind.AV: timedelta(hours=1),
    NeedKind.INTERPRETATION: timedelta(hours=4),
    NeedKind.LIVE: timedelta(hours=2),
    NeedKind.MEALS: timedelta(hours=16),
    NeedKind.OTHER: timedelta(hours=1),
}
RUNNING = (State.OPEN, State.WAITING_APPLICANT)


class Asked(dict[str, Any]):
    """What a need is submitted with; only code builds one, so a need always belongs to a meeting."""

    def __init__(self, meeting: Meeting, **data: Any) -> None:
        super().__init__(**data)
        self.meeting = meeting


@transaction.atomic
def ask_need(
    actor: Person,
    *,
    meeting: int,
    kind: str,
    text: str = "",
    quantity: int | None = None,
    wanted_at: datetime | None = None,
    yuan_a_head: Decimal | None = None,
) -> Need:
    """Ask the section concerned for something. ``wanted_at`` (default: the start) is when it is wanted, as for a meal,
    which also takes a head count and a standard a head.

    Raises NotFound, NotPermitted, Conflict where the meeting is over, Problem for the form.
    """
    found = booking.locked(actor, meeting)
    if not found.is_open:
        raise Conflict(_("会议现为“%(state)s”，不能再提需求。") % {"state": found.get_state_display()})
    data = Asked(found, kind=kind, text=text, quantity=quantity, wanted_at=wanted_at or found.starts_at,
                 yuan_a_head=yuan_a_head)  # fmt: skip
    return submit(actor, item=ITEM, data=data, channel="plan").meeting_need


def make(case: Case, form: CaseForm) -> Need:
    """The need of a new case, within the transaction of its submission."""
    asked = form.data
    assert isinstance(asked, Asked)
    given = form.cleaned_data
    need = Need(
        case=case, meeting=asked.meeting, kind=given["kind"], text=given["text"], quantity=given["quantity"],
        wanted_at=given["wanted_at"], fen_a_head=int(given["yuan_a_head"] * 100) if given["yuan_a_head"] else None,
    )  # fmt: skip
    limit = _limit(need, case.submitted_at)
    for step in case.flow["steps"]:
        step["limit"] = {"minutes": limit.minutes, "clock": str(limit.clock)}
    clocks.begin(case, limit, now=case.submitted_at)
    need.save(force_insert=True)
    return need


def move_needs(meeting: Meeting, by: timedelta) -> None:
    """The meeting is at another time or in another room: what it needs is wanted then and there, and who has it hears so."""
    for need in meeting.needs.filter(case__state__in=RUNNING).select_related("case").order_by("case_id"):
        with touching(SYSTEM, "reschedule", need.case_id) as move:
            need.wanted_at += by
            need.save(update_fields=["wanted_at"])
            limit = _limit(need, move.now)
            for clocked in (move.case, *move.tasks):
                clocks.begin(clocked, limit, now=move.now)
            for task in move.tasks:
                move.writes.update(task, ["limit_minutes", "clock", "due_at", "amber_at"])
            move.case.place = meeting.room.place
            move.text = when(meeting)
            holders = move.told(task for task in move.tasks if task.state == TaskState.OPEN)
            title = format_lazy(gettext_lazy("会议有变，请按新时间准备：{title}"), title=move.case.title)
            move.tell(holders, "meetings.need_moved", title, move.text)


def drop_needs(meeting: Meeting) -> None:
    """The meeting is off: nobody prepares for it any more."""
    for need in meeting.needs.filter(case__state__in=RUNNING).order_by("case_id"):
        with touching(SYSTEM, "withdraw", need.case_id) as move:
            move.text = meeting.gave_back_reason
            people = move.told(task for task in move.tasks if task.assignee)
            move.finish(State.WITHDRAWN)
            title = format_lazy(gettext_lazy("会议已取消，无需准备：{title}"), title=move.case.title)
            move.tell(people, "meetings.need_dropped", title)


def when(meeting: Meeting) -> str:
    """When and where, for a case's timeline, in the language of the records."""
    begins = timezone.localtime(meeting.starts_at)
    return f"{begins:%m-%d %H:%M} {meeting.room}"


def _limit(need: Need, now: datetime) -> Limit:
    """From now until it has to be ready; at the least a quarter of an hour."""
    ready = need.wanted_at - AHEAD[NeedKind(need.kind)]
    return Limit(max(15, ceil((ready - now).total_seconds() / 60)), ClockKind.WALL)
