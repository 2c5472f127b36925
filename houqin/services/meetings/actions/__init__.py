"""Every write around rooms and meetings."""

from houqin.services.meetings.actions import booking, gates, needs, telling
from houqin.services.meetings.actions.attending import (
    actor_of,
    give_feedback,
    invite,
    reply,
    send_substitute,
    sign_in_by_code,
    sign_in_by_pass,
    sign_in_listed,
    uninvite,
)
from houqin.services.meetings.actions.booking import (
    approve,
    book,
    cancel,
    drop,
    end,
    move,
    open_meeting,
)
from houqin.services.meetings.actions.bounds import drop_quota, make_rule, set_quota, set_rule
from houqin.services.meetings.actions.clockwork import release_unused, remind, settle
from houqin.services.meetings.actions.events import (
    add_check,
    add_post,
    add_step,
    add_vehicle,
    add_venues,
    call_off_event,
    move_event,
    plan_event,
    staff_post,
    tick,
)
from houqin.services.meetings.actions.expecting import bring_vehicle, expect_guest, expect_guests
from houqin.services.meetings.actions.feeds import end_feed, make_feed
from houqin.services.meetings.actions.gates import open_doors, reserve_parking
from houqin.services.meetings.actions.groups import drop_group, save_group
from houqin.services.meetings.actions.needs import ask_need
from houqin.services.meetings.actions.panels import make_panel, start_at_door
from houqin.services.meetings.actions.rooms import block, close_room, join_rooms, make_room, set_room, unblock
from houqin.services.meetings.actions.series import (
    book_series,
    cancel_following,
    move_following,
    plan_series,
    series_needs_approval,
)
from houqin.services.meetings.actions.waiting import promote, stop_waiting, wait

booking.MOVED[:] = [needs.move_needs, gates.move_gates, lambda meeting, by: telling.changed(meeting)]
booking.ENDED_EARLY[:] = [gates.close_gates]
booking.GIVEN_BACK[:] = [needs.drop_needs, gates.end_gates, telling.called_off]

__all__ = [
    "actor_of",
    "add_check",
    "add_post",
    "add_step",
    "add_vehicle",
    "add_venues",
    "approve",
    "ask_need",
    "block",
    "book",
    "book_series",
    "bring_vehicle",
    "call_off_event",
    "cancel",
    "cancel_following",
    "close_room",
    "drop",
    "drop_group",
    "drop_quota",
    "end",
    "end_feed",
    "expect_guest",
    "expect_guests",
    "give_feedback",
    "invite",
    "join_rooms",
    "make_feed",
    "make_panel",
    "make_room",
    "make_rule",
    "move",
    "move_event",
    "move_following",
    "open_doors",
    "open_meeting",
    "plan_event",
    "plan_series",
    "promote",
    "release_unused",
    "remind",
    "reply",
    "reserve_parking",
    "save_group",
    "send_substitute",
    "series_needs_approval",
    "set_quota",
    "set_room",
    "set_rule",
    "settle",
    "sign_in_by_code",
    "sign_in_by_pass",
    "sign_in_listed",
    "staff_post",
    "start_at_door",
    "stop_waiting",
    "tick",
    "unblock",
    "uninvite",
    "wait",
]
