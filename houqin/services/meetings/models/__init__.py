"""Rooms, bookings and what belongs to a meeting."""

from houqin.services.meetings.models.bookings import (
    OCCUPYING,
    Blocking,
    ClassLimit,
    Meeting,
    MeetingClass,
    MeetingState,
    Occupation,
    Series,
    Wait,
    WaitState,
)
from houqin.services.meetings.models.rooms import (
    ApprovalRule,
    Equipment,
    Layout,
    Quota,
    Room,
    RoomPart,
)

__all__ = [
    "OCCUPYING",
    "ApprovalRule",
    "Blocking",
    "ClassLimit",
    "Equipment",
    "Layout",
    "Meeting",
    "MeetingClass",
    "MeetingState",
    "Occupation",
    "Quota",
    "Room",
    "RoomPart",
    "Series",
    "Wait",
    "WaitState",
]
