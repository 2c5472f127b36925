"""What all calls around meetings share."""

from __future__ import annotations

from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Field, Router, Schema

from houqin.foundation.errors import NotFound
from houqin.services.meetings.models import Room

router = Router()
Key = Annotated[int, Field(ge=1, lt=2**62)]


class RoomOut(Schema):
    code: str
    name: str
    seats: int
    equipment: list[str]
    layouts: list[str]
    opens_at: str
    closes_at: str


def room_of_code(code: str) -> Room:
    """The room at the place of that code. Raises NotFound."""
    found = Room.objects.select_related("place", "keeper", "only_for").filter(place__code=code).first()
    if found is None:
        raise NotFound(_("没有这间会议室，请重新选择。"))
    return found


def told_room(room: Room) -> dict[str, Any]:
    """A room as the API tells it."""
    return {
        "code": room.place.code,
        "name": room.place.full_name,
        "seats": room.capacity,
        "equipment": room.equipment,
        "layouts": room.layouts,
        "opens_at": f"{room.opens_at:%H:%M}",
        "closes_at": f"{room.closes_at:%H:%M}",
    }
