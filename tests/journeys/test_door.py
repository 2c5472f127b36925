"""At the door: a first sign-in with everything it asks for, and the day a phone is lost."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from django.conf import LazySettings
from playwright.sync_api import expect

from houqin.foundation.people import actions, second_factor
from houqin.foundation.people.models import Identity, SecondFactor
from houqin.testing.browser import PHONE, Visitor
from houqin.testing.outside.dingtalk import DingTalkServer
from tests.journeys.conftest import Clock, House, Visit

pytestmark = pytest.mark.browser
INITIAL, OWN = "Chushi-2026-ok", "Ziji-2026-xuan"


def sign_in(visitor: Visitor, username: str, password: str, *, to: str) -> None:
    visitor.page.get_by_label("登录名").fill(username)
    visitor.page.get_by_label("密码").fill(password)
    visitor.press("登录", to=to)


def test_a_first_sign_in_asks_for_a_password_of_ones_own_and_a_second_factor(
    house: House, visit: Visit, clock: Clock
) -> None:
    cast = house.cast
    cast.appoint(cast.colleague, ["people.manage"], cast.city)
    actions.reset_password(cast.colleague, person=cast.secadmin, password=INITIAL)
    person = visit()
    person.go("/sign-in?next=/profile")
    sign_in(person, "secadmin", INITIAL, to="/sign-in/new-password")
    person.page.get_by_label("新密码", exact=True).fill(OWN)
    person.page.get_by_label("再输一遍新密码").fill(OWN)
    person.press("保存并继续", to="/sign-in/second-factor")

    expect(person.page.locator(".factor-code svg")).to_be_visible()
    secret = person.page.locator(".factor-secret").inner_text().replace(" ", "")
    person.page.get_by_label("动态口令").fill(second_factor.code_at(secret, int(time.time()) // 30))
    person.press("完成设置", to="/sign-in/second-factor")
    expect(person.page.locator(".recovery-codes li")).to_have_count(10)
    recovery = person.page.locator(".recovery-codes li").first.inner_text()
    person.press("已保存，继续", to="/profile")
    expect(person.page.get_by_role("heading", name="吕安")).to_be_visible()

    person.press("动态口令（已启用）", to="/profile/second-factor")
    person.go("/profile")
    person.press("退出登录", to="/sign-in")
    sign_in(person, "secadmin", OWN, to="/sign-in/code")
    person.page.get_by_label("动态口令").fill(recovery)
    person.press("继续登录", to="/")
    assert SecondFactor.objects.get().recovery_codes.filter(used_at__isnull=True).count() == 9


def test_a_lost_phone_is_signed_out_from_the_desk(house: House, visit: Visit) -> None:
    phone, desk = visit(), visit()
    for each in (phone, desk):
        each.go("/sign-in?next=/profile")
        sign_in(each, "staff", house.cast.password, to="/profile")
    phone.go("/services/repairs.report")
    phone.page.get_by_label("补充描述").fill("手机里打的字")

    keeper = visit(house.cast.secadmin)
    keeper.go("/retention/")
    expect(keeper.page.get_by_role("heading", name="保存期限")).to_be_visible()

    house.deliver()
    desk.go("/notices")
    desk.press("您的账号在新设备上登录", to="/profile/sessions")
    expect(desk.page.locator(".rows li")).to_have_count(2)
    desk.press("让它退出", to="/profile/sessions")
    expect(desk.page.locator(".rows li")).to_have_count(1)

    phone.go("/profile")
    assert phone.path == "/sign-in"
    sign_in(phone, "staff", house.cast.password, to="/profile")
    phone.go("/services/repairs.report")
    expect(phone.page.get_by_label("补充描述")).to_have_value("手机里打的字")


@pytest.mark.parametrize("width", [PHONE], indirect=True)
def test_inside_dingtalk_one_is_in_at_once(
    house: House, visit: Visit, settings: LazySettings, tmp_path: Path
) -> None:
    """With a stand-in for DingTalk's own script, which answers as its documentation says."""
    script = tmp_path / "index.js"
    script.write_text(
        "window.dd = { getAuthCode: ({ corpId }) => Promise.resolve({ code: `from ${corpId}` }) };",
        encoding="utf-8",
    )
    with DingTalkServer() as other:
        settings.DINGTALK_URL, settings.DINGTALK_LOGIN_URL = other.setting(), other.url
        settings.DINGTALK_JSAPI = str(script)
        other.people[f"from {other.tenant}"] = {"accountId": "331", "tenantId": other.tenant}
        Identity.objects.create(person=house.cast.staff, provider="dingtalk", subject="331")
        phone = visit()
        phone.page.set_extra_http_headers({"User-Agent": "Mozilla/5.0 (Linux; Android 14) TaurusApp/2.9"})
        with phone.page.expect_navigation(url="**/profile"):
            phone.page.goto(f"{phone.base}/sign-in?next=/profile")
        phone.look()
        expect(phone.page.get_by_role("heading", name=house.cast.staff.name)).to_be_visible()
        phone.visited.discard("/sign-in")  # left before anybody could look
