"""Every write around rooms and meetings."""

from houqin.services.meetings.actions.booking import (
    approve,
    book,
    cancel,
    drop,
    end,
    move,
    open_meeting,
)
from houqin.services.meetings.actions.clockwork import release_unused, settle
from houqin.services.meetings.actions.rooms import block, close_room, join_rooms, make_room, set_room, unblock
from houqin.services.meetings.actions.series import book_series, cancel_following, move_following, plan_series
from houqin.services.meetings.actions.waiting import promote, stop_waiting, wait

__all__ = [
    "approve",
    "block",
    "book",
    "book_series",
    "cancel",
    "cancel_following",
    "close_room",
    "drop",
    "end",
    "join_rooms",
    "make_room",
    "move",
    "move_following",
    "open_meeting",
    "plan_series",
    "promote",
    "release_unused",
    "set_room",
    "settle",
    "stop_waiting",
    "unblock",
    "wait",
]
