"""Reading rooms."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from houqin.foundation.errors import NotFound
from houqin.foundation.kept import Kept
from houqin.foundation.people import scope
from houqin.foundation.trail.actors import Actor
from houqin.services.meetings.models import Room


def bookable_rooms() -> QuerySet[Room]:
    """The rooms that are in use, in the order of the compound."""
    return (
        Room.objects.filter(bookable=True, place__ended_on__isnull=True)
        .select_related("place", "keeper", "only_for")
        .order_by("place__position", "place_id")
    )


def rooms_kept(actor: Actor) -> QuerySet[Room]:
    """The rooms ``actor`` manages, also those that are closed."""
    kept = scope.within(actor, "meetings.rooms", organisation="keeper__path", place="place__path")
    return (
        Room.objects.filter(kept)
        .select_related("place", "keeper", "only_for")
        .order_by("place__position", "place_id")
    )


def room_by_code(code: str) -> Room | None:
    """The room in use at the place of that code, which is what stands at the door. Kept: whoever changes one asks :func:`room_of`."""
    return _by_code().get(code)


@Kept
def _by_code() -> dict[str, Room]:
    rooms = Room.objects.select_related("place", "keeper", "only_for").filter(place__ended_on__isnull=True)
    return {room.place.code: room for room in rooms}


def room_of(room: int) -> Room:
    """One room by its place's id. Raises NotFound."""
    found = Room.objects.select_related("place", "keeper", "only_for").filter(pk=room).first()
    if found is None:
        raise NotFound(_("没有这间会议室，请重新选择。"))
    return found
