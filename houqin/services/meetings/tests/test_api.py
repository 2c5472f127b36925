"""Rooms and bookings over HTTP, by the same actions as the pages."""

from datetime import datetime, timedelta

from django.utils import timezone

from houqin.exchange.tests.test_api import Caller
from houqin.services.meetings import actions
from houqin.services.meetings.models import ApprovalRule, Meeting


def body(rooms, room=None, hour=10, **more):
    return {
        "room": (room or rooms.small).place.code, "subject": "接口预订", "starts_at": rooms.at(hour).isoformat(),
        "ends_at": rooms.at(hour + 1).isoformat(), "expected": 5, **more,
    }  # fmt: skip


def test_a_room_is_booked_moved_and_given_back(rooms):
    caller = Caller(rooms.cast.staff)
    made = caller.post("/meetings/bookings", body(rooms))
    assert made.status_code == 201, made.content
    meeting = made.json()
    assert (meeting["room"], meeting["state"]) == ("A1-M1", "booked")
    day = caller.get("/meetings/rooms/A1-M1/day", on=meeting["starts_at"][:10]).json()
    assert [each["title"] for each in day["taken"]] == ["接口预订"]
    free = caller.get("/meetings/free", starts_at=meeting["starts_at"], ends_at=meeting["ends_at"]).json()[
        "items"
    ]
    assert "A1-M1" not in {each["code"] for each in free}
    moved = caller.post(
        f"/meetings/bookings/{meeting['id']}/move",
        {
            "room": "A1-M2",
            "starts_at": rooms.at(14).isoformat(),
            "ends_at": rooms.at(15).isoformat(),
            "seen": 0,
        },
    )
    assert (moved.status_code, moved.json()["room"]) == (200, "A1-M2")
    gone = caller.post(f"/meetings/bookings/{meeting['id']}/cancel", {"reason": "改期"})
    assert gone.json()["state"] == "cancelled"


def test_who_is_late_gets_the_alternatives_as_data(rooms):
    rooms.book(rooms.small, 10)
    answer = Caller(rooms.cast.other_staff).post("/meetings/bookings", body(rooms))
    assert (answer.status_code, answer.json()["code"]) == (409, "room_taken")
    assert len(answer.json()["alternatives"]) == 3


def test_the_same_key_books_once(rooms):
    caller = Caller(rooms.cast.staff)
    first, again = (caller.post("/meetings/bookings", body(rooms), idempotency_key="a1") for _ in range(2))
    assert first.json() == again.json()
    assert Meeting.objects.count() == 1


def test_a_room_that_needs_approval_answers_with_its_case(rooms):
    ApprovalRule.objects.create(name="大会议室", seats_from=80)
    answer = Caller(rooms.cast.staff).post("/meetings/bookings", body(rooms, rooms.both, expected=80))
    assert answer.status_code == 201, answer.content
    assert answer.json()["state"] == "pending"
    assert len(answer.json()["case"]) == 10
    direct = Caller(rooms.cast.staff).post("/items/meetings.book/cases", body(rooms))
    assert (direct.status_code, direct.json()["code"]) == (409, "direct_item")
    assert "/api/v1/meetings/bookings" in direct.json()["title"]


def test_a_series_tells_its_clashes(rooms):
    caller = Caller(rooms.cast.staff)
    made = caller.post("/meetings/series", {**body(rooms), "rule": "FREQ=WEEKLY;COUNT=4"})
    assert len(made.json()["meetings"]) == 4
    again = Caller(rooms.cast.other_staff).post(
        "/meetings/series", {**body(rooms), "rule": "FREQ=WEEKLY;COUNT=2"}
    )
    assert (again.status_code, again.json()["code"], len(again.json()["clashes"])) == (409, "series_clash", 2)


def test_waiting_and_finding(rooms):
    rooms.book(rooms.small, 10)
    caller = Caller(rooms.cast.other_staff)
    waiting = caller.post("/meetings/waits", body(rooms))
    assert waiting.status_code == 201, waiting.content
    assert caller.post(f"/meetings/waits/{waiting.json()['id']}/stop", {}).json()["state"] == "withdrawn"
    day = rooms.at(10).date().isoformat()
    found = caller.get("/meetings/find", seats=5, minutes=60, first=day, last=day).json()["items"]
    assert found[0]["room"] == "A1-M1"


def test_somebody_elses_meeting_is_not_there(rooms):
    meeting = rooms.book(rooms.small)
    assert Caller(rooms.cast.other_staff).get(f"/meetings/bookings/{meeting.pk}").status_code == 404


def test_the_rest_of_a_series_is_moved_and_called_off(rooms):
    caller = Caller(rooms.cast.staff)
    made = caller.post("/meetings/series", {**body(rooms), "rule": "FREQ=WEEKLY;COUNT=4"}).json()
    second = made["meetings"][1]
    later = {name: datetime.fromisoformat(second[name]) + timedelta(hours=5) for name in ("starts_at", "ends_at")}  # fmt: skip
    whole = {name: at.isoformat() for name, at in later.items()}
    moved = caller.post(
        f"/meetings/bookings/{second['id']}/move", {**whole, "seen": second["sequence"], "following": True}
    )
    assert moved.status_code == 200, moved.content
    series = Meeting.objects.filter(pk__in=[each["id"] for each in made["meetings"]]).order_by("starts_at")
    assert [timezone.localtime(each.starts_at).hour for each in series] == [10, 15, 15, 15]
    third = made["meetings"][2]["id"]
    assert (
        caller.post(f"/meetings/bookings/{third}/cancel", {"following": True}).json()["state"] == "cancelled"
    )
    states = [caller.get(f"/meetings/bookings/{each['id']}").json()["state"] for each in made["meetings"]]
    assert states == ["booked", "booked", "cancelled", "cancelled"]
    single = caller.post("/meetings/bookings", body(rooms, hour=17)).json()["id"]
    refused = caller.post(f"/meetings/bookings/{single}/cancel", {"following": True})
    assert (refused.status_code, "这不是系列会议" in refused.content.decode()) == (409, True)


def test_somebody_comes_in_ones_place(rooms):
    cast = rooms.cast
    meeting = rooms.book(rooms.small)
    actions.invite(cast.staff, meeting=meeting.pk, people=[cast.colleague])
    caller = Caller(cast.colleague)
    path = f"/meetings/bookings/{meeting.pk}/substitute"
    assert "没有" in str(caller.post(path, {"substitute": "查无此人"}).json())
    made = caller.post(path, {"substitute": cast.other_staff.name, "note": "出差"})
    assert (made.status_code, made.json()["name"]) == (201, cast.other_staff.name)
    assert meeting.participants.get(person=cast.colleague).reply == "no"
    assert caller.post(path, {"substitute": cast.other_staff.name}).status_code == 409
