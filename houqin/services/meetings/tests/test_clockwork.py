"""An unused room goes to others; a series nobody comes to is proposed for dropping."""

from datetime import timedelta

import time_machine

from houqin.foundation.notices.models import Notice
from houqin.services.meetings import actions
from houqin.services.meetings.models import Meeting, MeetingState, WaitState


def after(meeting, minutes):
    return time_machine.travel(meeting.starts_at + timedelta(minutes=minutes), tick=False)


def test_nobody_within_a_quarter_of_an_hour_and_the_room_goes_to_others(rooms):
    meeting = rooms.book(rooms.small, 10, hours=2)
    later = meeting.starts_at + timedelta(minutes=30)
    waiting = actions.wait(
        rooms.cast.other_staff, room=rooms.small, title="急用", starts_at=later, ends_at=meeting.ends_at
    )
    with after(meeting, 14):
        assert actions.release_unused() == 0
    with after(meeting, 15):
        assert actions.release_unused() == 1
        assert actions.release_unused() == 0
    meeting.refresh_from_db()
    waiting.refresh_from_db()
    assert meeting.state == MeetingState.RELEASED
    assert waiting.state == WaitState.PROMOTED
    assert "已自动释放" in Notice.objects.get(person=rooms.cast.staff).title


def test_who_signs_in_keeps_the_room_and_so_does_a_meeting_of_the_whole_day(rooms):
    meeting = rooms.book(rooms.small)
    whole = actions.book(rooms.cast.staff, wish=rooms.wish(rooms.east, 7.5, hours=13.5), title="培训")
    with after(meeting, 5):
        actions.open_meeting(rooms.cast.staff, meeting=meeting.pk)
    with after(meeting, 30):
        assert actions.release_unused() == 0
    meeting.refresh_from_db()
    assert (meeting.state, whole.state) == (MeetingState.RUNNING, MeetingState.BOOKED)


def test_a_room_that_is_never_released_stays_booked(rooms):
    actions.set_room(rooms.cast.clerk, room=rooms.small.pk, release_minutes=None)
    rooms.small.refresh_from_db()
    meeting = rooms.book(rooms.small)
    with after(meeting, 45):
        assert actions.release_unused() == 0


def test_three_times_nobody_and_the_rest_is_proposed_for_dropping(rooms):
    series = actions.book_series(
        rooms.cast.staff, wish=rooms.wish(rooms.small), title="例会", rule="FREQ=WEEKLY;COUNT=5"
    )
    for place, meeting in enumerate(series.meetings.order_by("original_start")[:3]):
        with after(meeting, 16):
            actions.release_unused()
        proposed = Notice.objects.filter(kind="meetings.drop_series")
        assert proposed.count() == (place == 2)
    assert f"/meetings/{series.meetings.order_by('original_start')[3].pk}" == proposed.get().url


def test_what_is_over_has_ended(rooms):
    meeting = rooms.book(rooms.small)
    with after(meeting, 5):
        actions.open_meeting(rooms.cast.staff, meeting=meeting.pk)
    with after(meeting, 61):
        actions.settle()
    assert Meeting.objects.get().state == MeetingState.ENDED


def test_all_that_has_gathered_ends_however_few_end_at_once(rooms, monkeypatch):
    monkeypatch.setattr("houqin.services.meetings.actions.clockwork.AT_ONCE", 2)
    series = actions.book_series(
        rooms.cast.staff, wish=rooms.wish(rooms.small), title="例会", rule="FREQ=WEEKLY;COUNT=5"
    )
    with after(series.meetings.order_by("starts_at").last(), 61):
        assert actions.settle() == 5
        assert actions.settle() == 0
    assert set(Meeting.objects.values_list("state", flat=True)) == {MeetingState.ENDED}


def test_who_comes_is_reminded_once_and_asked_afterwards(rooms):
    cast = rooms.cast
    meeting = rooms.book(rooms.small)
    one, two = actions.invite(cast.staff, meeting=meeting.pk, people=[cast.colleague, cast.other_staff])
    actions.reply(cast.other_staff, token=two.token, answer="no")
    with after(meeting, -20):
        assert actions.remind() == 1
        assert actions.remind() == 0
    with after(meeting, 1):
        actions.sign_in_by_pass(cast.clerk, meeting=meeting.pk, token=one.token)
    with after(meeting, 61):
        assert actions.settle() == 1
        assert actions.settle() == 0

    def heard(person):
        return set(Notice.objects.filter(person=person).values_list("kind", flat=True))

    assert heard(cast.colleague) == {"meetings.invited", "meetings.soon", "meetings.feedback"}
    assert heard(cast.staff) == {"meetings.soon"}
    assert heard(cast.other_staff) == {"meetings.invited"}
