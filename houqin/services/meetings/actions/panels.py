"""The tablet at the door: given its address by who keeps the room; whoever stands before it starts the meeting."""

from __future__ import annotations

import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.errors import Conflict
from houqin.foundation.people.models import Person
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import Outsider
from houqin.services.meetings import queries
from houqin.services.meetings.actions import booking
from houqin.services.meetings.actions.rooms import may_keep
from houqin.services.meetings.models import Meeting, MeetingState, Panel
from houqin.services.meetings.models.feeds import mark_of


@transaction.atomic
def make_panel(actor: Person, *, room: int) -> str:
    """A new secret address for a room's tablet; a former one ends. It is answered this once. Raises NotFound, NotPermitted."""
    found = queries.room_of(room)
    grant = may_keep(actor, found.keeper, found.place)
    token = secrets.token_urlsafe(16)
    Panel.objects.filter(room=found).delete()
    made = Panel.objects.create(room=found, mark=mark_of(token))
    trail.record(actor, "meetings.make_panel", made, grant=grant)
    return token


@transaction.atomic
def start_at_door(token: str) -> Meeting:
    """Somebody is there: the meeting of this moment begins and its room is kept. Raises NotFound, Conflict where none is due."""
    panel = queries.panel_of(token)
    meeting = queries.at_door(panel.room, timezone.now()).due
    if meeting is None or meeting.state != MeetingState.BOOKED:
        raise Conflict(_("现在没有待开始的会议。"))
    return booking.open_meeting(Outsider(name=_("门口屏")), meeting=meeting.pk)
