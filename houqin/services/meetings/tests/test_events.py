"""A big event: venues all or none, nobody at two posts, moved and called off as one."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from houqin.foundation.errors import Conflict, NotPermitted, Problem
from houqin.foundation.notices.models import Notice
from houqin.services.meetings import actions
from houqin.services.meetings.models import Meeting, MeetingState, PostDuty
from houqin.services.meetings.problems import SeriesClash


@pytest.fixture
def plenary(rooms):
    return actions.plan_event(rooms.cast.clerk, title="全市大会", starts_at=rooms.at(9), ends_at=rooms.at(11))


def test_only_the_meeting_service_plans(rooms):
    with pytest.raises(NotPermitted):
        actions.plan_event(rooms.cast.staff, title="大会", starts_at=rooms.at(9), ends_at=rooms.at(11))


def test_venues_are_booked_all_or_none(rooms, plenary):
    clerk = rooms.cast.clerk
    rooms.book(rooms.small, 10)
    with pytest.raises(SeriesClash) as refused:
        actions.add_venues(clerk, event=plenary.pk, main=rooms.both, branches=[rooms.small])
    assert "预算碰头会" in refused.value.clashes[0].why
    assert not plenary.meetings.exists()
    with pytest.raises(SeriesClash):
        actions.add_venues(clerk, event=plenary.pk, main=rooms.both, branches=[rooms.east])
    made = actions.add_venues(clerk, event=plenary.pk, main=rooms.east, branches=[rooms.west])
    assert {meeting.is_main for meeting in made} == {True, False}


def test_nobody_stands_at_two_posts_whatever_the_event(rooms, plenary):
    cast = rooms.cast
    gate, hall = (
        actions.add_post(cast.clerk, event=plenary.pk, name=name, needed=2) for name in ("南门", "会场")
    )
    actions.staff_post(cast.clerk, event=plenary.pk, post=gate.pk, people=[cast.worker, cast.worker2])
    with pytest.raises(Conflict, match="赵铁柱（南门）"):
        actions.staff_post(cast.clerk, event=plenary.pk, post=hall.pk, people=[cast.worker])
    assert "活动值守：南门" in Notice.objects.filter(person=cast.worker).get().title
    with pytest.raises(IntegrityError, match="nobody_at_two_posts"), transaction.atomic():
        PostDuty.objects.create(
            post=hall, person=cast.worker, starts_at=plenary.starts_at, ends_at=plenary.ends_at
        )


def test_all_of_it_moves_together_or_nothing_does(rooms, plenary):
    cast = rooms.cast
    actions.add_venues(cast.clerk, event=plenary.pk, main=rooms.east, branches=[rooms.west])
    post = actions.add_post(cast.clerk, event=plenary.pk, name="南门")
    actions.staff_post(cast.clerk, event=plenary.pk, post=post.pk, people=[cast.worker])
    step = actions.add_step(cast.clerk, event=plenary.pk, starts_at=rooms.at(9), minutes=10, what="签到")
    actions.move_event(cast.clerk, event=plenary.pk, by=timedelta(minutes=30))
    step.refresh_from_db()
    assert step.starts_at == rooms.at(9.5)
    assert set(plenary.meetings.values_list("starts_at", flat=True)) == {rooms.at(9.5)}
    assert PostDuty.objects.get().starts_at == rooms.at(9.5)
    rooms.book(rooms.west, 14, hours=2)
    with pytest.raises(Conflict, match="未作改动"):
        actions.move_event(cast.clerk, event=plenary.pk, by=timedelta(hours=5))
    assert set(plenary.meetings.values_list("starts_at", flat=True)) == {rooms.at(9.5)}
    assert PostDuty.objects.get().starts_at == rooms.at(9.5)


def test_called_off_everything_is_given_back(rooms, plenary):
    clerk = rooms.cast.clerk
    actions.add_venues(clerk, event=plenary.pk, main=rooms.both)
    with pytest.raises(Problem):
        actions.call_off_event(clerk, event=plenary.pk, reason=" ")
    actions.call_off_event(clerk, event=plenary.pk, reason="改为视频会议")
    assert Meeting.objects.get().state == MeetingState.CANCELLED
    rooms.book(rooms.east, 9)
    with pytest.raises(Conflict, match="已取消"):
        actions.add_post(clerk, event=plenary.pk, name="南门")


def test_the_plan_on_its_page_and_the_sheet_for_who_stands_at_a_post(rooms, plenary, as_person):
    cast = rooms.cast
    clerk, page = as_person(cast.clerk), f"/meetings/events/{plenary.pk}"
    assert "全市大会" in clerk.get("/meetings/events").content.decode()
    day = f"{rooms.at(9):%Y-%m-%d}" if rooms.at(9).utcoffset() else ""

    def add(part, **data):
        return clerk.post(f"{page}/add/{part}", data, follow=True).content.decode()

    assert "东厅" in add("venues", main="东厅", branches="A1-M3")
    assert "没有这间会议室" in add("venues", branches="无此厅")
    assert "已被占用" in add("venues", main="东西厅")
    add("post", name="南门", needed=2, task="验证引导")
    post = plenary.posts.get()
    assert "1 / 2" in add("staff", post=post.pk, people="赵铁柱")
    assert "浙A12345" in add(
        "vehicle", plate_number="浙a·12345", arrives_at=f"{day}T08:30", leaves_at=f"{day}T11:30"
    )
    assert "车牌" in add("vehicle", plate_number="浙A1", arrives_at=f"{day}T08:30", leaves_at=f"{day}T11:30")
    add("check", text="话筒试音")
    check = plenary.checks.get()
    assert "曾小红" in clerk.post(f"{page}/checks/{check.pk}", follow=True).content.decode()
    add("step", starts_at=f"{day}T09:00", minutes=5, what="奏国歌", who="主持人")
    sheet = as_person(cast.worker).get(f"{page}/sheet").content.decode()
    assert "奏国歌" in sheet
    assert "赵铁柱" in sheet
    assert as_person(cast.worker).get(page).status_code == 404
    assert as_person(cast.staff).get(f"{page}/sheet").status_code == 404
    assert as_person(cast.staff).get("/meetings/events").status_code == 403
    moved = clerk.post(f"{page}/move", {"starts_at": f"{day}T10:00"}, follow=True).content.decode()
    assert "已整体改期" in moved
    assert "会场全部释放" in clerk.post(f"{page}/off", {"reason": "天气"}, follow=True).content.decode()
