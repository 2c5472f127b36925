"""Recurring meetings: booked whole or not at all, with exceptions, changed from one of them on."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from houqin.affairs.actions import perform, submit
from houqin.affairs.models import Case
from houqin.foundation.calendar.models import Day
from houqin.foundation.errors import Problem
from houqin.services.meetings import actions
from houqin.services.meetings.actions.series import starts_of
from houqin.services.meetings.models import ApprovalRule, Meeting, MeetingState, Occupation, Series
from houqin.services.meetings.problems import SeriesClash, Taken
from houqin.services.meetings.rules import Choice

WEEKLY = "FREQ=WEEKLY;COUNT=5"


def book_series(rooms, *, rule=WEEKLY, hour=10, **more):
    return actions.book_series(
        rooms.cast.staff, wish=rooms.wish(rooms.small, hour), title="周例会", rule=rule, **more
    )


def starts(series):
    return list(series.meetings.order_by("original_start").values_list("starts_at", flat=True))


def test_a_series_is_a_meeting_for_each_date(rooms):
    series = book_series(rooms)
    first = rooms.at(10)
    assert starts(series) == [first + timedelta(weeks=week) for week in range(5)]


def test_a_series_is_booked_whole_or_not_at_all_and_proposes_ways_out(rooms):
    wish = rooms.wish(rooms.small, days=15, organiser=rooms.cast.other_staff)
    actions.book(rooms.cast.other_staff, wish=wish, title="年度考评")
    with pytest.raises(SeriesClash) as refused:
        book_series(rooms)
    (clash,) = refused.value.clashes
    assert clash.starts_at == wish.starts_at
    assert "年度考评" in clash.why
    assert len(clash.alternatives) == 3
    assert Meeting.objects.count() == 1
    assert not Series.objects.exists()


def test_a_clash_is_solved_by_another_room_another_time_or_dropping_the_date(rooms):
    blocked = [rooms.wish(rooms.small, days=days, organiser=rooms.cast.other_staff) for days in (1, 8, 15)]
    for wish in blocked:
        actions.book(rooms.cast.other_staff, wish=wish, title="占用")
    one, two, three = (wish.starts_at for wish in blocked)
    choices = {one: Choice(room=rooms.east), two: Choice(starts_at=two + timedelta(hours=2)), three: Choice()}
    series = book_series(rooms, choices=choices)
    booked = list(series.meetings.order_by("original_start"))
    assert [meeting.original_start for meeting in booked] == [
        one,
        two,
        three + timedelta(weeks=1),
        three + timedelta(weeks=2),
    ]
    assert booked[0].room == rooms.east
    assert booked[1].starts_at == two + timedelta(hours=2)


def test_holidays_are_skipped_on_request_by_the_offices_own_calendar(rooms):
    second = rooms.at(10, days=8)
    Day.objects.update_or_create(on=timezone.localdate(second), defaults={"kind": "holiday", "name": "节日"})
    from houqin.foundation.calendar import clock

    clock.forget()
    rule = "FREQ=DAILY;COUNT=14"
    days = {timezone.localdate(start) for start in starts_of(rule, rooms.at(10), skip_holidays=True)}
    assert timezone.localdate(second) not in days
    assert all(clock.load().is_workday(day) for day in days)
    assert len(starts_of(rule, rooms.at(10))) == 14


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=DAILY;UNTIL=x",
        "unsinn",
        "",
        "FREQ=DAILY",
        "FREQ=DAILY;COUNT=300",
        "FREQ=HOURLY;COUNT=3",
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_words(rooms, rule):
    with pytest.raises(Problem) as refused:
        book_series(rooms, rule=rule)
    assert "rule" in refused.value.errors or "starts_at" in refused.value.errors


def test_one_meeting_moved_is_an_exception_and_the_rule_stands(rooms):
    series = book_series(rooms)
    second = series.meetings.order_by("original_start")[1]
    later = second.starts_at + timedelta(hours=3)
    actions.move(rooms.cast.staff, meeting=second.pk, starts_at=later, ends_at=later + timedelta(hours=1))
    second.refresh_from_db()
    assert (second.series, second.original_start, second.starts_at) == (series, rooms.at(10, days=8), later)
    assert second.sequence == 1


def test_this_and_following_move_together_and_what_went_before_stays(rooms):
    series = book_series(rooms)
    third = series.meetings.order_by("original_start")[2]
    new = actions.move_following(
        rooms.cast.staff, meeting=third.pk, shift=timedelta(minutes=30), room=rooms.east
    )
    assert len(starts(series)) == 2
    assert starts(new) == [rooms.at(10.5, days=days) for days in (15, 22, 29)]
    assert set(new.meetings.values_list("room", flat=True)) == {rooms.east.pk}
    series.refresh_from_db()
    assert series.ended_at == rooms.at(10, days=15)


def test_following_meetings_that_would_clash_stay_where_they_were(rooms):
    series = book_series(rooms)
    actions.book(
        rooms.cast.other_staff,
        wish=rooms.wish(rooms.small, 11, days=22, organiser=rooms.cast.other_staff),
        title="占用",
    )
    third = series.meetings.order_by("original_start")[2]
    with pytest.raises(SeriesClash) as refused:
        actions.move_following(rooms.cast.staff, meeting=third.pk, shift=timedelta(minutes=30))
    assert len(refused.value.clashes) == 1
    assert starts(series) == [rooms.at(10, days=1 + 7 * week) for week in range(5)]


def test_the_rest_of_a_series_is_called_off(rooms):
    series = book_series(rooms)
    fourth = series.meetings.order_by("original_start")[3]
    assert actions.cancel_following(rooms.cast.staff, meeting=fourth.pk, reason="项目结束") == 2
    states = series.meetings.order_by("original_start").values_list("state", flat=True)
    assert list(states) == [MeetingState.BOOKED] * 3 + [MeetingState.CANCELLED] * 2
    rooms.book(rooms.small, 10, days=29, actor=rooms.cast.other_staff)


RULES = st.builds(
    lambda freq, interval, count, days: f"FREQ={freq};INTERVAL={interval};COUNT={count}" + (f";BYDAY={','.join(sorted(days))}" if days and freq == "WEEKLY" else ""),
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]), st.integers(1, 4), st.integers(1, 12), st.sets(st.sampled_from(["MO", "TU", "WE", "TH", "FR"]), max_size=3),
)  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=60, deadline=None)
@given(rule=RULES, minute=st.integers(0, 95))
def test_every_date_of_a_rule_keeps_its_hour_and_comes_once(rule, minute):
    first = timezone.make_aware(timezone.datetime(2026, 3, 2, minute // 4, minute % 4 * 15))
    try:
        found = starts_of(rule, first)
    except Problem as refused:
        assert refused.errors
        return
    local = [timezone.localtime(each) for each in found]
    assert len(set(local)) == len(local)
    assert local == sorted(local)
    assert {(each.hour, each.minute) for each in local} == {(minute // 4, minute % 4 * 15)}


def test_a_series_that_needs_approval_is_one_case_and_keeps_its_rooms_meanwhile(rooms, as_person):
    cast = rooms.cast
    ApprovalRule.objects.create(name="十人以上", seats_from=10)
    with pytest.raises(Problem) as refused:
        book_series(rooms)
    assert "整个系列一次审批" in refused.value.errors["room"][0]
    starts = rooms.at(10)
    asked = {
        "room": rooms.small.place.code, "subject": "调度例会", "starts_at": starts.isoformat(), "expected": 5,
        "ends_at": (starts + timedelta(hours=1)).isoformat(), "series-repeat": "WEEKLY",
        "series-until": f"{timezone.localdate(starts) + timedelta(weeks=3):%Y-%m-%d}",
    }  # fmt: skip
    said = as_person(cast.staff).post("/meetings/new", asked)
    case = Case.objects.get()
    assert said.headers["Location"] == case.get_absolute_url()
    assert {meeting.state for meeting in case.meeting_series.meetings.all()} == {MeetingState.PENDING}
    assert "共 4 次" in as_person(cast.clerk).get(case.get_absolute_url()).content.decode()
    with pytest.raises(Taken):
        rooms.book(rooms.small, actor=cast.clerk)
    first, *others = case.meeting_series.meetings.order_by("starts_at")
    actions.cancel(cast.staff, meeting=first.pk)
    perform(cast.clerk, "approve", case=case.number, task=case.tasks.get().pk, data={})
    assert {Meeting.objects.get(pk=each.pk).state for each in others} == {MeetingState.BOOKED}
    assert Meeting.objects.get(pk=first.pk).state == MeetingState.CANCELLED


def test_a_refused_or_withdrawn_series_gives_all_its_rooms_back(rooms):
    ApprovalRule.objects.create(name="十人以上", seats_from=10)
    staff = rooms.cast.staff
    wish = rooms.wish(rooms.small)
    asked = {
        "room": rooms.small.place.code, "subject": "例会", "starts_at": wish.starts_at.isoformat(), "expected": 5,
        "ends_at": wish.ends_at.isoformat(), "rule": "FREQ=WEEKLY;COUNT=3",
    }  # fmt: skip
    case = submit(staff, item="meetings.book", data=asked)
    first = case.meeting_series.meetings.order_by("starts_at")[0]
    assert actions.cancel_following(staff, meeting=first.pk, reason="不办了") == 3
    case.refresh_from_db()
    assert case.state == "withdrawn"
    assert not Occupation.objects.exists()
    again = submit(staff, item="meetings.book", data=asked)
    perform(
        rooms.cast.clerk, "refuse", case=again.number, task=again.tasks.get().pk, data={"comment": "冲突"}
    )
    assert not Occupation.objects.exists()
