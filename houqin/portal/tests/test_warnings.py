"""The board of warnings, one warning, thresholds; and the same by the interface."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from houqin.affairs.actions import submit
from houqin.affairs.models import Case, Route, Warning, WarningSetting
from houqin.affairs.warnings.declare import RULES
from houqin.affairs.warnings.evaluation import evaluate
from houqin.exchange.tokens import create_token
from houqin.foundation.trail import actions, sealing
from houqin.foundation.trail.actors import SYSTEM
from houqin.portal import warnings
from houqin.services.repairs.models import FaultKind, RepairOrder, StockItem


def make(rule="affairs.overdue", subject="1", level="amber", organisation=None, **more):
    return Warning.objects.create(
        rule=rule,
        subject=subject,
        name=more.pop("name", "维修科"),
        level=level,
        value=more.pop("value", 7),
        organisation=organisation,
        reddened_at=timezone.now() if level == "red" else None,
        **more,
    )


def text_of(answer):
    return answer.content.decode()


def test_the_board_has_the_worst_first_and_chips_with_counts(cast, as_person):
    make(subject="1", organisation=cast.repairs)
    make(subject="2", level="red", organisation=cast.repairs, name="甲班")
    make("affairs.duty_gap", "3", organisation=cast.general, data={"none": True}, name="综合处")
    manager = as_person(cast.manager)
    page = manager.get("/warnings")
    board = page.context["board"]
    assert [row.warning.subject for row in board.rows] == ["2", "3", "1"]
    assert "共 3 条未解除，其中红色 1 条。" in text_of(page)
    chips = {str(chip["label"]): (chip["count"], chip["url"]) for row in board.chips for chip in row}
    assert {label: count for label, (count, _url) in chips.items()} == {
        "红色": 1, "黄色": 2, "科室超时办件": 2, "值班空缺": 1, "维修科": 2, "综合处": 1,
    }  # fmt: skip
    (only,) = manager.get(chips["红色"][1]).context["board"].rows
    assert only.words == "甲班有 7 件超过承诺时限还没有办结"
    assert len(manager.get(chips["维修科"][1]).context["board"].rows) == 2
    assert manager.get("/warnings?level=x&rule=y&section=z").context["board"].total == 3
    assert not any(row.may_act for row in board.rows), "a manager looks, and does not act"


def test_two_hundred_rows_cost_what_one_does(cast, as_person, django_assert_max_num_queries):
    Warning.objects.bulk_create(
        Warning(rule="affairs.overdue", subject=str(number), name="维修科", level="amber", value=7, organisation=cast.repairs)
        for number in range(230)
    )  # fmt: skip
    dispatcher = as_person(cast.dispatcher)
    with django_assert_max_num_queries(8):
        page = dispatcher.get("/warnings")
    assert len(page.context["board"].rows) == 200
    assert "还有 30 条未列出" in text_of(page)


def test_taking_note_from_the_board_and_from_the_page(cast, as_person):
    warning = make(organisation=cast.repairs)
    dispatcher = as_person(cast.dispatcher)
    assert "有 1 条预警待处理" in text_of(dispatcher.get("/"))
    page = dispatcher.post(
        f"/warnings/{warning.pk}/acknowledge", {"next": "/warnings?level=amber"}, follow=True
    )
    assert page.redirect_chain == [("/warnings?level=amber", 302)]
    assert "王芳" in text_of(page)
    assert "预警待处理" not in text_of(dispatcher.get("/"))
    page = dispatcher.post(f"/warnings/{warning.pk}/acknowledge", {"note": "明天补"}, follow=True)
    assert "明天补" in text_of(page)
    assert "知悉预警" in text_of(page), "its history says who took note"
    assert "不能超过 500 字" in text_of(
        dispatcher.post(f"/warnings/{warning.pk}/acknowledge", {"note": "长" * 501}, follow=True)
    )
    Warning.objects.update(resolved_at=timezone.now())
    assert "已经解除" in text_of(dispatcher.post(f"/warnings/{warning.pk}/acknowledge", follow=True))
    assert "自动解除" in text_of(dispatcher.get(f"/warnings/{warning.pk}"))
    assert [row.warning for row in dispatcher.get("/warnings?show=ended").context["board"].rows] == [warning]


def test_rights(cast, as_person):
    warning = make(organisation=cast.repairs)
    assert as_person(cast.staff).get("/warnings").status_code == 403
    assert as_person(cast.other_head).get(f"/warnings/{warning.pk}").status_code == 404
    assert as_person(cast.manager).get(f"/warnings/{warning.pk}").status_code == 200
    assert as_person(cast.manager).post(f"/warnings/{warning.pk}/acknowledge").status_code == 403
    assert as_person(cast.other_head).post(f"/warnings/{warning.pk}/case").status_code == 404
    assert as_person(cast.dispatcher).get("/settings/warnings").status_code == 403


def test_nothing_amiss_and_a_rule_that_is_gone(cast, as_person):
    make("gone.rule", organisation=cast.repairs)
    assert "没有预警" in text_of(as_person(cast.dispatcher).get("/warnings"))


def test_the_rail_shows_how_many_wait(cast, as_person):
    make(organisation=cast.repairs)
    assert '<span class="count">1</span>' in text_of(as_person(cast.dispatcher).get("/notices"))
    assert "/warnings" not in text_of(as_person(cast.staff).get("/notices"))


def test_a_repeated_fault_is_turned_into_a_repair(cast, as_person):
    Route.objects.create(item_code="repairs.report", section=cast.repairs)
    fault = FaultKind.objects.get(code="water.tap")
    for number in range(4):
        case = submit(
            cast.staff, item="repairs.report", data={"place": cast.toilet.code, "fault": fault.code}
        )
        RepairOrder.objects.filter(case=case).update(
            joinable=False, reported_at=timezone.now() - timedelta(days=number)
        )
    evaluate(RULES["repairs.repeated"])
    warning = Warning.objects.get(rule="repairs.repeated")
    assert (warning.level, warning.organisation) == ("amber", cast.repairs)
    dispatcher = as_person(cast.dispatcher)
    page = dispatcher.get(f"/warnings/{warning.pk}")
    assert "30 天内 4 次报修" in text_of(page)
    assert "转为办件" in text_of(page)
    answer = dispatcher.post(f"/warnings/{warning.pk}/case")
    case = Case.objects.latest("id")
    assert answer.url == f"/cases/{case.number}"
    assert case.repair.description.startswith("1号楼")
    again = text_of(dispatcher.post(f"/warnings/{warning.pk}/case", follow=True))
    assert "已经转为办件" in again
    assert case.spoken_number in again


def test_parts_that_run_out(cast):
    part = StockItem.objects.create(
        code="X", name="垫片", unit="个", keeper=cast.repairs, minimum=10, quantity=4
    )
    StockItem.objects.create(code="Y", name="皮碗", unit="个", keeper=cast.repairs, minimum=10, quantity=10)
    evaluate(RULES["repairs.stock_low"])
    warning = Warning.objects.get()
    assert (warning.level, warning.subject) == ("amber", f"stock:{part.pk}")
    assert RULES[warning.rule].words(warning) == "垫片只剩 4 个，低于最低库存"
    StockItem.objects.filter(pk=part.pk).update(quantity=1)
    evaluate(RULES["repairs.stock_low"])
    assert Warning.objects.get().level == "red"


def test_an_administrator_sets_thresholds(cast, as_person):
    administrator = as_person(cast.sysadmin)
    assert "5 件起" in text_of(administrator.get("/settings/warnings"))
    address = "/settings/warnings/affairs.overdue"
    answer = administrator.post(address, {"enabled": "on", "amber": "9", "red": "3"})
    assert answer.status_code == 422
    assert "红色起点应不低于黄色起点。" in text_of(answer)
    page = administrator.post(address, {"enabled": "on", "amber": "2", "red": ""}, follow=True)
    assert "已保存" in text_of(page)
    assert '黄色起点：<span class="muted">无</span> → <strong>2</strong>' in text_of(page)
    shown = text_of(administrator.get("/settings/warnings"))
    assert "2 件起" in shown
    assert "已调整" in shown
    administrator.post(address, {"amber": "2", "red": ""})
    assert WarningSetting.objects.get().enabled is False
    assert administrator.get("/settings/warnings/none.such").status_code == 404
    assert as_person(cast.staff).get(address).status_code == 403


def test_an_errand_leads_back_to_its_warning(cast, as_person):
    overdue = Warning.objects.create(
        rule="affairs.overdue",
        subject="section:1",
        name="维修科",
        value=30,
        organisation=cast.repairs,
        level="amber",
    )
    dispatcher = as_person(cast.dispatcher)
    case = dispatcher.post(f"/warnings/{overdue.pk}/case", follow=True)
    assert f'href="/warnings/{overdue.pk}"' in case.content.decode()
    assert "来自预警" in case.content.decode()


@pytest.fixture
def call(client):
    def ask(person, path, body=None):
        headers = {"authorization": f"Bearer {create_token(person.username, proved=True)}"}
        if body is None:
            return client.get(f"/api/v1{path}", headers=headers)
        return client.post(
            f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers
        )

    return ask


def test_warnings_by_the_interface(cast, call):
    warning = make(organisation=cast.repairs)
    make(subject="2", level="red", organisation=cast.schools)
    listed = call(cast.dispatcher, "/warnings").json()
    assert [(each["id"], each["can_act"], each["section"]) for each in listed["items"]] == [
        (warning.pk, True, "维修科")
    ]
    assert listed["items"][0]["words"] == "维修科有 7 件超过承诺时限还没有办结"
    assert len(call(cast.manager, "/warnings?level=red").json()["items"]) == 1
    assert call(cast.manager, "/warnings?rule=affairs.duty_gap").json()["items"] == []
    assert call(cast.staff, "/warnings").json() == {"items": [], "next": None}
    address = f"/warnings/{warning.pk}/acknowledge"
    assert call(cast.manager, address, {}).status_code == 403
    assert call(cast.other_head, address, {}).status_code == 404
    assert call(cast.dispatcher, address, {"note": 7}).status_code == 400
    done = call(cast.dispatcher, address, {"note": "在看"})
    assert (done.status_code, done.json()["acknowledged_by"], done.json()["note"]) == (200, "王芳", "在看")
    Warning.objects.update(resolved_at=timezone.now())
    assert call(cast.dispatcher, address, {}).json()["code"] == "warning_over"
    assert len(call(cast.dispatcher, "/warnings?state=resolved").json()["items"]) == 1


def test_the_trail_by_the_interface(cast, call, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    entries = [actions.record(SYSTEM, "people.test", cast.city) for _ in range(3)]
    assert call(cast.auditor, "/trail/checkpoint").status_code == 404
    assert call(cast.auditor, f"/trail/entries/{entries[0].pk}/proof").json()["code"] == "not_sealed"
    sealing.seal()
    first = call(cast.auditor, "/trail/entries?action=people.test&limit=2").json()
    rest = call(cast.auditor, f"/trail/entries?action=people.test&limit=2&cursor={first['next']}").json()
    assert [each["id"] for each in first["items"] + rest["items"]] == [each.pk for each in reversed(entries)]
    assert rest["next"] is None
    proof = call(cast.auditor, f"/trail/entries/{entries[0].pk}/proof").json()
    latest = call(cast.auditor, "/trail/checkpoint").json()
    assert proof["checkpoint"] == latest["checkpoint"]
    assert call(cast.auditor, f"/trail/consistency?first={latest['size']}").status_code == 200
    for query in ("cursor=%21", "since=2026-01-01T00:00:00", "address=10.0", "action=%5B"):
        assert call(cast.auditor, f"/trail/entries?{query}").status_code in (400, 422), query
    assert call(cast.manager, "/trail/entries").status_code == 403
    assert call(cast.auditor, "/trail/entries/99999999/proof").status_code == 404


def test_counting_is_shared_for_a_moment(cast, django_assert_num_queries):
    warnings.standing(cast.dispatcher)
    with django_assert_num_queries(0):
        warnings.standing(cast.dispatcher)
