"""Giving out and taking back secret addresses of calendars."""

from __future__ import annotations

import secrets

from django.db import transaction

from houqin.foundation.errors import NotFound
from houqin.foundation.people.models import Person
from houqin.foundation.trail import actions as trail
from houqin.services.meetings.models import Feed, Room
from houqin.services.meetings.models.feeds import mark_of


@transaction.atomic
def make_feed(actor: Person, *, room: Room | None = None) -> str:
    """A new secret for one's own meetings, or a room's; the former one ends. It is answered this once and never again."""
    token = secrets.token_urlsafe(16)
    Feed.objects.filter(person=actor, room=room).delete()
    made = Feed.objects.create(person=actor, room=room, mark=mark_of(token))
    trail.record(actor, "meetings.make_feed", made, after={"room": room.pk if room else None})
    return token


@transaction.atomic
def end_feed(actor: Person, *, feed: int) -> None:
    """The address answers nobody any more. Raises NotFound for another's."""
    found = Feed.objects.filter(pk=feed, person=actor).first()
    if found is None:
        raise NotFound
    trail.record(actor, "meetings.end_feed", found, before={"room": found.room_id})
    found.delete()
