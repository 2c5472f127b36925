"""Many clients at once, each on a connection of its own: a room has one meeting, a series is whole."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from houqin.foundation.errors import Problem
from houqin.foundation.people.models import Person
from houqin.services.meetings import actions
from houqin.services.meetings.models import Meeting, MeetingState, Occupation, Quota, Wait, WaitState
from houqin.services.meetings.problems import Taken

pytestmark = pytest.mark.db_facing


def at_once(work, count: int) -> list:
    barrier = Barrier(count)

    def one(number: int):
        try:
            barrier.wait(60)
            return work(number)
        except Problem as problem:
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def overlapping() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM meetings_occupation a JOIN meetings_occupation b"
            " ON a.id < b.id AND a.part_id = b.part_id AND a.during && b.during"
        )
        return cursor.fetchone()[0]


def test_of_sixty_four_who_want_the_same_hour_one_gets_it_and_the_others_are_told(committed_rooms):
    rooms = committed_rooms
    people = list(Person.objects.select_related("organisation").order_by("pk"))

    def client(number: int):
        who = people[number % len(people)]
        return actions.book(who, wish=rooms.wish(rooms.small, organiser=who), title=f"第{number}个")

    answers = at_once(client, 64)
    won = [answer for answer in answers if isinstance(answer, Meeting)]
    lost = [answer for answer in answers if not isinstance(answer, Meeting)]
    assert len(won) == 1
    assert Meeting.objects.count() == 1
    assert {type(answer) for answer in lost} == {Taken}
    assert all(
        won[0].organiser.name in str(answer.message) and len(answer.alternatives) == 3 for answer in lost
    )


def test_joined_rooms_and_their_parts_at_once_never_overlap(committed_rooms):
    rooms = committed_rooms
    which = (rooms.east, rooms.west, rooms.both)
    staff = Person.objects.select_related("organisation").get(pk=rooms.cast.staff.pk)

    def client(number: int):
        room = which[number % 3]
        return actions.book(staff, wish=rooms.wish(room, 9 + number % 4 * 0.5), title=f"第{number}个")

    at_once(client, 24)
    assert Meeting.objects.exists()
    assert overlapping() == 0


def test_two_bookings_do_not_both_take_the_last_of_a_quota(committed_rooms):
    rooms = committed_rooms
    Quota.objects.create(unit=rooms.cast.finance, minutes_a_month=60)
    staff = Person.objects.select_related("organisation").get(pk=rooms.cast.staff.pk)

    def client(number: int):
        return actions.book(
            staff, wish=rooms.wish((rooms.small, rooms.east)[number % 2], 9 + number), title=f"第{number}个"
        )

    answers = at_once(client, 6)
    assert sum(isinstance(answer, Meeting) for answer in answers) == 1


def test_a_change_of_the_series_and_one_of_a_single_meeting_do_not_pass_each_other(committed_rooms):
    rooms = committed_rooms
    staff = Person.objects.select_related("organisation").get(pk=rooms.cast.staff.pk)
    series = actions.book_series(
        staff, wish=rooms.wish(rooms.small), title="例会", rule="FREQ=WEEKLY;COUNT=6"
    )
    meetings = list(series.meetings.order_by("original_start"))

    def client(number: int):
        if number % 2:
            return actions.move_following(staff, meeting=meetings[1].pk, shift=timedelta(minutes=30))
        one = meetings[2 + number % 4]
        return actions.move(
            staff,
            meeting=one.pk,
            starts_at=one.starts_at + timedelta(hours=4),
            ends_at=one.ends_at + timedelta(hours=4),
        )

    at_once(client, 8)
    assert overlapping() == 0
    booked = Meeting.objects.filter(state=MeetingState.BOOKED)
    assert booked.count() == 6
    assert Occupation.objects.count() == 6
    assert all(
        meeting.occupations.get().during.lower == meeting.starts_at
        for meeting in booked.prefetch_related("occupations")
    )


def test_what_becomes_free_goes_to_one_who_waits_however_many_give_and_take(committed_rooms):
    rooms = committed_rooms
    staff = Person.objects.select_related("organisation").get(pk=rooms.cast.staff.pk)
    meeting = actions.book(staff, wish=rooms.wish(rooms.small), title="让出")
    waiting = list(Person.objects.exclude(pk=staff.pk).select_related("organisation"))[:6]
    for person in waiting:
        actions.wait(
            person,
            room=rooms.small,
            title=f"{person.name}的会",
            starts_at=meeting.starts_at,
            ends_at=meeting.ends_at,
        )

    def client(number: int):
        if number == 0:
            return actions.cancel(staff, meeting=meeting.pk)
        return actions.book(staff, wish=rooms.wish(rooms.small), title="再订")

    at_once(client, 8)
    assert overlapping() == 0
    assert Meeting.objects.filter(state=MeetingState.BOOKED).count() == 1
    assert Wait.objects.filter(state=WaitState.PROMOTED).count() <= 1
