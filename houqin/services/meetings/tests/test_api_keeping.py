"""Keeping rooms, approval, quotas, calendars, groups and the desk's scanner over HTTP."""

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from houqin.exchange.tests.test_api import Caller
from houqin.foundation.places.models import Place
from houqin.foundation.trail.models import Entry
from houqin.services.meetings import actions, queries
from houqin.services.meetings.guests import Guest
from houqin.services.meetings.models import ApprovalRule, Feed, Participant, Quota, Room


@pytest.fixture
def clerk(rooms):
    return Caller(rooms.cast.clerk)


@pytest.fixture
def manager(rooms):
    rooms.cast.appoint(rooms.cast.sysadmin, ["meetings.manage"], rooms.cast.city)
    return Caller(rooms.cast.sysadmin)


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def test_a_keeper_sets_buffers_closes_and_joins_their_rooms(rooms, clerk):
    kept = {each["code"]: each for each in clerk.get("/meetings/kept").json()["items"]}
    assert kept["A1-M4"]["parts"] == ["A1-M2", "A1-M3"]
    changed = clerk.post(
        "/meetings/kept/A1-M1", {"setup_minutes": 15, "clearing_minutes": 10, "release_minutes": None}
    )
    assert changed.status_code == 200, changed.content
    assert (changed.json()["setup_minutes"], changed.json()["release_minutes"], changed.json()["seats"]) == (15, None, 12)  # fmt: skip
    assert rooms.book(queries.room_of(rooms.small.pk)).setup_minutes == 15
    wrong = clerk.post("/meetings/kept/A1-M1", {"opens_at": "20:00", "closes_at": "08:00"})
    assert "关闭时间应晚于开放时间" in str(wrong.json()["errors"]["closes_at"])
    taken = clerk.post(
        "/meetings/kept/A1-M1/blockings",
        {"starts_at": rooms.at(9).isoformat(), "ends_at": rooms.at(12).isoformat(), "reason": "检修"},
    )
    assert (taken.status_code, "预算碰头会" in taken.json()["detail"]) == (409, True)
    made = clerk.post(
        "/meetings/kept/A1-M1/blockings",
        {"starts_at": rooms.at(14).isoformat(), "ends_at": rooms.at(16).isoformat(), "reason": "检修"},
    ).json()
    assert [each["id"] for each in clerk.get("/meetings/kept/A1-M1/blockings").json()["items"]] == [
        made["id"]
    ]
    assert clerk.post(f"/meetings/blockings/{made['id']}/lift", {}).json()["lifted_at"]
    assert clerk.post("/meetings/kept/A1-M4/parts", {"parts": []}).json()["parts"] == []
    unknown = clerk.post("/meetings/kept/A1-M4/parts", {"parts": ["B9"]})
    assert "没有编码为“B9”的会议室" in str(unknown.json()["errors"]["parts"])
    panel = clerk.post("/meetings/kept/A1-M1/panel", {}).json()["address"]
    assert Client().get(panel[panel.index("/meetings/") :]).status_code == 200
    for path in ("/meetings/kept", "/meetings/kept/A1-M1/blockings"):
        assert Caller(rooms.cast.staff).get(path).status_code == 403


def test_approval_and_quotas_are_kept_by_who_manages_all_rooms(rooms, clerk, manager):
    made = manager.post("/meetings/approvals", {"name": "大会议室", "seats_from": 80})
    assert made.status_code == 201, made.content
    rule = made.json()["id"]
    assert rooms.wish(rooms.both).room.capacity >= ApprovalRule.objects.get().seats_from
    off = manager.post(f"/meetings/approvals/{rule}", {"name": "大会议室", "seats_from": 80, "active": False})
    assert off.json()["active"] is False
    assert "没有这个科室" in str(
        manager.post("/meetings/approvals", {"name": "甲", "unit": "无此单位"}).json()
    )
    quota = manager.post("/meetings/quotas", {"unit": rooms.cast.finance.name, "minutes_a_month": 600}).json()
    assert (quota["unit"], quota["minutes_a_month"]) == (str(rooms.cast.finance), 600)
    again = manager.post("/meetings/quotas", {"unit": rooms.cast.finance.name, "minutes_a_month": 900}).json()
    assert again == {**quota, "minutes_a_month": 900}
    assert manager.post(f"/meetings/quotas/{quota['id']}/drop", {}).json()["items"] == []
    assert not Quota.objects.exists()
    told = Entry.objects.filter(action__in=["meetings.make_rule", "meetings.set_rule", "meetings.set_quota", "meetings.drop_quota"])  # fmt: skip
    assert told.count() == 5
    for path in ("/meetings/approvals", "/meetings/quotas"):
        assert clerk.get(path).status_code == 403


def test_a_calendar_is_subscribed_to_and_its_address_told_once(rooms):
    caller = Caller(rooms.cast.staff)
    rooms.book(rooms.small)
    answer = caller.post("/meetings/feeds", {}, idempotency_key="k1")
    assert answer.status_code == 201, answer.content
    address = answer.json()["address"]
    path = address[address.index("/meetings/") :]
    assert "预算碰头会" in Client().get(path).content.decode()
    again = caller.post("/meetings/feeds", {}, idempotency_key="k1").json()["address"]
    assert again != address  # nothing secret was kept: a new one, and the former has ended
    assert Client().get(path).status_code == 404
    caller.post("/meetings/feeds", {"room": "A1-M1"})
    feeds = caller.get("/meetings/feeds").json()["items"]
    assert [each["room"] for each in feeds] == [None, "A1-M1"]
    assert caller.post(f"/meetings/feeds/{feeds[0]['id']}/end", {}).json()["items"] == feeds[1:]
    assert Caller(rooms.cast.colleague).post(f"/meetings/feeds/{feeds[1]['id']}/end", {}).status_code == 404
    assert Feed.objects.count() == 1


def test_a_list_is_kept_as_a_group_and_asked_again(rooms):
    meeting, following = rooms.book(rooms.small), rooms.book(rooms.east, 15)
    cast, caller = rooms.cast, Caller(rooms.cast.staff)
    actions.invite(
        cast.staff, meeting=meeting.pk, people=[cast.colleague], guests=[Guest("程立", "江城大学")]
    )
    (group,) = caller.post(f"/meetings/bookings/{meeting.pk}/groups", {"name": "专班"}).json()["items"]
    assert (group["name"], group["size"]) == ("专班", 2)
    asked = caller.post(f"/meetings/bookings/{following.pk}/participants", {"groups": [group["id"]]})
    assert asked.status_code == 201, asked.content
    assert {each["name"] for each in asked.json()["items"]} == {cast.colleague.name, "程立"}
    wrong = caller.post(f"/meetings/bookings/{following.pk}/participants", {"groups": [group["id"] + 9]})
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["groups"])
    assert Caller(cast.other_staff).post(f"/meetings/groups/{group['id']}/drop", {}).status_code == 404
    assert caller.post(f"/meetings/groups/{group['id']}/drop", {}).json()["items"] == []


def test_the_desk_signs_in_by_what_the_scanner_reads(rooms, clock):
    cast = rooms.cast
    meeting = rooms.book(rooms.small)
    (guest,) = actions.invite(cast.staff, meeting=meeting.pk, guests=[Guest("程立", "江城大学")])
    scan = f"/meetings/bookings/{meeting.pk}/sign-in/pass"
    desk = Caller(cast.clerk)
    early = desk.post(scan, {"scanned": guest.token})
    assert (early.status_code, "签到 09:15 开始" in early.json()["detail"]) == (409, True)
    clock.move_to(rooms.at(9.9))
    done = desk.post(scan, {"scanned": f"https://houqin.example/meetings/p/{guest.token}"})
    assert done.status_code == 200, done.content
    assert (done.json()["name"], bool(done.json()["signed_in_at"])) == ("程立", True)
    assert desk.post(scan, {"scanned": guest.token}).json() == done.json()  # a second time changes nothing
    wrong = desk.post(scan, {"scanned": "abc"})
    assert (wrong.status_code, "不是本次会议的" in wrong.json()["detail"]) == (404, True)
    assert Caller(cast.other_staff).post(scan, {"scanned": guest.token}).status_code == 404
    assert Participant.objects.get().signed_in_by == "pass"


def test_a_week_of_all_rooms_with_what_takes_them(rooms):
    meeting = rooms.book(rooms.east, 10, hours=2, title="调度会")
    day = meeting.starts_at.astimezone().date()
    week = Caller(rooms.cast.other_staff).get("/meetings/week", on=f"{rooms.at(10).date()}", seats=50).json()
    assert [each["room"]["code"] for each in week["rooms"]] == ["A1-M4"]
    (both,) = week["rooms"]
    assert (both["hours"][day.weekday()], sum(both["hours"])) == (2.0, 2.0)
    assert [each["title"] for each in both["taken"]] == ["调度会"]
    assert Caller(rooms.cast.staff).get("/meetings/week", on="1700-01-01").status_code == 400


def test_the_back_office_keeps_quotas_and_rules_by_the_same_actions(rooms, manager, as_person):
    client = as_person(rooms.cast.sysadmin)
    client.post("/backoffice/meetings/quota/add/", {"unit": rooms.cast.finance.pk, "minutes_a_month": 600})
    quota = Quota.objects.get()
    client.post(f"/backoffice/meetings/quota/{quota.pk}/change/", {"minutes_a_month": 900})
    quota.refresh_from_db()
    assert quota.minutes_a_month == 900
    client.post(f"/backoffice/meetings/quota/{quota.pk}/delete/", {"post": "yes"})
    assert not Quota.objects.exists()
    client.post(
        "/backoffice/meetings/approvalrule/add/", {"name": "夜间", "after_hours": "on", "active": "on"}
    )
    rule = ApprovalRule.objects.get()
    client.post(f"/backoffice/meetings/approvalrule/{rule.pk}/change/", {"name": "夜间", "after_hours": "on"})
    rule.refresh_from_db()
    assert rule.active is False
    told = Entry.objects.filter(action__startswith="meetings.").values_list("action", flat=True)
    assert {"meetings.set_quota", "meetings.drop_quota", "meetings.make_rule", "meetings.set_rule"} <= set(told)  # fmt: skip


def test_a_space_becomes_a_meeting_room(rooms, clerk):
    space = Place.objects.filter(kind="space").exclude(pk__in=Room.objects.values("pk")).first()
    given = {"place": space.code, "keeper": rooms.small.keeper.name, "capacity": 12}
    refused = clerk.post("/meetings/kept", {**given, "place": "没有"})
    assert (refused.status_code, "没有这个房间" in refused.content.decode()) == (400, True)
    made = clerk.post("/meetings/kept", given)
    assert (made.status_code, made.json()["code"], made.json()["seats"]) == (201, space.code, 12), (
        made.content
    )
    assert "已是会议室" in str(clerk.post("/meetings/kept", given).json())
    assert Room.objects.get(place=space).keeper == rooms.small.keeper
