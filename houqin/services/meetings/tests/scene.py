"""One meeting in one room, for asking every address of the service."""

from typing import Any

from houqin.services.meetings import actions
from houqin.services.meetings.guests import Guest
from houqin.services.meetings.tests.conftest import make_rooms
from houqin.testing.cast import Cast


def make(cast: Cast) -> dict[str, Any]:
    rooms = make_rooms(cast)
    meeting = rooms.book(rooms.small)
    wait = actions.wait(
        cast.staff, room=rooms.small, title="备选会议", starts_at=meeting.starts_at, ends_at=meeting.ends_at
    )
    asked, guest = actions.invite(
        cast.staff, meeting=meeting.pk, people=[cast.colleague], guests=[Guest("程立", "江城大学")]
    )
    token = actions.make_feed(cast.staff)
    group = actions.save_group(cast.staff, meeting=meeting.pk, name="专班")
    blocking = actions.block(
        cast.clerk, room=rooms.west.pk, starts_at=rooms.at(8), ends_at=rooms.at(9), reason="检修"
    )
    event = actions.plan_event(
        cast.clerk, title="全市大会", starts_at=rooms.at(9, days=3), ends_at=rooms.at(11, days=3)
    )
    check = actions.add_check(cast.clerk, event=event.pk, text="试音")
    panel = actions.make_panel(cast.clerk, room=rooms.small.pk)
    wanted = {
        "room": rooms.east.place.code, "subject": "接口", "starts_at": rooms.at(15).isoformat(),
        "ends_at": rooms.at(16).isoformat(), "expected": 5, "rule": "FREQ=WEEKLY;COUNT=2", "seen": 0,
    }  # fmt: skip
    meetings = dict.fromkeys(
        ("meetings", "api:booking/pk", "api:move_booking/pk", "api:cancel_booking/pk", "api:end_booking/pk"),
        meeting.pk,
    )
    bodies = dict.fromkeys(
        (f"api:{name}/body" for name in ("book_room", "book_series", "move_booking", "wait_for_room")), wanted
    )
    return {
        **meetings,
        **bodies,
        **dict.fromkeys(
            (f"meetings:{name}" for name in ("room", "keep_room", "block", "join", "make_panel")),
            rooms.small.pk,
        ),
        **dict.fromkeys(
            (
                f"meetings:{name}"
                for name in ("event", "event_sheet", "event_move", "event_off", "event_add", "tick")
            ),
            event.pk,
        ),
        "portal:meetings.roll/key": meeting.pk,
        "portal:meetings.event/key": event.pk,
        "meetings:tick/pk": event.pk,
        "meetings:tick/check": check.pk,
        "meetings:event_add/pk": event.pk,
        "meetings:event_add/part": "check",
        "meetings:unblock": blocking.pk,
        "meetings:panel/token": panel,
        "meetings:uninvite/participant": asked.pk,
        "meetings:drop_group/group": group.pk,
        "api:remove_participant/participant": asked.pk,
        **dict.fromkeys(
            (
                f"api:{name}/pk"
                for name in (
                    "participants",
                    "invite_participants",
                    "remove_participant",
                    "reply_to_invitation",
                    "sign_in_to_meeting",
                    "record_attendance",
                    "meeting_needs",
                    "ask_meeting_need",
                    "meeting_gates",
                    "reserve_meeting_parking",
                    "rate_meeting",
                    "expect_meeting_guests",
                )
            ),
            meeting.pk,
        ),
        "api:invite_participants/body": {"people": [cast.other_staff.name]},
        "api:reply_to_invitation/body": {"answer": "yes"},
        "api:sign_in_to_meeting/body": {"code": "AAAAAAAA"},
        "api:record_attendance/body": {"participants": [asked.pk]},
        "api:ask_meeting_need/body": {"kind": "tea"},
        "api:reserve_meeting_parking/body": {"spaces": 0},
        "api:rate_meeting/body": {"room_stars": 5, "service_stars": 5},
        "meetings:feed/token": token,
        "meetings:end_feed": cast.staff.meeting_feeds.get().pk,
        "meetings:own/token": guest.token,
        "meetings:own_feedback/token": guest.token,
        "meetings:vehicle/token": guest.token,
        "meetings:stop_waiting": wait.pk,
        "api:stop_waiting_for_room/pk": wait.pk,
        "api:room_day/code": rooms.small.place.code,
    }
