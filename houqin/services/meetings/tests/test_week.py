"""The week of all rooms: what is taken is drawn on its day, within a page that stays small."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from houqin.foundation.places.models import Place
from houqin.services.meetings import actions
from houqin.services.meetings.models import Meeting, Room, RoomPart

#: A Monday, so that the coming days lie in the same week.
MONDAY = datetime(2026, 3, 16, 8, 0, tzinfo=timezone.get_default_timezone())


@pytest.fixture(autouse=True)
def on_monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


def row_of(page, name):
    return next(row for row in page.split("<li>") if f">{name}" in row or f" {name}</span>" in row)


def fill(rooms, count):
    """So many more rooms, each with three meetings a workday."""
    places = Place.objects.bulk_create(
        Place(
            kind="space", code=f"W{number}", name=f"{number}会议室", full_name=f"1号楼 3层 {number}会议室",
            parent=rooms.cast.floor, path=f"{rooms.cast.floor.path}w{number}/", space_kind="meeting",
        )
        for number in range(count)
    )  # fmt: skip
    made = Room.objects.bulk_create(
        Room(place=place, keeper=rooms.cast.general, capacity=20) for place in places
    )
    RoomPart.objects.bulk_create(RoomPart(room=room, part=room) for room in made)
    who = rooms.cast.staff
    Meeting.objects.bulk_create(
        Meeting(
            title="例会", room=room, organiser=who, booked_by=who, section=who.organisation,
            starts_at=rooms.at(hour, days=day), ends_at=rooms.at(hour + 1, days=day),
        )
        for room in made for day in range(5) for hour in (9, 11, 15)
    )  # fmt: skip


def test_a_booking_stands_on_its_day_and_a_closed_time_beside_it(rooms, as_person):
    rooms.book(rooms.small, 10, days=1)
    actions.block(rooms.cast.clerk, room=rooms.small.pk, starts_at=rooms.at(14), ends_at=rooms.at(15), reason="检修")  # fmt: skip
    row = row_of(
        as_person(rooms.cast.staff).get("/meetings/week?day=2026-03-19").content.decode(), "301会议室"
    )
    assert "m72 0h4" in row  # Tuesday's sixty quarters begin at 60; ten o'clock is the twelfth
    assert 'class="is-off" d="M0 1m88 0h4"' in row
    assert "2 小时" in row


def test_a_joined_room_shows_what_its_parts_hold_once(rooms, as_person):
    rooms.book(rooms.east, 10, days=0)
    rooms.book(rooms.west, 10.5, days=0)
    row = row_of(as_person(rooms.cast.staff).get("/meetings/week").content.decode(), "东西厅")
    assert "M0 1m12 0h4m0 0h2" in row
    assert "1.5 小时" in row


def test_what_begins_before_the_week_or_lasts_over_night_is_drawn_within_each_day(rooms, as_person):
    who = rooms.cast.staff
    Meeting.objects.create(
        title="驻会培训", room=rooms.small, organiser=who, booked_by=who, section=who.organisation,
        starts_at=rooms.at(14, days=-1), ends_at=rooms.at(12, days=1),
    )  # fmt: skip
    row = row_of(as_person(who).get("/meetings/week").content.decode(), "301会议室")
    assert "M0 1m0 0h60m0 0h20" in row  # all of Monday, Tuesday until noon


def test_filters_are_the_days_and_lead_there_and_back(rooms, as_person):
    client = as_person(rooms.cast.staff)
    page = client.get("/meetings/week?seats=50&free=now").content.decode()
    assert "东西厅" in page
    assert "301会议室" not in page
    assert "现在空闲" not in page
    assert 'href="/meetings/?day=2026-03-18&amp;seats=50"' in page
    day = client.get("/meetings/?seats=50&free=now").content.decode()
    assert 'href="/meetings/week?day=2026-03-16&amp;seats=50"' in day
    empty = client.get("/meetings/week?equipment=interpretation").content.decode()
    assert "没有符合条件的会议室" in empty


def test_a_hundred_and_twenty_rooms_cost_the_queries_of_four_and_stay_small(
    rooms, as_person, django_assert_max_num_queries
):
    client = as_person(rooms.cast.staff)
    client.get("/meetings/week")
    with django_assert_max_num_queries(9) as few:
        client.get("/meetings/week")
    fill(rooms, 116)
    with django_assert_max_num_queries(9) as many:
        page = client.get("/meetings/week")
    assert [sum("FROM meetings_" in q["sql"].replace('"', "") for q in each.captured_queries) for each in (few, many)] == [2, 2]  # fmt: skip
    assert len(page.content) <= 60_000
    assert page.content.decode().count('<svg viewBox="0 0 420 2"') == 120
    assert page.content.decode().count("15 小时") == 116


def test_the_days_say_how_full_the_house_is(rooms, as_person):
    rooms.book(rooms.small, 7.5, days=2, hours=13.5)
    head = as_person(rooms.cast.staff).get("/meetings/week").content.decode().split("wk-rows")[0]
    assert re.findall(r"已订 (\d+)%", head) == ["0", "0", "25", "0", "0", "0", "0"]
    assert f'data-day="{timezone.localdate() + timedelta(days=6)}"' in head
