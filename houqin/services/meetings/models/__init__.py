"""Rooms, bookings and what belongs to a meeting."""

from houqin.services.meetings.models.attending import (
    Feedback,
    GroupMember,
    Need,
    NeedKind,
    Participant,
    ParticipantGroup,
    Reply,
    SignedBy,
)
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
from houqin.services.meetings.models.events import BigEvent, EventVehicle, Post, PostDuty, Rehearsal, RunStep
from houqin.services.meetings.models.feeds import Feed, Panel
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
    "BigEvent",
    "Blocking",
    "ClassLimit",
    "Equipment",
    "EventVehicle",
    "Feed",
    "Feedback",
    "GroupMember",
    "Layout",
    "Meeting",
    "MeetingClass",
    "MeetingState",
    "Need",
    "NeedKind",
    "Occupation",
    "Panel",
    "Participant",
    "ParticipantGroup",
    "Post",
    "PostDuty",
    "Quota",
    "Rehearsal",
    "Reply",
    "Room",
    "RoomPart",
    "RunStep",
    "Series",
    "SignedBy",
    "Wait",
    "WaitState",
]
