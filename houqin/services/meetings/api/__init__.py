"""What meetings add to the HTTP API, under ``/api/v1/meetings/``."""

from houqin.services.meetings.api import attending, bookings, events, feeds, keeping, replying, rooms
from houqin.services.meetings.api.shared import router

__all__ = ["attending", "bookings", "events", "feeds", "keeping", "replying", "rooms", "router"]
