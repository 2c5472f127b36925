"""One meeting in one room, for asking every address of the service."""

from typing import Any

from houqin.services.meetings import actions
from houqin.services.meetings.guests import Guest
from houqin.services.meetings.models import ApprovalRule, Quota
from houqin.services.meetings.tests.conftest import Rooms, make_rooms
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
    post = actions.add_post(cast.clerk, event=event.pk, name="签到台")
    quota = Quota.objects.create(unit=cast.education, minutes_a_month=6000)
    rule = ApprovalRule.objects.create(name="大会议室", seats_from=500)
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
                    "sign_in_by_scanned_pass",
                    "save_participant_group",
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
        **_events_of_api(rooms, event.pk, post.pk),
        "api:tick_event_check/check_id": check.pk,
        **_keeping_of_api(rooms),
        "api:lift_blocking/pk": blocking.pk,
        "api:set_approval_rule/pk": rule.pk,
        "api:drop_room_quota/pk": quota.pk,
        "api:drop_participant_group/pk": group.pk,
        "api:save_participant_group/body": {"name": "班子"},
        "api:sign_in_by_scanned_pass/body": {"scanned": guest.token},
        "api:end_calendar_feed/pk": cast.staff.meeting_feeds.get().pk,
    }


def _events_of_api(rooms: Rooms, event: int, post: int) -> dict[str, Any]:
    """What is sent to the calls around a big event."""
    at = rooms.at(9, days=3).isoformat()
    bodies = {
        "plan_big_event": {"title": "全市大会", "starts_at": at, "ends_at": rooms.at(11, days=3).isoformat()},
        "add_event_venues": {"main": rooms.small.place.code},
        "add_event_post": {"name": "引导岗", "task": "引导"},
        "staff_event_post": {"post": post, "people": [rooms.cast.colleague.name]},
        "add_event_vehicle": {"plate_number": "浙A12345", "arrives_at": at, "leaves_at": rooms.at(11, days=3).isoformat()},
        "add_event_check": {"text": "试音"},
        "add_event_step": {"starts_at": at, "what": "宣布开会"},
        "move_big_event": {"starts_at": rooms.at(14, days=3).isoformat()},
        "call_off_big_event": {"reason": "改期"},
    }  # fmt: skip
    calls = [*bodies, "big_event", "tick_event_check"]
    return {f"api:{call}/body": body for call, body in bodies.items()} | {
        f"api:{call}/pk": event for call in calls
    }


def _keeping_of_api(rooms: Rooms) -> dict[str, Any]:
    """What is sent to the calls that keep rooms."""
    bodies = {
        "set_meeting_room": {"setup_minutes": 10},
        "block_room": {"starts_at": rooms.at(8, days=9).isoformat(), "ends_at": rooms.at(9, days=9).isoformat(), "reason": "检修"},
        "join_meeting_rooms": {"parts": []},
        "make_approval_rule": {"name": "夜间", "after_hours": True},
        "set_approval_rule": {"name": "夜间", "after_hours": True},
        "set_room_quota": {"unit": rooms.cast.finance.name, "minutes_a_month": 600},
        "make_calendar_feed": {"room": ""},
    }  # fmt: skip
    calls = (
        "set_meeting_room",
        "block_room",
        "join_meeting_rooms",
        "room_blockings",
        "make_door_panel",
        "room_day",
    )
    return {f"api:{call}/body": body for call, body in bodies.items()} | {
        f"api:{call}/code": rooms.small.place.code for call in calls
    }  # fmt: skip
