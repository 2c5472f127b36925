"""From a dripping tap to five stars, and back when it still drips."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from houqin.affairs.models import Case
from tests.journeys.conftest import House, Visit

pytestmark = pytest.mark.browser


def test_a_tap_is_reported_with_a_photo_mended_and_rated(house: House, visit: Visit) -> None:
    cast = house.cast
    staff = visit()
    staff.go(f"/sign-in?next=/q/{cast.office.qr}")
    staff.page.get_by_label("登录名").fill("staff")
    staff.page.get_by_label("密码").fill(cast.password)
    staff.press("登录", to="/q/")
    staff.press("报修 地点已填好", to="/services/repairs.report")

    expect(staff.page.locator("[data-picker-label]")).to_have_text("1号楼 3层 301室")
    staff.page.get_by_label("什么坏了", exact=True).select_option("water.tap")
    staff.page.get_by_label("补充描述").fill("洗手池的龙头关不紧")
    staff.photo()
    staff.press("提交", to="/services/repairs.report/done/")
    case = Case.objects.get()
    expect(staff.page.locator(".done-number")).to_have_text(case.spoken_number)
    staff.press("看进度", to=f"/cases/{case.number}")
    expect(staff.page.locator(".now")).to_contain_text("赵铁柱")
    expect(staff.page.locator(".gallery img").first).to_be_visible()

    worker = visit(cast.worker)
    worker.go("/todo")
    expect(worker.page.locator(".task-card")).to_contain_text("301室")
    worker.press("接单", to="/todo")
    worker.go(f"/q/{cast.office.qr}")
    worker.press("我已到场", to="/repairs/arrive/")
    worker.press("我已到场", to=f"/cases/{case.number}")
    finish = worker.open("办毕")
    finish.get_by_label("处理结果").fill("换了阀芯和龙头")
    finish.get_by_label("工时").fill("25")
    finish.get_by_label("用料").select_option(str(house.tap.pk))
    finish.get_by_label("数量").fill("1")
    worker.photo(inside=finish)
    worker.press("办毕", inside=finish, to=f"/cases/{case.number}")
    expect(worker.page.locator(".timeline")).to_contain_text("到达现场（扫码）")

    house.deliver()
    staff.go("/notices")
    staff.press(case.title, to=f"/cases/{case.number}")
    expect(staff.page.locator(".timeline")).to_contain_text("换了阀芯和龙头")
    staff.press("确认办好", to=f"/cases/{case.number}")
    rate = staff.open("去评价")
    rate.locator("label[for=stars-5]").click()
    rate.get_by_text("来得快").click()
    staff.press("提交评价", inside=rate, to=f"/cases/{case.number}")
    expect(staff.page.locator(".timeline")).to_contain_text("评价 5 星")

    house.tap.refresh_from_db()
    assert house.tap.quantity == 4
    staff.go("/mine")
    row = staff.page.get_by_role("row", name=re.compile(case.spoken_number))
    expect(row).to_contain_text("已办结")


def test_what_is_not_mended_goes_back_to_who_mended_it(house: House, visit: Visit) -> None:
    cast = house.cast
    case = house.report()
    house.do(case, "accept", cast.worker)
    house.do(case, "complete", cast.worker, comment="拧紧了")

    staff = visit(cast.staff)
    staff.go("/")
    staff.press(case.title, to=f"/cases/{case.number}")
    again = staff.open("没有办好")
    again.get_by_label("原因").fill("还在滴水")
    staff.press("没有办好", inside=again, to=f"/cases/{case.number}")
    expect(staff.page.locator(".now")).to_contain_text("赵铁柱")

    worker = visit(cast.worker)
    worker.go("/todo")
    card = worker.page.locator(".task-card")
    expect(card).to_contain_text("返工")
    worker.press("水龙头滴漏", inside=card, to=f"/cases/{case.number}")
    expect(worker.page.locator(".timeline")).to_contain_text("还在滴水")
