"""Participants are asked, answer, send somebody else, sign in, and say how it was; needs move with the meeting."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from houqin.affairs.actions import perform
from houqin.affairs.models import Case, Route
from houqin.foundation.errors import Conflict, NotFound, NotPermitted, Problem
from houqin.foundation.notices.models import Notice
from houqin.services.meetings import actions, codes, queries
from houqin.services.meetings.guests import Guest
from houqin.services.meetings.models import ApprovalRule, Meeting, MeetingState, Participant


@pytest.fixture
def meeting(rooms):
    Route.objects.create(item_code="meetings.need", section=rooms.cast.general)
    rooms.cast.duty(
        rooms.cast.clerk, section=rooms.cast.general, starts_at=timezone.now() - timedelta(hours=1), hours=72
    )
    return rooms.book(rooms.small, 10)


def ask(rooms, meeting, *people, guests=()):
    return actions.invite(rooms.cast.staff, meeting=meeting.pk, people=people, guests=guests)


def told(person):
    return [notice.title for notice in Notice.objects.filter(person=person).order_by("id")]


def at(meeting, minutes=0):
    return time_machine.travel(meeting.starts_at + timedelta(minutes=minutes), tick=False)


def test_people_are_asked_once_and_told(rooms, meeting):
    cast = rooms.cast
    ask(
        rooms,
        meeting,
        cast.colleague,
        cast.other_staff,
        guests=[Guest("程立", "江城大学", "教授", "13800000077")],
    )
    assert ask(rooms, meeting, cast.colleague, guests=[Guest("程立", "江城大学")]) == []
    assert meeting.participants.count() == 3
    assert told(cast.colleague) == ["会议邀请：预算碰头会"]
    assert str(meeting.participants.get(name="程立").phone) == "138****0077"


def test_changes_and_cancelling_are_told_to_who_comes(rooms, meeting):
    cast = rooms.cast
    one, two = ask(rooms, meeting, cast.colleague, cast.other_staff)
    actions.reply(cast.other_staff, token=two.token, answer="no")
    later = meeting.starts_at + timedelta(hours=4)
    actions.move(cast.staff, meeting=meeting.pk, starts_at=later, ends_at=later + timedelta(hours=1))
    actions.cancel(cast.staff, meeting=meeting.pk, reason="议题已书面办结")
    assert told(cast.colleague)[1:] == ["会议有变：预算碰头会", "会议取消：预算碰头会"]
    assert "会议取消：预算碰头会" not in told(cast.other_staff)
    with pytest.raises(Conflict):
        actions.reply(cast.colleague, token=one.token, answer="yes")


def test_somebody_else_comes_in_ones_place(rooms, meeting):
    cast = rooms.cast
    (one,) = ask(rooms, meeting, cast.colleague)
    made = actions.send_substitute(cast.colleague, token=one.token, substitute=cast.other_staff, note="出差")
    one.refresh_from_db()
    assert (one.reply, made.stands_in_for) == ("no", one)
    with pytest.raises(NotFound):
        actions.send_substitute(cast.worker, token=made.token, substitute=cast.worker2)


def test_the_code_on_the_screen_signs_in_who_is_asked_and_opens_the_meeting(rooms, meeting):
    cast = rooms.cast
    ask(rooms, meeting, cast.colleague)
    with at(meeting, -10):
        code = codes.code_of(meeting.pk)
        who = actions.sign_in_by_code(cast.colleague, meeting=meeting.pk, code=code)
        assert (
            actions.sign_in_by_code(cast.colleague, meeting=meeting.pk, code=code).signed_in_at
            == who.signed_in_at
        )
        with pytest.raises(NotPermitted, match="不在参会名单"):
            actions.sign_in_by_code(cast.worker, meeting=meeting.pk, code=code)
    with at(meeting, -8), pytest.raises(Problem, match="已过期"):
        actions.sign_in_by_code(cast.colleague, meeting=meeting.pk, code=code)
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.RUNNING
    with at(meeting, 20):
        assert actions.release_unused() == 0


def test_nobody_signs_in_before_the_doors_open_or_with_another_meetings_pass(rooms, meeting):
    cast = rooms.cast
    (one,) = ask(rooms, meeting, cast.colleague)
    other = rooms.book(rooms.east, 10)
    with at(meeting, -60), pytest.raises(Conflict, match="09:15"):
        actions.sign_in_by_pass(cast.clerk, meeting=meeting.pk, token=one.token)
    with at(meeting), pytest.raises(NotFound, match="不是本次会议"):
        actions.sign_in_by_pass(cast.clerk, meeting=other.pk, token=one.token)


def test_four_hundred_are_ticked_off_by_a_few_statements(rooms, meeting, django_assert_max_num_queries):
    guests = [Guest(f"代表{number}", "各区县") for number in range(400)]
    people = ask(rooms, meeting, guests=guests)
    with at(meeting), django_assert_max_num_queries(16):
        assert (
            actions.sign_in_listed(
                rooms.cast.clerk, meeting=meeting.pk, participants=[each.pk for each in people]
            )
            == 400
        )
    counts = queries.roll_counts(meeting)
    assert (counts["asked"], counts["there"], counts["late"], counts["missing"]) == (400, 400, 0, 0)


def test_who_comes_late_is_counted_late(rooms, meeting):
    one, two = ask(rooms, meeting, rooms.cast.colleague, rooms.cast.other_staff)
    with at(meeting):
        actions.sign_in_by_pass(rooms.cast.clerk, meeting=meeting.pk, token=one.token)
    with at(meeting, 9):
        actions.sign_in_by_pass(rooms.cast.clerk, meeting=meeting.pk, token=two.token)
    assert queries.roll_counts(meeting)["late"] == 1


def test_feedback_is_given_once_begun_and_counts_for_the_room(rooms, meeting):
    (one,) = ask(rooms, meeting, rooms.cast.colleague)
    with pytest.raises(Conflict, match="尚未召开"):
        actions.give_feedback(rooms.cast.colleague, token=one.token, room_stars=5, service_stars=4)
    with at(meeting, 5):
        actions.sign_in_by_pass(rooms.cast.clerk, meeting=meeting.pk, token=one.token)
        for stars in (2, 4):
            actions.give_feedback(
                rooms.cast.colleague, token=one.token, room_stars=stars, service_stars=5, words="投影偏暗"
            )
    days = {"first": timezone.localdate(), "last": timezone.localdate(meeting.starts_at)}
    (row,) = queries.scores(rooms.cast.clerk, **days, by="room")
    assert (row["what"], row["room"], row["count"]) == ("1号楼 3层 301会议室", 4.0, 1)
    assert [row["what"] for row in queries.scores(rooms.cast.clerk, **days, by="team")] == ["综合处"]
    assert not queries.scores(rooms.cast.staff, **days, by="room")


def test_a_need_is_a_case_of_the_section_and_due_before_the_start(rooms, meeting):
    need = actions.ask_need(rooms.cast.staff, meeting=meeting.pk, kind="av", text="两支手持话筒")
    assert need.case.tasks.get().assignee == rooms.cast.clerk
    assert abs(need.case.due_at - (meeting.starts_at - timedelta(hours=1))) < timedelta(minutes=2)
    assert "音视频：预算碰头会" in need.case.title


def test_a_meal_says_how_many_when_and_at_what_standard(rooms, meeting):
    with pytest.raises(Problem) as refused:
        actions.ask_need(rooms.cast.staff, meeting=meeting.pk, kind="meals", quantity=12)
    assert set(refused.value.errors) == {"yuan_a_head"}
    noon = meeting.starts_at + timedelta(hours=2)
    need = actions.ask_need(
        rooms.cast.staff, meeting=meeting.pk, kind="meals", quantity=12, wanted_at=noon, yuan_a_head=Decimal("35.50")
    )  # fmt: skip
    assert (need.quantity, need.wanted_at, need.yuan_a_head) == (12, noon, Decimal("35.5"))
    assert need.case.tasks.exists()


def test_needs_move_with_the_meeting_and_are_dropped_with_it(rooms, meeting):
    cast = rooms.cast
    av, tea = (actions.ask_need(cast.staff, meeting=meeting.pk, kind=kind) for kind in ("av", "tea"))
    perform(
        cast.clerk, "complete", case=tea.case.number, task=tea.case.tasks.get().pk, data={"comment": "已备"}
    )
    later = meeting.starts_at + timedelta(days=1)
    actions.move(
        cast.staff, meeting=meeting.pk, room=rooms.east, starts_at=later, ends_at=later + timedelta(hours=1)
    )
    case = Case.objects.get(pk=av.pk)
    assert abs(case.due_at - (later - timedelta(hours=1))) < timedelta(minutes=2)
    assert case.tasks.get(state="open").due_at == case.due_at
    assert case.place == rooms.east.place
    assert any("请按新时间准备" in title for title in told(cast.clerk))
    actions.cancel(cast.staff, meeting=meeting.pk)
    assert Case.objects.get(pk=av.pk).state == "withdrawn"
    assert Case.objects.get(pk=tea.pk).state == "completed"


def test_pages_from_invitation_to_feedback(rooms, meeting, as_person, client):
    cast = rooms.cast
    organiser = as_person(cast.staff)
    lines = "程立\t江城大学\t教授\t13800000077\n何苗 市科协"
    page = organiser.post(
        f"/meetings/{meeting.pk}/participants", {"people": "陈立", "guests": lines}, follow=True
    )
    assert "已邀请 3 人" in page.content.decode()
    assert "13800000077" not in page.content.decode()
    guest = Participant.objects.get(name="程立")
    own = f"/meetings/p/{guest.token}"
    assert "参会码" in client.get(own).content.decode()
    assert "已答复" in client.post(own, {"answer": "yes"}, follow=True).content.decode()
    assert client.get("/meetings/p/nobody").status_code == 404
    assert as_person(cast.other_staff).get(f"/meetings/{meeting.pk}/participants").status_code == 404
    plates = organiser.get(f"/meetings/{meeting.pk}/plates").content.decode()
    assert plates.count("何苗") == 2
    with at(meeting, -5):
        desk = as_person(cast.clerk)
        answer = desk.post(
            f"/meetings/{meeting.pk}/attendance", {"pass": f"http://x/meetings/p/{guest.token}"}, follow=True
        )
        assert "程立 已签到" in answer.content.decode()
        screen = desk.get(f"/meetings/{meeting.pk}/screen").content.decode()
        assert "已签到 1 / 3" in screen
        mine = as_person(cast.colleague)
        code = codes.code_of(meeting.pk)
        assert "签到成功" in mine.post(f"/meetings/{meeting.pk}/sign", {"c": code}).content.decode()
        table = desk.get(f"/meetings/{meeting.pk}/attendance.csv").content.decode("utf-8-sig")
        assert "程立,江城大学,教授,参加" in table
    with at(meeting, 5):
        answer = client.post(
            f"{own}/feedback", {"room_stars": 4, "service_stars": 5, "words": ""}, follow=True
        )
        assert "谢谢您的评价" in answer.content.decode()
        assert "请选择一至五星" in client.post(f"{own}/feedback", {"room_stars": 9}).content.decode()


def test_a_list_that_names_nobody_is_refused_and_kept(rooms, meeting, as_person):
    answer = as_person(rooms.cast.staff).post(
        f"/meetings/{meeting.pk}/participants", {"people": "无此人", "sections": "预算处"}
    )
    assert answer.status_code == 422
    assert "无此人：没有这个人" in answer.content.decode()
    assert not Meeting.objects.get(pk=meeting.pk).participants.exists()


def test_what_hangs_on_a_series_moves_with_it(rooms, meeting):
    cast = rooms.cast
    series = actions.book_series(
        cast.staff, wish=rooms.wish(rooms.east), title="例会", rule="FREQ=WEEKLY;COUNT=2"
    )
    first = series.meetings.order_by("original_start")[0]
    need = actions.ask_need(cast.staff, meeting=first.pk, kind="av")
    ask(rooms, first, cast.colleague)
    actions.move_following(cast.staff, meeting=first.pk, shift=timedelta(hours=2))
    need.refresh_from_db()
    assert need.wanted_at == first.starts_at + timedelta(hours=2)
    assert "会议有变：例会" in told(cast.colleague)


def test_neither_moving_nor_waiting_gets_past_approval(rooms, meeting):
    ApprovalRule.objects.create(name="大会议室", seats_from=80)
    with pytest.raises(Problem) as refused:
        actions.move(rooms.cast.staff, meeting=meeting.pk, room=rooms.both)
    assert "需要审批" in str(refused.value.errors["room"])
    with pytest.raises(Problem) as refused:
        actions.wait(
            rooms.cast.staff, room=rooms.both, title="候补", starts_at=rooms.at(9), ends_at=rooms.at(10)
        )
    assert "需要审批" in str(refused.value.errors["room"])
    assert actions.move(rooms.cast.clerk, meeting=meeting.pk, room=rooms.both).room == rooms.both
