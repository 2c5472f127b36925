"""Somebody nobody knows, and somebody who reads English and large type."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from houqin.affairs.models import Case
from houqin.testing.browser import Visitor
from tests.journeys.conftest import House, Visit

pytestmark = pytest.mark.browser


def _next(visitor: Visitor) -> None:
    """On a phone a long form asks one question at a time."""
    if visitor.phone:
        visitor.press("下一步")


def test_a_passer_by_reports_and_follows_it(house: House, visit: Visit) -> None:
    cast = house.cast
    passer_by = visit()
    passer_by.go(f"/q/{cast.toilet.qr}")
    passer_by.press("报修 地点已填好", to="/services/repairs.report")
    page = passer_by.page
    expect(page.locator("[data-picker-label]")).to_have_text("1号楼 3层 男卫生间")
    _next(passer_by)
    page.get_by_label("什么坏了", exact=True).select_option("water.tap")
    passer_by.look()
    _next(passer_by)
    page.get_by_label("怎么称呼您").fill("王女士")
    _next(passer_by)
    page.get_by_label("手机号").fill("139 1234 5678")
    _next(passer_by)
    page.get_by_label("补充描述").fill("水一直流")
    passer_by.photo()
    passer_by.look()
    passer_by.press("提交", to="/services/repairs.report/done/")
    case = Case.objects.get()
    expect(page.locator(".done-number")).to_have_text(case.spoken_number)
    house.do(case, "accept", cast.worker)

    elsewhere = visit()
    elsewhere.go("/report")
    elsewhere.press("查进度", to="/track")
    elsewhere.page.get_by_label("办件编号").fill(case.spoken_number)
    elsewhere.page.get_by_label("手机号").fill("13912345678")
    elsewhere.press("查询", to=f"/cases/{case.number}")
    expect(elsewhere.page.locator(".now")).to_contain_text("赵铁柱")
    expect(elsewhere.page.locator(".gallery img").first).to_have_js_property("complete", True)
    house.do(case, "complete", cast.worker, comment="换了垫圈")
    elsewhere.go(f"/cases/{case.number}")
    elsewhere.press("确认办好", to=f"/cases/{case.number}")
    case.refresh_from_db()
    assert case.state == "completed"


def test_somebody_reads_english_and_large_type(house: House, visit: Visit) -> None:
    cast = house.cast
    house.do(house.report(), "accept", cast.worker)
    house.deliver()
    staff = visit(cast.staff)
    page = staff.page
    staff.go("/profile")
    staff.press("English", inside=page.locator("main"), to="/profile")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    staff.press("Change to large type", to="/profile")
    expect(page.locator("html")).to_have_attribute("data-type", "large")
    for path in ("/", "/services", "/mine", "/search?q=tap", "/services/repairs.report", "/delegations"):
        staff.go(path)
    staff.go("/notices")
    expect(page.locator("#unread")).to_contain_text("1")
    staff.press("Mark all as read", to="/notices")
    expect(page.locator("#unread")).to_be_empty()
