"""A room is booked, moved, given back; who comes second is told who has it and what else would do."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from houqin.affairs.actions import perform, submit
from houqin.foundation.errors import Conflict, NotFound, NotPermitted, Problem
from houqin.foundation.notices.models import Notice
from houqin.foundation.trail.queries import entries_of
from houqin.services.meetings import actions
from houqin.services.meetings.models import ApprovalRule, Meeting, MeetingState, Occupation, Quota, WaitState
from houqin.services.meetings.problems import Taken


def test_a_room_is_booked_and_in_the_trail(rooms):
    meeting = rooms.book(rooms.small)
    assert meeting.state == MeetingState.BOOKED
    assert meeting.occupations.count() == 1
    assert entries_of(meeting).get().action == "meetings.book"


def test_who_comes_second_is_told_who_has_it_and_what_else_would_do(rooms):
    rooms.book(rooms.small, 10, hours=2)
    with pytest.raises(Taken, match="预算处（李晓雯）") as refused:
        rooms.book(rooms.small, 11, actor=rooms.cast.other_staff)
    near = refused.value.alternatives
    assert len(near) == 3
    assert {each.name for each in near} & {"1号楼 3层 东厅", "1号楼 3层 西厅"}
    for each in near:
        assert not Occupation.objects.filter(
            part__wholes__room=each.room, during__overlap=(each.starts_at, each.ends_at)
        ).exists()


def test_the_name_of_a_private_meeting_is_not_told(rooms):
    actions.book(rooms.cast.staff, wish=rooms.wish(rooms.small), title="干部考察", private=True)
    with pytest.raises(Taken) as refused:
        rooms.book(rooms.small, actor=rooms.cast.other_staff)
    assert "干部考察" not in str(refused.value.message)


def test_meetings_may_follow_each_other_but_not_within_the_clearing(rooms):
    actions.set_room(rooms.cast.clerk, room=rooms.small.pk, clearing_minutes=15)
    rooms.small.refresh_from_db()
    rooms.book(rooms.small, 10)
    with pytest.raises(Taken):
        rooms.book(rooms.small, 11)
    rooms.book(rooms.small, 11.25)


def test_a_joined_room_and_its_parts_exclude_each_other(rooms):
    rooms.book(rooms.both, 9)
    for part in (rooms.east, rooms.west):
        with pytest.raises(Taken):
            rooms.book(part, 9.5)
    rooms.book(rooms.west, 14)
    with pytest.raises(Taken):
        rooms.book(rooms.both, 14)
    rooms.book(rooms.east, 14)


def test_walls_do_not_open_into_a_meeting(rooms):
    rooms.book(rooms.small, 10)
    rooms.book(rooms.east, 10)
    with pytest.raises(Conflict, match="冲突"):
        actions.join_rooms(rooms.cast.clerk, room=rooms.small.pk, parts=[rooms.east.pk, rooms.west.pk])
    assert list(rooms.small.parts.values_list("part", flat=True)) == [rooms.small.pk]


def test_the_database_itself_refuses_a_second_meeting(rooms):
    meeting = rooms.book(rooms.small)
    with pytest.raises(IntegrityError, match="room_taken_once"), transaction.atomic():
        Meeting.objects.create(
            title="硬写入", room=rooms.small, starts_at=meeting.starts_at, ends_at=meeting.ends_at,
            organiser=rooms.cast.staff, booked_by=rooms.cast.staff, section=rooms.cast.budget,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"expected": 30}, "expected", "12 个座位"),
        ({"hours": -1}, "ends_at", "晚于开始"),
        ({"days": -2}, "starts_at", "已过"),
        ({"days": 120}, "starts_at", "可提前 90 天"),
        ({"hour": 5}, "starts_at", "07:30–21:00"),
        ({"hours": 200}, "ends_at", "最长"),
        ({"layout": "theatre"}, "layout", "不能摆成"),
        ({"meeting_class": "four", "hours": 72}, "exceeds", "会期不超过 2 天"),
    ],
)
def test_what_a_room_does_not_allow_is_said_by_field(rooms, more, field, words):
    with pytest.raises(Problem) as refused:
        rooms.book(rooms.small, **more)
    assert words in str(refused.value.errors[field])
    assert not Meeting.objects.exists()


def test_a_reason_lets_a_meeting_go_past_its_class(rooms):
    meeting = rooms.book(rooms.small, meeting_class="four", hours=72, exceeds="市政府常务会议同意")
    assert meeting.exceeds == "市政府常务会议同意"


def test_who_serves_the_room_may_book_beyond_its_hours_and_for_others(rooms):
    wish = rooms.wish(rooms.small, 6, organiser=rooms.cast.other_staff)
    with pytest.raises(NotPermitted):
        actions.book(rooms.cast.staff, wish=wish, title="早会")
    actions.book(rooms.cast.clerk, wish=wish, title="早会")
    assert Notice.objects.get(person=rooms.cast.other_staff).title == "曾小红 为您预订了会议室"


def test_moving_frees_the_old_time_and_is_refused_when_seen_too_long_ago(rooms):
    meeting = rooms.book(rooms.small, 10)
    later = meeting.starts_at + timedelta(hours=3)
    actions.move(
        rooms.cast.staff, meeting=meeting.pk, starts_at=later, ends_at=later + timedelta(hours=1), seen=0
    )
    rooms.book(rooms.small, 10, actor=rooms.cast.other_staff)
    with pytest.raises(Conflict, match="已有变动"):
        actions.move(
            rooms.cast.staff, meeting=meeting.pk, starts_at=meeting.starts_at, ends_at=meeting.ends_at, seen=0
        )


def test_somebody_elses_meeting_is_not_found(rooms):
    meeting = rooms.book(rooms.small)
    with pytest.raises(NotFound):
        actions.cancel(rooms.cast.other_staff, meeting=meeting.pk)


def test_what_is_given_back_goes_to_the_first_who_waits(rooms):
    cast = rooms.cast
    meeting = rooms.book(rooms.small, 10)
    first, second = (
        actions.wait(
            person,
            room=rooms.small,
            title=f"{person.name}的会",
            starts_at=meeting.starts_at,
            ends_at=meeting.ends_at,
        )
        for person in (cast.other_staff, cast.colleague)
    )
    with pytest.raises(Conflict, match="已在候补"):
        actions.wait(
            cast.colleague,
            room=rooms.small,
            title="再排",
            starts_at=meeting.starts_at,
            ends_at=meeting.ends_at,
        )
    actions.cancel(cast.staff, meeting=meeting.pk, reason="改为线上")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (WaitState.PROMOTED, WaitState.WAITING)
    assert first.meeting.organiser == cast.other_staff
    assert "候补成功" in Notice.objects.get(person=cast.other_staff).title
    actions.cancel(cast.other_staff, meeting=first.meeting_id)
    second.refresh_from_db()
    assert second.state == WaitState.PROMOTED


def test_a_room_that_needs_approval_is_kept_while_the_case_runs(rooms):
    cast = rooms.cast
    ApprovalRule.objects.create(name="大会议室", seats_from=80)
    data = {
        "room": rooms.both.place.code, "subject": "全市预算会", "starts_at": rooms.at(9).isoformat(),
        "ends_at": rooms.at(12).isoformat(), "expected": 80,
    }  # fmt: skip
    case = submit(cast.staff, item="meetings.book", data=data)
    assert case.meeting.state == MeetingState.PENDING
    with pytest.raises(Taken):
        rooms.book(rooms.east, 10, actor=cast.other_staff)
    perform(cast.clerk, "approve", case=case.number, task=case.tasks.get().pk, data={})
    assert Meeting.objects.get(case=case).state == MeetingState.BOOKED
    second = submit(
        cast.staff,
        item="meetings.book",
        data={**data, "starts_at": rooms.at(14).isoformat(), "ends_at": rooms.at(15).isoformat()},
    )
    perform(
        cast.clerk, "refuse", case=second.number, task=second.tasks.get().pk, data={"comment": "当日大厅检修"}
    )
    assert Meeting.objects.get(case=second).state == MeetingState.REFUSED
    rooms.book(rooms.east, 14, actor=cast.other_staff)


def test_calling_off_what_waits_for_approval_withdraws_its_case(rooms):
    ApprovalRule.objects.create(name="大会议室", seats_from=80)
    data = {
        "room": rooms.both.place.code, "subject": "全市预算会", "starts_at": rooms.at(9).isoformat(),
        "ends_at": rooms.at(12).isoformat(), "expected": 80,
    }  # fmt: skip
    case = submit(rooms.cast.staff, item="meetings.book", data=data)
    assert (
        actions.cancel(rooms.cast.staff, meeting=case.meeting.pk, reason="取消").state
        == MeetingState.CANCELLED
    )
    case.refresh_from_db()
    assert case.state == "withdrawn"


def test_a_room_without_approval_opens_no_case(rooms):
    data = {
        "room": rooms.small.place.code, "subject": "碰头", "starts_at": rooms.at(9).isoformat(),
        "ends_at": rooms.at(10).isoformat(), "expected": 3,
    }  # fmt: skip
    with pytest.raises(Problem) as refused:
        submit(rooms.cast.staff, item="meetings.book", data=data)
    assert refused.value.code == "direct_item"


def test_a_units_quota_is_not_overdrawn(rooms):
    Quota.objects.create(unit=rooms.cast.finance, minutes_a_month=90)
    rooms.book(rooms.small, 10)
    with pytest.raises(Problem, match="限额 1.5 小时"):
        rooms.book(rooms.small, 14)
    rooms.book(rooms.small, 14, actor=rooms.cast.other_staff)


def test_a_blocked_room_is_nobodys_and_says_why_it_cannot_be_blocked(rooms):
    clerk = rooms.cast.clerk
    blocking = actions.block(
        clerk, room=rooms.both.pk, starts_at=rooms.at(9), ends_at=rooms.at(12), reason="灯光检修"
    )
    with pytest.raises(Taken, match="停用"):
        rooms.book(rooms.east, 10)
    meeting = rooms.book(rooms.east, 14)
    with pytest.raises(Conflict, match="预算碰头会"):
        actions.block(clerk, room=rooms.east.pk, starts_at=rooms.at(13), ends_at=rooms.at(18), reason="检修")
    actions.unblock(clerk, blocking=blocking.pk)
    rooms.book(rooms.east, 10)
    assert meeting.occupations.exists()


def test_a_meeting_that_ends_early_leaves_its_room(rooms):
    now = timezone.now()
    meeting = Meeting.objects.create(
        title="进行中", room=rooms.small, starts_at=now - timedelta(minutes=20), ends_at=now + timedelta(hours=2),
        organiser=rooms.cast.staff, booked_by=rooms.cast.staff, section=rooms.cast.budget,
    )  # fmt: skip
    actions.open_meeting(rooms.cast.staff, meeting=meeting.pk)
    ended = actions.end(rooms.cast.staff, meeting=meeting.pk)
    assert ended.state == MeetingState.ENDED
    assert ended.ends_at <= timezone.now()
    assert meeting.occupations.get().during.upper == ended.ends_at
