"""Big events over HTTP: planned, staffed, moved and called off by the same actions as the pages."""

from datetime import timedelta

import pytest

from houqin.exchange.tests.test_api import Caller
from houqin.services.meetings.models import Meeting


@pytest.fixture
def clerk(rooms):
    return Caller(rooms.cast.clerk)


@pytest.fixture
def event(rooms, clerk):
    made = clerk.post(
        "/meetings/events",
        {"title": "全市大会", "starts_at": rooms.at(9, days=3).isoformat(), "ends_at": rooms.at(11, days=3).isoformat()},
    )  # fmt: skip
    assert made.status_code == 201, made.content
    return made.json()["event"]["id"]


def test_a_plenary_is_planned_part_by_part_and_read_by_who_stands_at_a_post(rooms, clerk, event):
    at = rooms.at(9, days=3)
    plan = f"/meetings/events/{event}"
    parts = (
        ("venues", {"main": "A1-M4", "branches": ["A1-M1"]}),
        ("posts", {"name": "签到台", "where": "序厅", "task": "签到、发放材料", "needed": 2}),
        ("vehicles", {"plate_number": "浙A12345", "unit": "第一代表团", "arrives_at": at.isoformat(), "leaves_at": (at + timedelta(hours=3)).isoformat()}),
        ("checks", {"text": "音响试音", "due_at": rooms.at(17, days=2).isoformat()}),
        ("steps", {"starts_at": at.isoformat(), "minutes": 5, "what": "宣布开会", "who": "主持人"}),
    )  # fmt: skip
    for part, body in parts:
        made = clerk.post(f"{plan}/{part}", body)
        assert made.status_code == 201, made.content
    post = made.json()["posts"][0]["id"]
    made = clerk.post(f"{plan}/staff", {"post": post, "people": [rooms.cast.colleague.name]})
    assert made.status_code == 201, made.content
    check = made.json()["checks"][0]["id"]
    assert (
        clerk.post(f"{plan}/checks/{check}/tick", {}).json()["checks"][0]["done_by"] == rooms.cast.clerk.name
    )
    read = Caller(rooms.cast.colleague).get(plan).json()
    assert [(each["room"], each["main"]) for each in read["venues"]] == [("A1-M4", True), ("A1-M1", False)]
    assert read["posts"][0]["people"][0]["person"] == rooms.cast.colleague.name
    assert (read["vehicles"][0]["plate"], read["steps"][0]["what"]) == ("浙A12345", "宣布开会")
    assert Caller(rooms.cast.other_staff).get(plan).status_code == 404
    assert [each["id"] for each in Caller(rooms.cast.colleague).get("/meetings/events").json()["items"]] == [event]  # fmt: skip
    assert Caller(rooms.cast.other_staff).get("/meetings/events").json()["items"] == []


def test_a_venue_that_is_taken_is_told_and_none_is_booked(rooms, clerk, event):
    rooms.book(rooms.east, 9, days=3)
    answer = clerk.post(f"/meetings/events/{event}/venues", {"main": "A1-M4", "branches": ["A1-M1"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "series_clash")
    assert len(answer.json()["clashes"]) == 1
    assert not Meeting.objects.filter(event=event).exists()
    unknown = clerk.post(f"/meetings/events/{event}/venues", {"main": "没有这间"})
    assert unknown.status_code == 400
    assert "没有这间会议室" in unknown.json()["errors"]["main"][0]


def test_it_moves_and_ends_as_one_and_says_what_is_wrong(rooms, clerk, event):
    clerk.post(f"/meetings/events/{event}/venues", {"main": "A1-M1"})
    past = clerk.post(f"/meetings/events/{event}/move", {"starts_at": rooms.at(9, days=-3).isoformat()})
    assert (past.status_code, "今后的时间" in str(past.json()["errors"])) == (400, True)
    moved = clerk.post(f"/meetings/events/{event}/move", {"starts_at": rooms.at(14, days=4).isoformat()})
    assert moved.status_code == 200, moved.content
    assert Meeting.objects.get(event=event).starts_at == rooms.at(14, days=4)
    assert "取消原因" in str(clerk.post(f"/meetings/events/{event}/off", {"reason": " "}).json()["errors"])
    off = clerk.post(f"/meetings/events/{event}/off", {"reason": "合并召开"}).json()
    assert (off["event"]["called_off"], off["venues"]) == (True, [])
    again = clerk.post(f"/meetings/events/{event}/posts", {"name": "引导岗"})
    assert (again.status_code, again.json()["detail"]) == (409, "活动已取消。")


def test_planning_is_for_the_meeting_service(rooms):
    body = {"title": "全市大会", "starts_at": rooms.at(9).isoformat(), "ends_at": rooms.at(11).isoformat()}
    assert Caller(rooms.cast.staff).post("/meetings/events", body).status_code == 403
