"""Every read around rooms and meetings, within the actor's scope."""

from houqin.services.meetings.queries.finding import alternatives_to, find, free_rooms
from houqin.services.meetings.queries.meetings import may_run, meeting_of, meetings_of, shown_title, taken_by
from houqin.services.meetings.queries.rooms import bookable_rooms, room_of, rooms_kept

__all__ = [
    "alternatives_to",
    "bookable_rooms",
    "find",
    "free_rooms",
    "may_run",
    "meeting_of",
    "meetings_of",
    "room_of",
    "rooms_kept",
    "shown_title",
    "taken_by",
]
