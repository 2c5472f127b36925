"""Visitors: somebody from outside from asking to leaving, and a guard's morning with a queue of thirty."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from houqin.affairs.models import Case
from houqin.foundation.people import installation
from houqin.foundation.people.models import Installation
from houqin.services.access.actions import pass_token
from houqin.services.visitors import actions
from houqin.services.visitors.models import Contractor, Crossing, Visit, Worker
from houqin.services.visitors.tests.conftest import PHONE, Gates, make_gates
from houqin.testing.browser import Visitor
from tests.journeys.conftest import Clock, House
from tests.journeys.conftest import Visit as Open

pytestmark = pytest.mark.browser


@pytest.fixture
def gates(house: House) -> Iterator[Gates]:
    """The cast's gates, in a demo: codes stand on the page."""
    Installation.objects.create(demo=True)
    installation.forget()
    yield make_gates(house.cast)
    installation.forget()


def fill(visitor: Visitor, **told: str) -> None:
    """Answer the questions of a form, one after the other where a phone asks them so, those that may be left out last."""
    waiting = dict(told)
    while waiting:
        for name in [name for name in waiting if visitor.page.locator(f"main [name={name}]").is_visible()]:
            field = visitor.page.locator(f"main [name={name}]")
            if field.evaluate("(each) => each.tagName") == "SELECT":
                field.select_option(waiting.pop(name))
            else:
                field.fill(waiting.pop(name))
        if waiting:
            visitor.page.locator("[data-steps-next]").click()
    while (step := visitor.page.locator("[data-steps-next]")).is_visible():
        step.click()


def test_from_asking_to_come_to_leaving(gates: Gates, house: House, visit: Open, clock: Clock) -> None:
    guest = visit()
    guest.go("/visitors/request")
    guest.page.get_by_label("手机号").fill(PHONE)
    guest.press("获取验证码", to="/visitors/request")
    code = re.search(r"验证码是 (\d{6})", guest.page.locator("main").inner_text())
    assert code
    guest.page.get_by_label("验证码").fill(code[1])
    guest.press("下一步", to="/visitors/request/new")
    start = timezone.localtime() + timedelta(minutes=10)
    fill(
        guest, name="钱明", organisation="滨江局", host_name="李晓雯", host_tail="0001", kind="business", purpose="对账",
        from_at=f"{start:%Y-%m-%dT%H:%M}", until_at=f"{start + timedelta(hours=1):%Y-%m-%dT%H:%M}", plate="浙A12345",
        items="笔记本电脑",
    )  # fmt: skip
    guest.press("提交预约", to="/visitors/requested")
    expect(guest.page.get_by_text("等待对方同意")).to_be_visible()

    case = Case.objects.get(item_code="visitors.request")
    host = visit(house.cast.staff)
    host.go(case.get_absolute_url())
    dialog = host.open("同意")
    host.press("同意", inside=dialog, to=case.get_absolute_url())
    host.go("/visitors/")
    host.press("钱明", to="/visitors/")
    expect(host.page.get_by_text("已预留 访客停车场")).to_be_visible()

    guest.go("/visitors/requested")
    guest.press("打开通行码", to="/visitors/p/")
    expect(guest.page.get_by_role("img", name="通行码，请向门岗或闸机出示")).to_be_visible()

    found = Visit.objects.get()
    guard = visit(gates.guard)
    guard.go("/visitors/gate")
    guard.page.locator("#find").fill(pass_token(found.holder))
    guard.press("查找", to="/visitors/gate")
    expect(guard.page.get_by_text("钱明 已进入")).to_be_visible()
    clock.shift(timedelta(minutes=50))
    guard.go("/visitors/gate?show=inside")
    guard.press("离开 钱明", to="/visitors/gate")
    expect(guard.page.get_by_text("钱明 已离开")).to_be_visible()
    assert list(Crossing.objects.values_list("direction", "how")) == [("in", "pass"), ("out", "name")]
    without_an_invitation(guard, host)


def without_an_invitation(guard: Visitor, host: Visitor) -> None:
    """Registered by the guard, who types initials; let in once the host has agreed."""
    guard.go("/visitors/gate")
    guard.press("登记临时来访", to="/visitors/walk-in")
    guard.page.locator("#find").press_sequentially("lxw")
    guard.page.get_by_text("李晓雯").click()
    guard.page.get_by_label("来访人姓名").fill("孙丽")
    guard.page.get_by_label("手机号").fill("13912345670")
    guard.page.get_by_label("事由").fill("送材料")
    guard.press("登记并询问接待人", to="/visitors/gate")
    expect(guard.page.get_by_text("已问李晓雯")).to_be_visible()
    case = Case.objects.get(item_code="visitors.walk_in")
    host.go(case.get_absolute_url())
    host.press("同意", inside=host.open("同意"), to=case.get_absolute_url())
    guard.go("/visitors/gate")
    guard.press("进入 孙丽", to="/visitors/gate")
    expect(guard.page.get_by_text("孙丽 已进入")).to_be_visible()


def _queue_of_thirty(gates: Gates, house: House) -> tuple[Contractor, Worker]:
    """Thirty guests, one of them not to be let in; and a contractor's worker whose induction ended yesterday."""
    for number in range(30):
        gates.invite(
            source=f"test.case:{number}", name=f"客人{number:02}", phone=f"139123456{number:02}", companions=number % 3,
            organisation="江城建设集团" if number % 2 else "", items="样品" if number % 5 == 0 else "",
        )  # fmt: skip
    actions.deny(gates.guard, name="客人29", phone="13912345629", reason="多次扰序")
    today = timezone.localdate()
    company = actions.make_contractor(
        gates.guard,
        name="安居电梯",
        work="电梯维保",
        place=house.cast.office,
        host=house.cast.staff,
        insured_until=today,
    )
    worker = actions.add_worker(
        gates.guard, contractor=company.pk, name="丁强", phone=PHONE, inducted_until=today - timedelta(days=1)
    )
    return company, worker


def test_a_guards_morning_with_a_queue_of_thirty(
    gates: Gates, house: House, visit: Open, clock: Clock
) -> None:
    company, worker = _queue_of_thirty(gates, house)
    guard = visit(gates.guard)
    guard.go("/visitors/gate")
    expect(guard.page.locator(".vs-row")).to_have_count(30)
    expect(guard.page.get_by_text("请联系值班室")).to_be_visible()
    for number in range(4):
        guard.press(f"进入 客人{number:02}", to="/visitors/gate")
    guard.page.locator("#find").fill("5607")
    guard.press("查找", to="/visitors/gate")
    guard.press("进入 客人07", to="/visitors/gate")
    guard.page.locator("#find").fill("丁强")
    guard.press("查找", to="/visitors/gate")
    guard.press("进入 丁强", to="/visitors/gate")
    expect(guard.page.get_by_text("安全培训已于")).to_be_visible()
    guard.go("/visitors/muster")
    expect(guard.page.get_by_text("客人07")).to_be_visible()
    clock.shift(timedelta(hours=3))
    guard.go("/visitors/gate?show=overdue")
    expect(guard.page.locator(".vs-row.is-late")).to_have_count(5)
    for path in (
        "trace",
        "insight",
        "contractors",
        f"contractors/{company.pk}",
        f"workers/{worker.pk}",
        "rules",
        "rules/new",
    ):
        guard.go(f"/visitors/{path}")
    guard.go("/visitors/denials")
    guard.press("本次放行 客人29", to="/visitors/denials")
    host = visit(house.cast.staff)
    for path in ("invite", "group"):
        host.go(f"/visitors/{path}")
    page = host.page
    page.locator("[name=file]").set_input_files(
        [{"name": "名单.csv", "mimeType": "text/csv", "buffer": f"姓名,手机\n孙丽,{PHONE}\n李雷,1".encode()}]
    )
    fill(host, name="考察团", purpose="考察")
    host.press("预览名单", to="/visitors/group")
    expect(page.get_by_text("可登记 1 人")).to_be_visible()
