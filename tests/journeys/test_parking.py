"""Parking: a driver is led on the phone and passes the gate, the keeper puts a plate right, a draw is published."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from houqin.services.parking import actions
from houqin.services.parking.models import Camera, Passage, Rotation, Space
from houqin.services.parking.tests.conftest import make_lots
from tests.journeys.conftest import Clock, House, Visit

pytestmark = pytest.mark.browser


def test_from_the_way_on_the_phone_to_the_published_draw(house: House, visit: Visit, clock: Clock) -> None:
    cast, lots = house.cast, make_lots(house.cast)
    keeper = cast.clerk
    Space.objects.create(lot=lots.west, code="C01", kind="ev", charge="idle")
    actions.charge(keeper, lot="PE", space="E01", state="charging")
    lots.permit("浙A12345", lots.west, person=cast.staff)

    # The driver asks where to park, first with an electric car, then with their own.
    passer_by = visit()
    passer_by.go("/parking/guide")
    passer_by.page.get_by_label("车牌号").fill("浙AD12345")
    passer_by.page.get_by_label("要充电").check()
    passer_by.press("查看", to="/parking/guide")
    way = passer_by.page.get_by_role("status")
    expect(way).to_contain_text("西停车场")
    expect(way).to_contain_text("有空闲充电车位")

    # At the gate the camera misreads one character; the screen leads the right vehicle, masked.
    token = actions.make_display(keeper, name="东门入口", camera=Camera.objects.get(code="CAM-PW"))
    lots.passes("浙A1234S", lot=lots.west, confidence=0.7)
    lots.passes("浙C54321")
    screen = visit()
    screen.go(f"/parking/gate/{token}")
    expect(screen.page.get_by_role("status")).to_contain_text("浙A1***5")
    staff = visit(cast.staff)
    staff.go("/parking/")
    staff.press("西停车场", to="/parking/lots/PW")
    staff.go("/parking/mine")

    # The keeper sees who was put right by itself, and puts right who was not.
    desk = visit(keeper)
    desk.go("/parking/keep")
    expect(desk.page.get_by_role("region", name="陌生车辆").get_by_text("浙C54321").first).to_be_visible()
    desk.go("/parking/keep/passages?show=corrected")
    expect(desk.page.get_by_text("与通行证只差一个字符")).to_be_visible()
    stranger = Passage.objects.get(read="浙C54321")
    desk.go(f"/parking/keep/passages/{stranger.pk}/correct")
    desk.page.get_by_label("车牌号").fill("浙C54327")
    desk.page.get_by_label("更正依据").fill("看了照片，末位是 7")
    desk.press("更正", to="/parking/keep/passages")
    expect(desk.page.get_by_text("看了照片，末位是 7")).to_be_visible()
    for path in ("/parking/keep/stays", "/parking/keep/permits", "/parking/setup/partners"):
        desk.go(path)
    desk.press("设置", to="/parking/setup")
    desk.press("东停车场", to="/parking/setup/lots/")
    desk.press("新增编号车位", to="/parking/setup/lots/.*/spaces/new")

    # A rotation is announced, entered, drawn; anybody sees the result and the sum.
    made = actions.open_rotation(
        keeper, lot=lots.east.pk, name="二季度近门车位", places=1, from_on=timezone.localdate() + timedelta(days=3),
        until_on=timezone.localdate() + timedelta(days=90), enter_until=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    actions.enter(cast.colleague, rotation=made.pk, plate="浙B12345")
    staff.go(f"/parking/rotations/{made.pk}")
    staff.page.get_by_label("车牌号").fill("浙A54321")
    staff.press("报名", to=f"/parking/rotations/{made.pk}")
    expect(staff.page.get_by_text("您的报名号 2")).to_be_visible()
    clock.shift(timedelta(hours=2))
    desk.go(f"/parking/rotations/{made.pk}")
    desk.press("抽签", to=f"/parking/rotations/{made.pk}/draw")
    desk.page.get_by_label("公开数").fill("双色球 2026030 期 蓝球 08")
    desk.press("抽签", to=f"/parking/rotations/{made.pk}")
    staff.go(f"/parking/rotations/{made.pk}")
    expect(staff.page.get_by_role("heading", name="候补名单")).to_be_visible()
    expect(staff.page.get_by_text(Rotation.objects.get().secret)).to_be_visible()
