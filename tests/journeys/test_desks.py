"""Those who keep things moving: dispatcher, telephone desk, head, administrator."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from houqin.affairs.jobs import watch_limits
from houqin.affairs.models import Case
from tests.journeys.conftest import Clock, House, Visit

pytestmark = pytest.mark.browser


def test_a_dispatcher_gives_a_job_to_somebody_else(house: House, visit: Visit) -> None:
    cast = house.cast
    case = house.report()
    cast.duty(cast.worker2)

    dispatcher = visit(cast.dispatcher)
    dispatcher.go("/board")
    card = dispatcher.page.locator("[data-column=take] .board-card")
    expect(card).to_contain_text("赵铁柱")
    if dispatcher.phone:
        dialog = dispatcher.open("转办", inside=card)
        dialog.get_by_text("单大勇").click()
    else:
        card.drag_to(dispatcher.page.locator(f"[data-column=person-{cast.worker2.pk}]"))
        dialog = dispatcher.page.locator("dialog[open]")
        expect(dialog.get_by_label("单大勇")).to_be_checked()
        dispatcher.look()
    dialog.get_by_label("原因").fill("离得近")
    dispatcher.press("转办", inside=dialog.locator(".form-end"))
    expect(dispatcher.page.locator(".toast")).to_contain_text("单大勇")
    expect(dispatcher.page.locator("dialog[open]")).to_have_count(0)
    expect(card).to_contain_text("单大勇")
    dispatcher.look()

    house.do(case, "accept", cast.worker2)
    dispatcher.page.evaluate("htmx.trigger(document.body, 'board-changed')")
    expect(dispatcher.page.locator("[data-column=work] .board-card")).to_contain_text("单大勇")
    worker = visit(cast.worker)
    worker.go("/todo")
    expect(worker.page.locator(".empty-what")).to_have_text("没有待办")


def test_what_is_late_turns_amber_then_red_and_the_head_hears_of_it(
    house: House, visit: Visit, clock: Clock
) -> None:
    cast = house.cast
    case = house.report()
    task = house.task(case)
    assert task.amber_at
    assert task.due_at

    clock.move_to(task.amber_at + timedelta(minutes=1))
    watch_limits()
    house.deliver()
    worker = visit(cast.worker)
    worker.go("/todo")
    expect(worker.page.locator(".task-card")).to_have_class(re.compile("edge-amber"))
    worker.go("/notices")
    expect(worker.page.locator("#main")).to_contain_text(f"即将超时：{case.title}")

    clock.move_to(task.due_at + timedelta(minutes=1))
    watch_limits()
    house.deliver()
    worker.go("/todo")
    expect(worker.page.locator(".task-card")).to_have_class(re.compile("edge-red"))
    expect(worker.page.locator(".task-card .countdown-red")).to_contain_text("已超时")

    head = visit(cast.repairs_head)
    head.go("/notices")
    head.press(f"已超时：{case.title}", to=f"/cases/{case.number}")
    expect(head.page.locator(".now-red")).to_be_visible()
    expect(head.page.locator(".timeline")).to_contain_text("办理超时，已上报孙志强")
    dispatcher = visit(cast.dispatcher)
    dispatcher.go("/board?colour=red")
    expect(dispatcher.page.locator(".board-card.edge-red")).to_have_count(1)


def test_a_call_is_registered_in_one_go(house: House, visit: Visit) -> None:
    cast = house.cast
    clerk = visit(cast.clerk)
    clerk.go("/intake")
    page = clerk.page
    page.get_by_label("来电号码").fill(cast.staff.phone.clear)
    expect(page.locator("#caller-found")).to_contain_text("李晓雯")
    expect(page.locator("#place-q")).to_have_value(re.compile("301室"))
    page.get_by_label("来电号码").press("Enter")
    page.get_by_role("combobox", name="什么坏了").fill("ltdl")
    clerk.look()
    page.get_by_role("combobox", name="什么坏了").press("Enter")
    clerk.press("登记报修", to="/intake")
    case = Case.objects.get()
    expect(page.locator(".spoken")).to_have_text(case.spoken_number)
    assert (case.applicant, case.channel, case.place) == (cast.staff, "phone", cast.office)


def test_a_changed_limit_is_felt_by_new_cases_alone(house: House, visit: Visit) -> None:
    cast = house.cast
    before = house.report()
    due = house.task(before).due_at

    administrator = visit(cast.sysadmin)
    administrator.go("/settings/items")
    administrator.press(
        "报修", inside=administrator.page.locator("table"), to="/settings/items/repairs.report"
    )
    administrator.page.locator("[name=handle__minutes]").fill("60")
    administrator.page.locator("[name=limit_minutes]").fill("120")
    administrator.press("保存", to="/settings/items/repairs.report")
    expect(administrator.page.locator(".messages")).to_contain_text("仅影响此后提交的办件")

    after = house.report(place=cast.other_office.code)
    assert house.task(before).due_at == due
    worker = visit(cast.worker)
    worker.go("/todo")
    cards = worker.page.locator(".task-card")
    expect(cards.filter(has_text="502室")).to_contain_text(re.compile("还剩 (1 小时|59 分)"))
    expect(cards.filter(has_text="301室")).to_contain_text("还剩 4 小时")
    staff = visit(cast.staff)
    staff.go(f"/cases/{after.number}")
    staff.go("/services/repairs.report")
    expect(staff.page.locator(".page-sum")).to_contain_text("承诺 2 个工作小时")


def test_channels_are_set_up_chosen_and_the_manager_reads_the_brief(
    house: House, visit: Visit, settings: Any
) -> None:
    cast = house.cast
    settings.SMS_URL = "https://key:secret@gateway.example.cn/send"
    house.report()

    administrator = visit(cast.sysadmin)
    administrator.go("/channels")
    expect(administrator.page.get_by_text("尚未与真实系统核对").first).to_be_visible()
    administrator.press("标记为已核对")
    expect(administrator.page.locator("section", has_text="短信").get_by_text("核对过")).to_be_visible()
    for path in ("/channels/log", "/channels/defaults", "/channels/addresses"):
        administrator.go(path)

    staff = visit(cast.staff)
    staff.go("/profile/notices")
    staff.page.get_by_role("group", name="我的办件进展 · 渠道").get_by_label("短信").check()
    staff.press("保存")
    expect(staff.page.get_by_text("按您自己的设置发送")).to_be_visible()
    staff.look()

    manager = visit(cast.manager)
    manager.go("/brief")
    expect(manager.page.locator(".figure", has_text="新报")).to_contain_text(re.compile(r"\d+ 件"))
