"""The waiting list: who waits gets what is given back, in the order of asking."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.errors import Conflict, NotFound, Problem
from houqin.foundation.notices.actions import tell
from houqin.foundation.people.models import Person
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import SYSTEM
from houqin.services.meetings import rules
from houqin.services.meetings.models import Meeting, MeetingState, Room, RoomPart, Wait, WaitState
from houqin.services.meetings.rules import Wish


@transaction.atomic
def wait(
    actor: Person, *, room: Room, title: str, starts_at: datetime, ends_at: datetime, expected: int = 1
) -> Wait:
    """Wait for a room at a time. Raises Problem for a time that is over or no name, Conflict where one waits already."""
    if not title.strip():
        raise Problem(errors={"title": [_("请填写会议名称。")]})
    if not timezone.now() < starts_at < ends_at:
        raise Problem(errors={"starts_at": [_("请选择今后的时间。")]})
    wish = Wish(room=room, organiser=actor, starts_at=starts_at, ends_at=ends_at, expected=expected)
    rules.check(actor, wish)
    if rules.approval_needed(wish):
        raise Problem(errors={"room": [_("此会议室该时段需要审批，不能候补，请另选时间或会议室。")]})
    made = Wait(
        person=actor, room=room, title=title.strip(), starts_at=starts_at, ends_at=ends_at, expected=expected
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(_("您已在候补此时段，轮到时会通知您。")) from error
    trail.record(actor, "meetings.wait", made, after={"room": room.pk, "starts_at": starts_at})
    return made


@transaction.atomic
def stop_waiting(actor: Person, *, wait: int) -> Wait:
    """Wait no longer. Raises NotFound for another's, Conflict where it has been one's turn already."""
    found = Wait.objects.select_for_update().filter(pk=wait, person=actor).first()
    if found is None:
        raise NotFound
    if found.state != WaitState.WAITING:
        raise Conflict(_("候补已结束：%(state)s。") % {"state": found.get_state_display()})
    found.state = WaitState.WITHDRAWN
    found.save(update_fields=["state"])
    trail.record(actor, "meetings.stop_waiting", found, after={"state": found.state})
    return found


def promote(room: Room, starts_at: datetime, ends_at: datetime) -> list[Meeting]:
    """Give what became free to those who wait for the room, or for one that shares its walls, in their order.

    Within the transaction that frees it. Whoever cannot be served (the time is taken in part) goes on waiting.
    """
    sharing = RoomPart.objects.filter(part__wholes__room=room).values("room")
    queue = Wait.objects.select_for_update(of=("self",), skip_locked=True).filter(
        Q(room__in=sharing),
        state=WaitState.WAITING,
        starts_at__lt=ends_at,
        ends_at__gt=starts_at,
        starts_at__gt=timezone.now(),
    )
    waiting = queue.select_related("person__organisation", "room__place").order_by("created_at", "id")
    return [meeting for each in waiting if (meeting := _take(each))]


def _take(waiting: Wait) -> Meeting | None:
    room = waiting.room
    assert room is not None
    meeting = Meeting(
        title=waiting.title, room=room, starts_at=waiting.starts_at, ends_at=waiting.ends_at,
        setup_minutes=room.setup_minutes, clearing_minutes=room.clearing_minutes, state=MeetingState.BOOKED,
        organiser=waiting.person, booked_by=waiting.person, section=waiting.person.organisation,
        expected=waiting.expected,
    )  # fmt: skip
    try:
        with transaction.atomic():
            meeting.save(force_insert=True)
    except IntegrityError:
        return None
    waiting.state, waiting.meeting = WaitState.PROMOTED, meeting
    waiting.save(update_fields=["state", "meeting"])
    trail.record(SYSTEM, "meetings.promote", meeting, after={"wait": waiting.pk, "room_id": room.pk})
    begins = timezone.localtime(meeting.starts_at)
    tell(
        [waiting.person],
        kind="meetings.promoted",
        title=lambda: _("候补成功：%(room)s") % {"room": room},
        body=lambda: (
            _("%(title)s，%(when)s。如不再需要，请取消，让给下一位。")
            % {"title": meeting.title, "when": f"{begins:%m-%d %H:%M}"}
        ),
        url=f"/meetings/{meeting.pk}",
        record=meeting,
    )
    return meeting
