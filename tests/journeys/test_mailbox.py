"""A letter is received, suggested, answered, published and rated; another one by nobody; a rating on the spot."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from houqin.affairs.models import Case, Route
from houqin.foundation.trail.models import Entry
from houqin.services.mailbox.actions import learning
from houqin.services.mailbox.models import LetterCategory
from tests.journeys.conftest import House, Visit

pytestmark = pytest.mark.browser


@pytest.fixture
def post(house: House) -> House:
    """Letters go to the cast's section, which answers those about the canteen."""
    Route.objects.create(item_code="mailbox.letter", section=house.cast.repairs)
    LetterCategory.objects.filter(code="dining").update(section=house.cast.repairs)
    return house


def test_a_letter_is_suggested_answered_published_and_rated(post: House, visit: Visit) -> None:
    cast = post.cast
    staff = visit(cast.staff)
    staff.go("/services/mailbox.letter")
    staff.page.get_by_label("您想说什么").fill("三楼食堂的菜太咸，请回电13800138000，希望少放盐。")
    while (step := staff.page.locator("[data-steps-next]")).is_visible():
        step.click()
    staff.page.get_by_label("同意隐去个人信息后公开").check()
    staff.press("提交", to="/services/mailbox.letter/done/")
    case = Case.objects.get(service="mailbox")
    learning.suggest_waiting()

    desk = visit(cast.dispatcher)
    desk.go(case.get_absolute_url())
    expect(desk.page.get_by_text("按关键词")).to_be_visible()
    desk.press("按建议分办", to=case.get_absolute_url())

    worker = visit(cast.worker)
    worker.go(case.get_absolute_url())
    number = worker.page.locator(".reveal").first
    expect(number).to_contain_text("****")
    number.click()
    expect(worker.page.locator(f"a[href='tel:{cast.staff.phone.clear}']")).to_be_visible()
    worker.look()
    shown = Entry.objects.get(action="personal.reveal")
    assert (shown.actor_name, shown.record_name) == (cast.worker.name, case.number)
    worker.press("接单", to=case.get_absolute_url())
    answer = worker.open("办毕")
    answer.get_by_label("答复").fill("已请厨房减盐，下周起每天两个清淡菜。")
    worker.press("办毕", inside=answer, to=case.get_absolute_url())

    editor = f"/mailbox/letters/{case.number}/publish"
    desk.go(case.get_absolute_url())
    desk.press("编辑公开稿", to=editor)
    expect(desk.page.get_by_label("来信（公开稿）")).to_have_value(
        "三楼食堂的菜太咸，请回电〔电话〕，希望少放盐。"
    )
    desk.page.get_by_label("来信（公开稿）").fill("三楼食堂的菜太咸，希望少放盐。")
    desk.page.get_by_label("标题").fill("食堂的菜太咸")
    while (step := desk.page.locator("[data-steps-next]")).is_visible():
        step.click()
    desk.press("提交审核", to=editor)
    manager = visit(cast.manager)
    manager.go("/mailbox/desk")
    manager.press("食堂的菜太咸", to=editor)
    manager.press("同意公开", to=editor)

    anybody = visit()
    anybody.go("/mailbox/published?q=咸")
    anybody.press("食堂的菜太咸", to="/mailbox/published/")
    expect(anybody.page.get_by_text("每天两个清淡菜")).to_be_visible()
    assert "13800138000" not in anybody.page.content()

    staff.go(case.get_absolute_url())
    expect(staff.page.get_by_role("heading", name="答复")).to_be_visible()
    staff.press("确认办好", to=case.get_absolute_url())
    rate = staff.open("去评价")
    rate.locator("label[for=stars-5]").click()
    staff.press("提交评价", inside=rate, to=case.get_absolute_url())
    manager.go("/mailbox/digest")
    expect(manager.page.get_by_role("link", name="100%").first).to_be_visible()
    manager.go("/mailbox/")


def test_nobody_writes_follows_and_rates_by_receipt(post: House, visit: Visit) -> None:
    nobody = visit()
    nobody.go("/services/mailbox.letter")
    nobody.press("匿名写信", to="/mailbox/anonymous")
    nobody.page.get_by_label("您想说什么").fill("三楼食堂的管理员值班时打牌。")
    nobody.press("提交", to="/mailbox/anonymous")
    receipt = nobody.page.locator("[data-receipt]").inner_text()
    case = Case.objects.get(service="mailbox")
    post.do(case, "dispatch", post.cast.dispatcher, category="dining")
    post.do(case, "complete", post.cast.worker, answer="已查实并批评教育。")

    nobody.press("凭回执码查看", to="/mailbox/receipt")
    nobody.page.get_by_label("回执码").fill(receipt)
    nobody.press("查看", to="/mailbox/receipt")
    expect(nobody.page.get_by_text("已查实并批评教育。")).to_be_visible()
    nobody.press("确认办好", to="/mailbox/receipt")
    nobody.page.locator("label[for=stars-4]").click()
    nobody.press("提交评价", to="/mailbox/receipt")
    assert case.ratings.get().person is None


def test_three_taps_where_the_code_hangs(post: House, visit: Visit) -> None:
    place = post.cast.toilet
    nobody = visit()
    nobody.go(f"/q/{place.qr}")
    nobody.press("评价此处", to="/mailbox/spot/")
    nobody.page.locator("label[for=stars-2]").click()
    nobody.page.get_by_text("有异味", exact=True).click()
    nobody.press("提交评价", to="/mailbox/spot/")
    expect(nobody.page.locator("[data-receipt]")).to_be_visible()
    assert Case.objects.get(service="mailbox").place == place
    manager = visit(post.cast.manager)
    manager.go("/mailbox/spots")
