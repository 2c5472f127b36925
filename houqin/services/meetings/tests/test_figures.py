"""How rooms are used, by room, hour and unit; who did not come."""

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from houqin.services.meetings import queries
from houqin.services.meetings.models import Meeting, MeetingState, Quota, Room

#: A Monday to a Friday without a holiday.
FIRST, LAST = date(2026, 3, 16), date(2026, 3, 20)


@pytest.fixture
def week(rooms):
    """On Tuesday two hours in the small room, an hour in the eastern one, and an hour that nobody came to."""

    def held(room, hour, hours, state, day=17):
        starts = timezone.make_aware(datetime.combine(date(2026, 3, day), time(hour)))
        Meeting.objects.create(
            title="会", room=room, starts_at=starts, ends_at=starts + timedelta(hours=hours), state=state, expected=6,
            organiser=rooms.cast.staff, booked_by=rooms.cast.staff, section=rooms.cast.staff.organisation,
            gave_back_at=starts if state == MeetingState.RELEASED else None,
        )  # fmt: skip

    held(rooms.small, 9, 2, MeetingState.ENDED)
    held(rooms.east, 10, 1, MeetingState.RUNNING)
    held(rooms.west, 10, 1, MeetingState.RELEASED)
    held(rooms.small, 9, 2, MeetingState.ENDED, day=23)
    held(rooms.small, 14, 2, MeetingState.BOOKED)
    return rooms


def test_use_by_room_hour_and_unit(week, django_assert_num_queries):
    clerk = week.cast.clerk
    queries.use_by_hour(clerk, FIRST, LAST)  # loads the calendar and the grants
    with django_assert_num_queries(2):
        rooms = queries.use_by_room(clerk, FIRST, LAST)
    small, east, *idle = rooms
    assert (small.name, small.meetings, small.hours, small.filled) == ("1号楼 3层 301会议室", 1, 2.0, 0.5)
    assert small.share == pytest.approx(2 / (13.5 * 5))
    assert (east.meetings, east.hours) == (1, 1.0)
    assert [each.meetings for each in idle] == [0, 0]
    hours = {each.hour: each.share for each in queries.use_by_hour(clerk, FIRST, LAST)}
    assert (hours[8], hours[9], hours[10], hours[11]) == (0, 1 / 20, 2 / 20, 0)
    (unit,) = queries.use_by_unit(clerk, FIRST, LAST)
    assert (unit.name, unit.meetings, unit.hours, unit.missed) == ("市财政局", 2, 3.0, 1)
    assert unit.missed_share == pytest.approx(1 / 3)


def test_the_page_is_for_those_who_may_see_figures(week, as_person, django_assert_max_num_queries):
    client = as_person(week.cast.clerk)
    page = f"/meetings/figures?first={FIRST}&last={LAST}"
    client.get(page)
    with django_assert_max_num_queries(20):
        text = client.get(page).content.decode()
    assert "市财政局" in text
    assert "33%" in text
    assert (
        "这段时间没有会议"
        in client.get("/meetings/figures?first=2026-05-06&last=2026-05-07").content.decode()
    )
    assert client.get("/meetings/figures?first=9999-01-01&last=0001-01-01").status_code == 200
    assert as_person(week.cast.staff).get("/meetings/figures").status_code == 403


def test_the_back_office_keeps_rooms_rules_and_quotas_with_their_history(rooms, as_person):
    client = as_person(rooms.cast.sysadmin)
    page = f"/backoffice/meetings/room/{rooms.small.pk}/change/"
    form = client.get(page).context["adminform"].form
    given = {name: form[name].value() if form[name].value() is not None else "" for name in form.fields}
    answer = client.post(page, {**given, "keeper": rooms.cast.general.pk, "capacity": 14, "bookable": "on"})
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert Room.objects.get(pk=rooms.small.pk).capacity == 14
    assert "14" in client.get(f"/backoffice/meetings/room/{rooms.small.pk}/history/").content.decode()
    client.post("/backoffice/meetings/quota/add/", {"unit": rooms.cast.finance.pk, "minutes_a_month": 600})
    assert Quota.objects.get().minutes_a_month == 600
    for table in ("approvalrule", "classlimit", "equipment", "quota", "room"):
        assert client.get(f"/backoffice/meetings/{table}/").status_code == 200
        assert as_person(rooms.cast.clerk).get(f"/backoffice/meetings/{table}/").status_code in (302, 403)
