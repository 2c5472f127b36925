"""Reading what calendars show."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from houqin.foundation.errors import NotFound
from houqin.foundation.people.models import Person
from houqin.services.meetings.models import Feed, Meeting, Room
from houqin.services.meetings.models.feeds import mark_of

#: How far back calendars look.
BACK = timedelta(days=60)


def feed_of(token: str) -> Feed:
    """The feed of a secret address, while its person is here. Raises NotFound."""
    found = Feed.objects.filter(mark=mark_of(token)).select_related("person", "room__place").first()
    if found is None or not found.person.is_active:
        raise NotFound
    Feed.objects.filter(pk=found.pk).update(read_at=timezone.now())
    return found


def feeds_of(person: Person) -> QuerySet[Feed]:
    """Somebody's addresses."""
    return Feed.objects.filter(person=person).select_related("room__place").order_by("id")


def feed_of_room(room: Room) -> QuerySet[Meeting]:
    """What takes a room, its parts included where it is joined."""
    return _recent().filter(occupations__part__wholes__room=room).distinct()


def feed_of_person(person: Person) -> QuerySet[Meeting]:
    """What somebody organises or is asked to and did not decline."""
    asked = Q(participants__person=person) & ~Q(participants__reply="no")
    return _recent().filter(Q(organiser=person) | asked).distinct()


def _recent() -> QuerySet[Meeting]:
    rows = Meeting.objects.filter(Q(starts_at__gte=timezone.now() - BACK) | Q(series__isnull=False))
    return rows.select_related("room__place", "organiser", "series").order_by("starts_at", "id")
