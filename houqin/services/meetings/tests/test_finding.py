"""Rooms and times for several people and their needs, by one query."""

from datetime import timedelta

from django.utils import timezone

from houqin.services.meetings import actions, queries


def find(rooms, **more):
    more.setdefault("seats", 10)
    return queries.find(
        rooms.cast.staff,
        starts_from=rooms.at(9),
        ends_by=rooms.at(12),
        minutes=60,
        now=timezone.now(),
        **more,
    )


def test_what_is_free_and_wastes_least_comes_first(rooms):
    rooms.book(rooms.small, 9, hours=1)
    best = find(rooms)[0]
    assert best.room == rooms.small.pk
    assert best.starts_at == rooms.at(10)


def test_a_time_when_everybody_is_there_comes_before_one_when_somebody_is_missing(rooms):
    cast = rooms.cast
    rooms.book(rooms.east, 9, hours=2, actor=cast.colleague)
    found = find(rooms, people=[cast.colleague, cast.staff])
    assert found[0].starts_at == rooms.at(11)
    assert found[0].busy == ()
    assert {each.busy for each in found} == {(), ("陈立",)}


def test_who_is_asked_to_another_meeting_is_engaged_unless_they_declined(rooms):
    cast = rooms.cast
    meeting = rooms.book(rooms.east, 9, hours=2)
    (asked,) = actions.invite(cast.staff, meeting=meeting.pk, people=[cast.colleague])
    assert find(rooms, people=[cast.colleague])[0].starts_at == rooms.at(11)
    actions.reply(cast.colleague, token=asked.token, answer="no")
    assert find(rooms, people=[cast.colleague])[0].starts_at == rooms.at(9)


def test_needs_and_the_building_are_kept(rooms):
    actions.set_room(rooms.cast.clerk, room=rooms.east.pk, equipment=["projector", "interpretation"])
    assert {each.room for each in find(rooms, equipment=["interpretation"])} == {rooms.east.pk}
    assert find(rooms, within=rooms.cast.other_tower) == []
    assert find(rooms, layout="theatre") == []
    assert find(rooms, seats=500) == []


def test_a_joined_room_is_not_found_while_a_part_is_taken(rooms):
    rooms.book(rooms.west, 9, hours=3)
    assert rooms.both.pk not in {each.room for each in find(rooms, seats=60)}
    assert rooms.both.pk in {each.room for each in queries.find(
        rooms.cast.staff, starts_from=rooms.at(13), ends_by=rooms.at(15), minutes=60, seats=60, now=timezone.now()
    )}  # fmt: skip


def test_finding_is_one_query_whatever_is_asked(rooms, django_assert_num_queries):
    for hour in (9, 10, 11):
        rooms.book(rooms.east, hour)
    people = [rooms.cast.staff, rooms.cast.colleague, rooms.cast.head]
    with django_assert_num_queries(1):
        queries.find(
            rooms.cast.staff, starts_from=rooms.at(8), ends_by=rooms.at(8) + timedelta(days=20), minutes=90, seats=5,
            people=people, equipment=["projector"], layout="board", within=rooms.cast.tower, now=timezone.now(),
        )  # fmt: skip


def test_free_rooms_of_an_hour(rooms):
    rooms.book(rooms.both, 10)
    free = queries.free_rooms(rooms.at(10), rooms.at(11), seats=5)
    assert list(free) == [rooms.small]
