"""The pages of the audit administrator."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from houqin.affairs import actions as affairs
from houqin.foundation.people import scope
from houqin.foundation.trail import actions, sealing
from houqin.foundation.trail.actors import SYSTEM
from houqin.foundation.trail.models import Check, Entry


@pytest.fixture
def auditor(cast, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return cast.auditor


@pytest.fixture
def page(auditor, as_person):
    return as_person(auditor)


def text_of(answer):
    return answer.content.decode()


def test_who_changed_a_limit_is_found_in_words(cast, dummy, page):
    affairs.change_item(cast.sysadmin, item="repairs.report", limit_minutes=480)
    affairs.change_item(cast.sysadmin, item="repairs.report", limit_minutes=120)
    found = text_of(page.get("/trail", {"action": "change", "record": "报修", "person": "何管"}))
    assert "修改事项设置" in found
    assert "承诺时限（分钟）" in found
    assert "480" in found
    entry = Entry.objects.filter(action="affairs.change_item").first()
    shown = text_of(page.get(f"/trail/{entry.pk}"))
    assert "<strong>120</strong>" in shown
    assert "待封存" in shown
    address = f"/trail/{entry.pk}/proof"
    assert address not in shown
    sealing.seal()
    assert address in text_of(page.get(f"/trail/{entry.pk}"))
    proof = page.get(f"/trail/{entry.pk}/proof")
    assert proof["Content-Disposition"] == f'attachment; filename="proof-{entry.pk}.json"'
    assert json.loads(json.loads(proof.content)["entry"])["id"] == entry.pk
    assert text_of(page.get("/trail/checkpoint")).startswith("127.0.0.1:8000/trail\n")


def test_people_and_sections_are_called_by_their_names(cast, page):
    actions.record(
        SYSTEM,
        "people.plan_shift",
        cast.duty(cast.worker),
        before={"person_id": cast.worker.pk, "flag": None, "on": "2026-03-16T01:00:00Z"},
        after={
            "person_id": cast.worker2.pk,
            "flag": True,
            "tasks": {"7": {"assignee": None, "section": cast.repairs.pk}},
        },
    )
    (act,) = page.get("/trail", {"action": "plan"}).context["acts"]
    assert act.what == "安排值班"
    assert ("值班人", "赵铁柱", "单大勇") in [(what[:3], before, after) for what, before, after in act.lines]
    assert ("flag", "无", "是") in act.lines
    assert ("on", "2026-03-16 09:00:00", "无") in act.lines
    assert ("在谁手上", "无", "维修科") in act.lines


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"address": "203.0.113.9"}, 1),
        ({"address": "203.0.113.0/24"}, 1),
        ({"address": "203.0.114.0/24"}, 0),
        ({"person": "王"}, 2),
        ({"record_type": "people.organisation"}, 3),
        ({"record_type": "people.organisation", "record": "财政"}, 1),
        ({"action": "people.sign_in"}, 1),
        ({"action": "sign"}, 1),
        ({"since": "2020-01-01", "until": "2020-12-31"}, 0),
        ({}, 5),
    ],
)
def test_each_condition_narrows(cast, page, query, found):
    Entry.objects.create(
        actor_name="王芳",
        action="people.sign_in",
        record_type="people.person",
        record_id="1",
        address="203.0.113.9",
    )
    Entry.objects.create(actor_name="王芳", action="people.test", record_type="people.person", record_id="2")
    for organisation in (cast.city, cast.finance, cast.repairs):
        actions.record(SYSTEM, "people.change_organisation", organisation)
    Entry.objects.create(
        actor_name="旧",
        action="people.test",
        record_type="x",
        record_id="1",
        at=timezone.now() - timedelta(days=40),
    )
    assert len(page.get("/trail", query).context["acts"]) == found


def test_one_persons_acts_by_their_number(cast, page):
    actions.record(cast.worker, "people.sign_in", cast.worker)
    actions.record(cast.worker2, "people.sign_in", cast.worker2)
    (act,) = page.get("/trail", {"person": f"#{cast.worker2.pk}"}).context["acts"]
    assert act.entry.actor_name == "单大勇"
    assert not page.get("/trail", {"person": "#99999999999999999999"}).context["acts"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"address": "10.0"}, "请写成 10.0.0.5 或 10.0.0.0/24。"),
        ({"since": "2026-03-02", "until": "2026-03-01"}, "结束日期应不早于开始日期。"),
        ({"since": "gestern"}, ""),
        ({"action": "nonsense"}, ""),
        ({"after": "x"}, None),
        ({"after": "2026-13-45T00:00:00Z_5"}, None),
    ],
)
def test_what_makes_no_sense_is_said(page, query, words):
    answer = page.get("/trail", query)
    assert answer.status_code == (200 if words is None else 422)
    assert (words or "") in text_of(answer)


def test_it_is_paged_by_key_with_bounded_questions(cast, page, django_assert_max_num_queries):
    moment = timezone.now() - timedelta(minutes=5)
    Entry.objects.bulk_create(
        Entry(at=moment, actor_name="甲", action="people.change_person", record_type="people.person",
              record_id=str(number), after={"organisation_id": cast.budget.pk, "usual_place_id": cast.office.pk})
        for number in range(70)
    )  # fmt: skip
    sealing.seal()
    seen, address = [], "/trail?person=甲"
    while address:
        with django_assert_max_num_queries(14):
            answer = page.get(address)
        seen += [act.entry.record_id for act in answer.context["acts"]]
        address = answer.context["next_url"]
    assert seen == [str(number) for number in range(69, -1, -1)]


def test_the_export_is_what_was_found_and_is_told_in_the_trail(cast, page, auditor):
    Entry.objects.create(
        actor_name="=HYPERLINK(1)",
        action="people.test",
        record_type="people.person",
        record_id="2",
        record_name="a,b",
    )
    answer = page.get("/trail/export", {"person": "HYPER"})
    lines = text_of(answer).splitlines()
    assert lines[0].startswith("\ufeff编号,时间,操作人")
    assert len(lines) == 2
    assert ",'=HYPERLINK(1)," in lines[1]
    assert '"a,b"' in lines[1]
    told = Entry.objects.get(action="trail.export")
    assert (told.actor_id, told.after) == (auditor.pk, {"person": "HYPER"})
    assert page.get("/trail/export", {"address": "x"}).status_code == 302


def test_the_worker_is_asked_to_check_once(page):
    for _ in range(2):
        assert "正在后台核验" in text_of(page.post("/trail/check", follow=True))
    assert ProcrastinateJob.objects.filter(task_name="trail.check").count() == 1
    Check.objects.create(entries=7, seconds=1, faults=[{"words": "留痕 7 被改动。"}])
    shown = text_of(page.get("/trail"))
    assert "发现问题" in shown
    assert "留痕 7 被改动。" in shown


def test_without_a_checkpoint_there_is_none_to_take(page):
    assert "还没有检查点" in text_of(page.get("/trail/checkpoint", follow=True))


def test_who_may_look_may_not_take_proofs_and_a_part_of_the_house_opens_nothing(
    cast, as_person, settings, tmp_path
):
    settings.DATA_DIR = tmp_path
    entry = actions.record(SYSTEM, "people.test", cast.city)
    sealing.seal()
    cast.appoint(cast.other_staff, ["trail.view"], cast.city)
    reader = as_person(cast.other_staff)
    assert "/proof" not in text_of(reader.get(f"/trail/{entry.pk}"))
    for address in (reverse("portal:trail_proof", args=[entry.pk]), reverse("portal:trail_checkpoint")):
        assert reader.get(address).status_code == 403
    cast.appoint(cast.colleague, ["trail.view", "trail.verify"], cast.finance)
    assert scope.holds(cast.colleague, "trail.view")
    assert as_person(cast.colleague).get("/trail").status_code == 403
    assert as_person(cast.staff).get(f"/trail/{entry.pk}").status_code == 403
    assert reader.get(f"/trail/{entry.pk + 99}").status_code == 404
