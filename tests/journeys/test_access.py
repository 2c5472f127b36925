"""Doors: from asking for a permit to the pass on a phone, and what keepers and guards look at."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from houqin.affairs.actions import submit
from houqin.affairs.models import Case
from houqin.services.access.tests.conftest import make_doors
from tests.journeys.conftest import House, Visit

pytestmark = pytest.mark.browser


def test_from_asking_for_a_permit_to_the_pass(house: House, visit: Visit) -> None:
    doors = make_doors(house.cast)
    staff = visit(house.cast.staff)
    staff.go("/access/")
    expect(staff.page.get_by_text("现在没有可用的通行权限")).to_be_visible()
    today = timezone.localdate()
    asked = {
        "areas": [doors.vault.code], "span": "office", "from_on": today.isoformat(),
        "until_on": (today + timedelta(days=30)).isoformat(), "reason": "调阅档案",
    }  # fmt: skip
    case = submit(house.cast.staff, item="access.permit", data=asked)
    for person in (house.cast.head, house.cast.clerk):
        house.do(Case.objects.get(pk=case.pk), "approve", person)
    staff.go("/access/")
    code = staff.page.get_by_role("img", name="我的通行码，请在门口出示")
    expect(code).to_be_visible()
    doors.admit(doors.vault_door)
    keeper = visit(house.cast.clerk)
    for path in (
        "/access/board",
        "/access/inside",
        "/access/permits",
        "/access/permits/new",
        f"/access/areas/{doors.tower.pk}",
        f"/access/people/{house.cast.staff.pk}",
        "/access/manage",
        f"/access/manage/controllers/{doors.controller.pk}",
    ):
        keeper.go(path)
    keeper.press("生成新密钥", to="/access/manage/controllers/")
    expect(keeper.page.get_by_text("离开本页后不能再次查看")).to_be_visible()
