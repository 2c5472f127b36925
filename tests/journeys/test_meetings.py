"""A meeting from idea to feedback: a series on the grid, the waiting list, a plenary, and a guest from outside."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from houqin.affairs.models import Route
from houqin.services.meetings import actions
from houqin.services.meetings.models import Meeting, Participant
from houqin.services.meetings.tests.conftest import Rooms, make_rooms
from houqin.services.meetings.views import grid
from houqin.services.parking.models import Lot
from houqin.testing.browser import Visitor
from tests.journeys.conftest import Clock, House, Visit

pytestmark = pytest.mark.browser


@pytest.fixture
def rooms(house: House) -> Rooms:
    grid._kept.clear()
    grid._boards.clear()
    Route.objects.create(item_code="visitors.invite", section=house.cast.general)
    Lot.objects.create(place=house.cast.office, capacity=5, reservable=5, keeper=house.cast.general)
    return make_rooms(house.cast)


def choose_on_grid(who: Visitor, rooms: Rooms) -> None:
    """Ten to eleven of tomorrow in the small room: by dragging, or on a phone by two taps."""
    page = who.page
    who.go(f"/meetings/week?day={rooms.at(0):%Y-%m-%d}")
    strip = page.locator("[data-week] svg").first.bounding_box()
    assert strip
    tapped = rooms.at(0).weekday()
    with page.expect_navigation(url=f"**/meetings/rooms/{rooms.small.pk}?day={rooms.at(0):%Y-%m-%d}"):
        page.mouse.click(strip["x"] + strip["width"] * (tapped + 0.5) / 7, strip["y"] + strip["height"] / 2)
    who.go(f"/meetings/?day={rooms.at(0):%Y-%m-%d}")
    if who.phone:
        who.press("301会议室", to="/meetings/rooms/")
        page.goto(f"{page.url}&from=10")  # the address of a day takes no harm from more
        who.press("空闲，点此预订", to="/meetings/new")
        page.get_by_label("开始时间").fill(f"{rooms.at(10):%Y-%m-%d}T10:00")
        page.get_by_label("结束时间").fill(f"{rooms.at(10):%Y-%m-%d}T11:00")
        return
    strip = page.locator("[data-room='A1-M1'] ol").bounding_box()
    assert strip
    column = strip["width"] / grid.COLUMNS
    height = strip["y"] + strip["height"] / 2
    page.mouse.move(strip["x"] + 12.5 * column, height)
    page.mouse.down()
    page.mouse.move(strip["x"] + 15.5 * column, height, steps=3)
    with page.expect_navigation(url="**/meetings/new?*"):
        page.mouse.up()
    who.look()
    expect(page.get_by_label("结束时间")).to_have_value(f"{rooms.at(11):%Y-%m-%d}T11:00")


def test_a_clerk_books_a_series_and_moves_one_and_who_waits_gets_what_is_left(
    house: House, rooms: Rooms, visit: Visit
) -> None:
    clerk, waiting = visit(house.cast.clerk), visit(house.cast.other_staff)
    choose_on_grid(clerk, rooms)
    page = clerk.page
    page.get_by_label("会议名称", exact=True).fill("数字化专班例会")
    page.get_by_label("预计人数").fill("8")
    page.get_by_label("重复", exact=False).first.select_option("WEEKLY")
    page.get_by_label("重复到").fill(f"{rooms.at(10, days=22):%Y-%m-%d}")
    clerk.press("预订", to=r"/meetings/\d")
    expect(page.locator("main")).to_contain_text("含本次还有 4 次")

    # Somebody else wants the first one's time, sees who has it, and waits.
    waiting.go(
        f"/meetings/new?room=A1-M1&from={rooms.at(10):%Y-%m-%dT%H:%M}&to={rooms.at(11):%Y-%m-%dT%H:%M}"
    )
    waiting.page.get_by_label("会议名称", exact=True).fill("教师招聘协调会")
    waiting.page.get_by_label("预计人数").fill("6")
    waiting.press("预订", to="/meetings/new")
    expect(waiting.page.locator("main")).to_contain_text("数字化专班例会")
    expect(waiting.page.get_by_text("最近的其他选择")).to_be_visible()
    waiting.press("登记候补", to="/meetings/mine")
    expect(waiting.page.get_by_role("heading", name="候补中")).to_be_visible()

    # The clerk moves this one meeting; the others of the series stay, and the room goes to who waits.
    clerk.press("改期或换会议室", to=r"/meetings/\d+/move")
    page.get_by_label("开始时间").fill(f"{rooms.at(15):%Y-%m-%dT%H:%M}")
    page.get_by_label("结束时间").fill(f"{rooms.at(16):%Y-%m-%dT%H:%M}")
    clerk.press("保存", to=r"/meetings/\d+$")
    expect(page.locator("main")).to_contain_text("15:00–16:00")
    waiting.go("/meetings/mine")
    expect(waiting.page.locator("main")).to_contain_text("教师招聘协调会")
    expect(waiting.page.get_by_role("heading", name="候补中")).to_have_count(0)
    starts = Meeting.objects.filter(series__isnull=False).order_by("original_start")
    assert [each.starts_at for each in starts] == [
        rooms.at(15),
        *(rooms.at(10, days=days) for days in (8, 15, 22)),
    ]
    small = rooms.small.pk
    others = (
        ["/meetings/find?seats=8&minutes=60&first=2026-03-17&last=2026-03-18", "/meetings/rooms", f"/meetings/rooms/{small}/settings"]
        if clerk.phone
        else ["/meetings/figures", f"/meetings/rooms/{small}?view=month"]
    )  # fmt: skip
    for path in others:
        clerk.go(path)


def test_the_run_sheet_of_a_plenary(house: House, rooms: Rooms, visit: Visit) -> None:
    cast, clerk = house.cast, visit(house.cast.clerk)
    event = actions.plan_event(
        cast.clerk, title="全市年中大会", starts_at=rooms.at(9, days=3), ends_at=rooms.at(11, days=3)
    )
    clerk.go(f"/meetings/events/{event.pk}")
    page = clerk.page

    def add(word: str, **values: str) -> None:
        page.get_by_text(word, exact=True).click()
        box = page.locator("details[open]").last
        for label, value in values.items():
            box.get_by_label(label).first.fill(value)
        clerk.press("加入", inside=box, to=rf"/meetings/events/{event.pk}")

    add("加会场", 主会场="东西厅", 分会场="301会议室")
    add("加岗位", 岗位="签到台", 位置="序厅", 职责="签到、发放材料")
    add("加环节", 时刻=f"{rooms.at(9, days=3):%Y-%m-%dT%H:%M}", 环节内容="宣布开会")
    clerk.press("流程单", to=rf"/meetings/events/{event.pk}/sheet")
    for words in ("宣布开会", "东西厅", "签到台"):
        expect(page.locator("main")).to_contain_text(words)
    # A venue of it cannot be taken by anybody.
    assert Meeting.objects.filter(event=event, state="booked").count() == 2


def test_a_guest_from_the_invitation_to_the_feedback(
    house: House, rooms: Rooms, visit: Visit, clock: Clock
) -> None:
    cast = house.cast
    meeting = rooms.book(rooms.small, 9.5, days=0)
    actions.invite(cast.staff, meeting=meeting.pk, people=[cast.colleague])
    staff = visit(cast.staff)
    staff.go(f"/meetings/{meeting.pk}/participants")
    staff.page.get_by_label("院区外人员").fill("程立 江城大学 教授 13800000077")
    staff.press("发出邀请", to=rf"/meetings/{meeting.pk}/participants")
    staff.press("为 1 位院区外人员登记来访", to=rf"/meetings/{meeting.pk}/participants")
    staff.go(f"/meetings/{meeting.pk}/gates")
    staff.page.get_by_label("预留车位数").fill("2")
    staff.press("预留车位", to=rf"/meetings/{meeting.pk}/gates")
    expect(staff.page.get_by_text("预留 2 个车位")).to_be_visible()

    # The guest answers, says with what they come, and has a pass to show.
    asked = Participant.objects.get(person__isnull=True)
    guest = visit()
    guest.go(f"/meetings/p/{asked.token}")
    guest.press("参加", to="/meetings/p/")
    guest.page.get_by_placeholder("车牌号").fill("浙A12345")
    guest.press("开车来，预留车位", to="/meetings/p/")
    expect(guest.page.get_by_text("已为 浙A12345")).to_be_visible()
    guest.press("打开来访通行码", to="/visitors/p/")
    expect(guest.page.locator("svg").first).to_be_visible()

    # At the door: the guest by the pass, a colleague by the code on the screen.
    clock.move_to(meeting.starts_at - timedelta(minutes=5))
    staff.go(f"/meetings/{meeting.pk}/screen")
    staff.go(f"/meetings/{meeting.pk}/attendance")
    staff.page.get_by_label("参会码").fill(f"/meetings/p/{asked.token}")
    staff.page.get_by_label("参会码").press("Enter")
    expect(staff.page.get_by_text("程立 已签到")).to_be_visible()
    staff.look()

    clock.move_to(meeting.starts_at + timedelta(minutes=1))
    guest.go(f"/meetings/p/{asked.token}")
    guest.press("评价会议", to="/meetings/p/.*/feedback")
    guest.page.locator("label[for=room_stars-5]").click()
    guest.page.locator("label[for=service_stars-4]").click()
    guest.press("提交", to="/meetings/p/")
    asked.refresh_from_db()
    assert (asked.feedback.room_stars, asked.feedback.service_stars) == (5, 4)
