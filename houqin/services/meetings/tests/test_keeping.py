"""Rooms are set, closed, joined and given a tablet by who keeps them; the tablet starts what is due."""

from datetime import timedelta

import time_machine
from django.utils import timezone

from houqin.services.meetings.models import Meeting, MeetingState, Room


def local(at):
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")


def settings_of(room, **more):
    return {
        "capacity": room.capacity, "layouts": ["board"], "equipment": ["screen"], "opens_at": "08:00", "closes_at": "20:00",
        "setup_minutes": 0, "clearing_minutes": 10, "horizon_days": 60, "longest_minutes": 480, "release_minutes": 20,
        "bookable": "on", "note": "", **more,
    }  # fmt: skip


def test_a_keeper_sets_a_room_and_others_do_not(rooms, as_person):
    clerk = as_person(rooms.cast.clerk)
    address = f"/meetings/rooms/{rooms.small.pk}/settings"
    assert "301会议室" in clerk.get("/meetings/rooms").content.decode()
    assert "已保存" in clerk.post(address, settings_of(rooms.small), follow=True).content.decode()
    room = Room.objects.get(pk=rooms.small.pk)
    assert (room.equipment, room.clearing_minutes, room.release_minutes) == (["screen"], 10, 20)
    wrong = clerk.post(address, settings_of(rooms.small, closes_at="07:00"))
    assert wrong.status_code == 422
    assert "关闭时间应晚于开放时间" in wrong.content.decode()
    assert as_person(rooms.cast.staff).get(address).status_code == 403


def test_a_room_is_closed_for_a_reason_and_opened_again(rooms, as_person):
    clerk = as_person(rooms.cast.clerk)
    block = f"/meetings/rooms/{rooms.small.pk}/block"
    times = {"starts_at": local(rooms.at(9)), "ends_at": local(rooms.at(12))}
    assert clerk.post(block, times).status_code == 422
    assert "灯光检修" in clerk.post(block, {**times, "reason": "灯光检修"}, follow=True).content.decode()
    day = f"{timezone.localdate(rooms.at(9)):%Y-%m-%d}"
    assert "灯光检修" in clerk.get(f"/meetings/?day={day}").content.decode()
    refused = clerk.post(f"/meetings/rooms/{rooms.small.pk}/block", {**times, "reason": "再停"})
    assert "停用" in refused.content.decode()
    blocking = rooms.small.blockings.get()
    assert "已恢复预订" in clerk.post(f"/meetings/blockings/{blocking.pk}/lift", follow=True).content.decode()


def test_rooms_are_joined_and_split_on_the_page(rooms, as_person):
    clerk = as_person(rooms.cast.clerk)
    address = f"/meetings/rooms/{rooms.both.pk}/join"
    assert "已保存" in clerk.post(address, {"parts": [rooms.east.pk]}, follow=True).content.decode()
    assert [part.part_id for part in rooms.both.parts.all()] == [rooms.east.pk]
    clerk.post(address, {})
    assert [part.part_id for part in rooms.both.parts.all()] == [rooms.both.pk]


def test_the_tablet_shows_the_room_and_starts_what_is_due(rooms, as_person, client):
    clerk = as_person(rooms.cast.clerk)
    page = clerk.post(f"/meetings/rooms/{rooms.small.pk}/panel").content.decode()
    address = page.split('class="address">')[1].split("<")[0]
    panel = address[address.index("/meetings/") :]
    meeting = rooms.book(rooms.small, 10)
    with time_machine.travel(meeting.starts_at - timedelta(hours=1), tick=False):
        shown = client.get(panel).content.decode()
        assert "空闲至 10:00" in shown
        assert "我们到了" not in shown
        assert "现在没有待开始的会议" in client.post(panel).content.decode()
    with time_machine.travel(meeting.starts_at + timedelta(minutes=5), tick=False):
        assert "我们到了" in client.get(panel).content.decode()
        client.post(panel)
        assert "使用中" in client.get(panel).content.decode()
    assert Meeting.objects.get().state == MeetingState.RUNNING
    clerk.post(f"/meetings/rooms/{rooms.small.pk}/panel")
    assert client.get(panel).status_code == 404
