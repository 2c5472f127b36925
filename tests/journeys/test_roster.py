"""The administrator brings a roster in: bad rows are put right in the preview, then all of it is applied."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from houqin.foundation.people.models import Person
from houqin.foundation.roster.tests.samples import book, phone, somebody
from tests.journeys.conftest import House, Visit

pytestmark = pytest.mark.browser


def test_a_roster_with_bad_rows_is_put_right_and_applied(house: House, visit: Visit, tmp_path: Path) -> None:
    rows = [somebody(n, unit="江城市财政局", section="预算处") for n in range(1, 70)]
    rows[0][6] = "1.39E+10"
    rows[1][1] = "江城市财政居"
    rows[2][5] = rows[2][5][:17]
    file = tmp_path / "市财政局花名册（2026年10月）.xlsx"
    file.write_bytes(book(rows))

    administrator = visit(house.cast.sysadmin)
    administrator.go("/roster/")
    page = administrator.page
    page.get_by_label("花名册文件").set_input_files(file)
    page.get_by_role("button", name="上传并预览").click()
    page.wait_for_url(re.compile(r"/roster/\d+$"))
    draft = administrator.path
    administrator.look()
    expect(page.locator(".page-sum")).to_contain_text("新增 66 人，离开 2 人；3 行未接收")

    administrator.press("核对各列的含义", to=f"{draft}/columns")
    page.get_by_role("button", name="记住并重新预览").click()
    page.wait_for_url(re.compile(f"{draft}$"))
    administrator.look()

    page.get_by_label("手机 名册!3").fill(phone(1))
    page.get_by_role("button", name="更正 名册!3").click()
    expect(page.locator(".page-sum")).to_contain_text("2 行未接收")
    administrator.look()
    page.get_by_role("button", name="记住并重新预览").click()
    expect(page.locator(".messages")).to_contain_text("已记下")
    expect(page.locator(".page-sum")).to_contain_text("新增 68 人，离开 2 人；1 行未接收")
    administrator.look()

    page.get_by_role("button", name="名单不全，这些人保持不变").click()
    expect(page.locator(".page-sum")).not_to_contain_text("离开")
    administrator.look()
    page.locator(".chips").get_by_text("新增").click()
    page.get_by_role("link", name="下一页").click()
    expect(page.locator("#roster")).to_contain_text("第 51 至 68 行，共 68 行")
    administrator.look()

    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="确认导入").click()
    expect(page.locator(".messages")).to_contain_text("已导入：新增 68 人")
    administrator.look()
    expect(page.get_by_role("link", name="下载未接收的行")).to_be_visible()
    assert Person.objects.filter(organisation=house.cast.budget).count() == 68 + 3
    assert Person.objects.get(name=somebody(2)[3]).organisation == house.cast.budget
