"""Every read around rooms and meetings, within the actor's scope."""

from houqin.services.meetings.queries.attending import (
    groups_of,
    needs_of,
    own_participant,
    participant_of,
    roll,
    roll_counts,
)
from houqin.services.meetings.queries.events import (
    coming_events,
    event_of,
    events_of,
    may_plan_events,
    posts_of,
    sheet_of,
)
from houqin.services.meetings.queries.feeds import feed_of, feed_of_person, feed_of_room, feeds_of
from houqin.services.meetings.queries.figures import scores, use_by_hour, use_by_room, use_by_unit
from houqin.services.meetings.queries.finding import alternatives_to, find, free_rooms
from houqin.services.meetings.queries.gates import gates_of, visit_of
from houqin.services.meetings.queries.meetings import (
    any_meeting,
    left_in_series,
    may_run,
    meeting_of,
    meetings_of,
    meetings_of_case,
    own_meetings,
    own_meetings_today,
    shown_title,
    story_of,
    taken_by,
    waits_of,
)
from houqin.services.meetings.queries.panels import at_door, panel_of
from houqin.services.meetings.queries.rooms import bookable_rooms, room_by_code, room_of, rooms_kept
from houqin.services.meetings.queries.weeks import weeks

__all__ = [
    "alternatives_to",
    "any_meeting",
    "at_door",
    "bookable_rooms",
    "coming_events",
    "event_of",
    "events_of",
    "feed_of",
    "feed_of_person",
    "feed_of_room",
    "feeds_of",
    "find",
    "free_rooms",
    "gates_of",
    "groups_of",
    "left_in_series",
    "may_plan_events",
    "may_run",
    "meeting_of",
    "meetings_of",
    "meetings_of_case",
    "needs_of",
    "own_meetings",
    "own_meetings_today",
    "own_participant",
    "panel_of",
    "participant_of",
    "posts_of",
    "roll",
    "roll_counts",
    "room_by_code",
    "room_of",
    "rooms_kept",
    "scores",
    "sheet_of",
    "shown_title",
    "story_of",
    "taken_by",
    "use_by_hour",
    "use_by_room",
    "use_by_unit",
    "visit_of",
    "waits_of",
    "weeks",
]
