"""The grid, a room's day, the booking form and a meeting's page."""

from datetime import timedelta

from django.utils import timezone

from houqin.services.meetings import actions
from houqin.services.meetings.models import ApprovalRule, Meeting, MeetingState, Wait


def filled(rooms, room=None, hour=10, **more):
    return {
        "room": (room or rooms.small).place.code, "subject": "碰头会", "starts_at": rooms.at(hour).strftime("%Y-%m-%dT%H:%M"),
        "ends_at": rooms.at(hour + 1).strftime("%Y-%m-%dT%H:%M"), "expected": 5, "series-repeat": "", **more,
    }  # fmt: skip


def local(at):
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")


def test_the_grid_shows_who_has_what_and_hides_private_names(rooms, as_person):
    rooms.book(rooms.small, 10)
    actions.book(rooms.cast.staff, wish=rooms.wish(rooms.east, 9), title="干部考察", private=True)
    day = f"{timezone.localdate() + timedelta(days=1):%Y-%m-%d}"
    page = as_person(rooms.cast.other_staff).get(f"/meetings/?day={day}").content.decode()
    assert "预算碰头会" in page
    assert "干部考察" not in page
    assert page.count("已预订") >= 2  # the private one, in its own row and in the joined room's
    assert "f12 t16" in page  # 10 to 11 o'clock


def test_the_grid_is_drawn_anew_when_it_changed_and_not_before(rooms, as_person, django_assert_num_queries):
    client = as_person(rooms.cast.staff)
    day = f"/meetings/?day={timezone.localdate() + timedelta(days=1):%Y-%m-%d}"
    client.get(day)
    with django_assert_num_queries(4):
        assert "碰头会" not in client.get(day).content.decode()
    meeting = rooms.book(rooms.small, 10)
    with django_assert_num_queries(6):
        assert "预算碰头会" in client.get(day).content.decode()
    actions.cancel(rooms.cast.staff, meeting=meeting.pk)
    assert "预算碰头会" not in client.get(day).content.decode()


def test_filters_leave_what_fits_and_say_how_many(rooms, as_person):
    client = as_person(rooms.cast.staff)
    page = client.get("/meetings/?seats=50").content.decode()
    assert "东西厅" in page
    assert "301会议室" not in page
    assert "没有符合条件的会议室" in client.get("/meetings/?equipment=interpretation").content.decode()


def test_a_room_is_booked_from_the_form(rooms, as_person):
    client = as_person(rooms.cast.staff)
    page = client.get(
        f"/meetings/new?room={rooms.small.place.code}&from=2026-12-01T09:00&to=2026-12-01T10:30"
    )
    assert 'value="2026-12-01T10:30"' in page.content.decode()
    answer = client.post("/meetings/new", filled(rooms), follow=True)
    assert "已预订。" in answer.content.decode()
    assert Meeting.objects.get().organiser == rooms.cast.staff


def test_a_taken_room_offers_ways_out_that_book_with_one_more_tap_or_the_waiting_list(rooms, as_person):
    rooms.book(rooms.small, 10)
    client = as_person(rooms.cast.other_staff)
    answer = client.post("/meetings/new", filled(rooms))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "预算处（李晓雯）" in page
    way = page.split('name="way" value="')[1].split('"')[0]
    assert "登记候补" in page
    client.post("/meetings/wait", filled(rooms))
    assert Wait.objects.get().person == rooms.cast.other_staff
    answer = client.post("/meetings/new", {**filled(rooms), "way": way}, follow=True)
    assert "已预订。" in answer.content.decode()
    assert Meeting.objects.filter(organiser=rooms.cast.other_staff).count() == 1


def test_a_series_asks_about_the_dates_that_are_taken(rooms, as_person):
    actions.book(
        rooms.cast.other_staff,
        wish=rooms.wish(rooms.small, days=8, organiser=rooms.cast.other_staff),
        title="占用",
    )
    until = timezone.localdate() + timedelta(days=22)
    data = filled(rooms, **{"series-repeat": "WEEKLY", "series-until": f"{until:%Y-%m-%d}"})
    client = as_person(rooms.cast.staff)
    page = client.post("/meetings/new", data).content.decode()
    assert "这些日期需要您选择" in page
    name = page.split('name="choice-')[1].split('"')[0]
    answer = client.post("/meetings/new", {**data, f"choice-{name}": "drop"}, follow=True)
    assert "共 3 次" in answer.content.decode()


def test_a_large_room_leads_to_its_case(rooms, as_person):
    ApprovalRule.objects.create(name="大会议室", seats_from=80)
    answer = as_person(rooms.cast.staff).post(
        "/meetings/new", filled(rooms, rooms.both, expected=80), follow=True
    )
    page = answer.content.decode()
    assert "已提交审批" in page
    assert "东西厅" in page
    assert Meeting.objects.get().state == MeetingState.PENDING


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(rooms, as_person):
    answer = as_person(rooms.cast.staff).post(
        "/meetings/new", filled(rooms, expected=30, subject="很长的会议")
    )
    assert answer.status_code == 422
    assert "12 个座位" in answer.content.decode()
    assert 'value="很长的会议"' in answer.content.decode()


def test_a_meeting_is_moved_and_called_off_on_its_page(rooms, as_person):
    meeting = rooms.book(rooms.small)
    client = as_person(rooms.cast.staff)
    move = {
        "room": rooms.east.pk,
        "starts_at": local(rooms.at(15)),
        "ends_at": local(rooms.at(16)),
        "seen": 0,
    }
    assert "已改好" in client.post(f"/meetings/{meeting.pk}/move", move, follow=True).content.decode()
    assert "情况已经变化" not in client.get(f"/meetings/{meeting.pk}").content.decode()
    stale = client.post(f"/meetings/{meeting.pk}/move", move)
    assert "已有变动" in stale.content.decode()
    assert (
        "会议室已释放"
        in client.post(f"/meetings/{meeting.pk}/cancel", {"reason": "改线上"}, follow=True).content.decode()
    )
    page = client.get(f"/meetings/{meeting.pk}").content.decode()
    assert "改线上" in page
    assert "改期或换会议室" in page


def test_others_see_of_a_meeting_what_the_grid_says_and_cannot_touch_it(rooms, as_person):
    meeting = actions.book(rooms.cast.staff, wish=rooms.wish(rooms.small), title="干部考察", private=True)
    client = as_person(rooms.cast.other_staff)
    assert "干部考察" not in client.get(f"/meetings/{meeting.pk}").content.decode()
    assert client.get(f"/meetings/{meeting.pk}/move").status_code == 404
    assert client.post(f"/meetings/{meeting.pk}/cancel").status_code == 404


def test_a_rooms_day_offers_its_free_times(rooms, as_person):
    rooms.book(rooms.small, 10)
    day = f"{timezone.localdate() + timedelta(days=1):%Y-%m-%d}"
    client = as_person(rooms.cast.staff)
    page = client.get(f"/meetings/rooms/{rooms.small.pk}?day={day}").content.decode()
    assert f"from={day}T07:30&amp;to={day}T10:00" in page
    assert f"from={day}T11:00&amp;to={day}T21:00" in page
    for view in ("week", "month"):
        assert (
            "预算碰头会"
            in client.get(f"/meetings/rooms/{rooms.small.pk}?day={day}&view={view}").content.decode()
        )


def test_find_names_people_and_says_who_is_unknown(rooms, as_person):
    client = as_person(rooms.cast.staff)
    first = timezone.localdate() + timedelta(days=1)
    query = {"seats": 5, "minutes": 60, "first": f"{first}", "last": f"{first}", "people": "陈立"}
    assert "都有空" in client.get("/meetings/find", query).content.decode()
    assert "没有这个人" in client.get("/meetings/find", {**query, "people": "无此人"}).content.decode()


def test_mine_says_what_comes_and_what_i_wait_for(rooms, as_person):
    client = as_person(rooms.cast.staff)
    assert "近期没有会议" in client.get("/meetings/mine").content.decode()
    rooms.book(rooms.small)
    wait = actions.wait(
        rooms.cast.staff, room=rooms.east, title="备选", starts_at=rooms.at(9), ends_at=rooms.at(10)
    )
    page = client.get("/meetings/mine").content.decode()
    assert "预算碰头会" in page
    assert "备选" in page
    client.post(f"/meetings/waits/{wait.pk}/stop")
    assert "备选" not in client.get("/meetings/mine").content.decode()


def test_a_day_that_cannot_be_is_today(rooms, as_person):
    client = as_person(rooms.cast.staff)
    for day in ("2026-13-45", "9999-12-31", "x", "0001-01-01"):
        assert client.get(f"/meetings/?day={day}").status_code == 200
        assert client.get(f"/meetings/rooms/{rooms.small.pk}?day={day}&view=month").status_code == 200
        assert client.get(f"/meetings/new?from={day}T09:00&to={day}T10:00").status_code == 200
    answer = client.post(
        "/meetings/new", filled(rooms, starts_at="9999-12-31T23:00", ends_at="0001-01-01T00:00")
    )
    assert answer.content.decode().count("请选择合理的时间") >= 2
