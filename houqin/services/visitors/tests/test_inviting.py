"""Inviting: with doors and parking, moved and called off as one, by the host's own right or by a case."""

from datetime import time, timedelta

import pytest
from django.db import IntegrityError, transaction

from houqin.affairs.actions import perform, submit
from houqin.affairs.models import Case, State
from houqin.foundation.errors import Conflict, NotFound, NotPermitted, Problem
from houqin.foundation.trail.actors import Outsider
from houqin.foundation.trail.models import Entry
from houqin.services.visitors import actions, queries, rules
from houqin.services.visitors.models import Denial, HostingRule, Level, Visit, VisitState
from houqin.services.visitors.tests.conftest import PHONE, Permit, Reservation

SOURCE = "meetings.meeting:123"


def permits():
    return {each.holder: (each.from_at, each.until_at) for each in Permit.objects.filter(state="active")}


def spaces():
    return {each.source: each.plate for each in Reservation.objects.filter(released_at__isnull=True)}


def test_an_invited_visitor_has_a_door_and_a_space_for_the_time(gates):
    visit = gates.invite(source=SOURCE, plate="浙a12345")
    assert visit.state == VisitState.EXPECTED
    assert visit.kind == "meeting"
    assert visit.space == "访客停车场"
    start, end = permits()[visit.holder]
    assert start < visit.from_at < visit.until_at < end
    assert spaces() == {visit.own_source: "浙A12345"}
    assert str(visit.phone) == "139****5678"
    assert PHONE not in str(list(Entry.objects.values()))


def test_a_meeting_moves_and_calls_off_its_visitors_and_again_does_no_harm(gates):
    one = gates.invite(source=SOURCE, plate="浙A12345")
    two = gates.invite(source=SOURCE, name="孙丽", phone="")
    assert gates.invite(source=SOURCE, plate="浙A12345").pk == one.pk
    assert gates.invite(source=SOURCE, name="孙丽", phone="").pk == two.pk
    later = one.from_at + timedelta(days=1), one.until_at + timedelta(days=1)
    staff = gates.cast.staff
    for _twice in range(2):
        assert actions.move(staff, source=SOURCE, from_at=later[0], until_at=later[1]) == 2
    assert {start.date() for start, _end in permits().values()} == {later[0].date()}
    assert [each.from_at for each in queries.of_source(SOURCE)] == [later[0]] * 2
    assert actions.cancel(staff, source=SOURCE, reason="会议取消") == 2
    assert actions.cancel(staff, source=SOURCE, reason="会议取消") == 0
    assert permits() == {}
    assert spaces() == {}
    assert actions.cancel(staff, source="", reason="") == 0


def test_where_no_lot_has_room_the_visit_stands_without_a_space(gates):
    for number in range(3):
        last = gates.invite(source=SOURCE, phone=f"1391234567{number}", plate=f"浙A1234{number}")
    assert last.space == ""
    assert len(permits()) == 3
    assert len(spaces()) == 2


def test_within_the_hosts_right_nobody_approves(gates):
    visit = actions.invite(gates.cast.staff, **gates.told())
    assert visit.state == VisitState.EXPECTED
    assert visit.case is None
    later = visit.until_at + timedelta(hours=1)
    actions.move_visit(gates.cast.staff, visit=visit.pk, from_at=visit.from_at, until_at=later)
    assert actions.cancel_visit(gates.cast.staff, visit=visit.pk).state == VisitState.CANCELLED
    assert permits() == {}
    with pytest.raises(NotFound):
        actions.cancel_visit(gates.cast.other_staff, visit=visit.pk)


def test_what_goes_further_waits_for_the_head_and_the_keeper(gates):
    cast = gates.cast
    visit = actions.invite(cast.staff, **gates.told(companions=9, plate="浙A12345"))
    assert (visit.state, visit.exceeds) == (VisitState.PENDING, "来访人数超过 5 人")
    assert permits() == {}
    assert PHONE not in str(visit.case.data)
    for person in (cast.head, gates.guard):
        case = Case.objects.get(pk=visit.case.pk)
        perform(person, "approve", case=case.number, task=case.tasks.get(state="open").pk, data={})
    visit.refresh_from_db()
    assert visit.state == VisitState.EXPECTED
    assert set(permits()) == {visit.holder}
    with pytest.raises(Conflict):
        actions.move_visit(
            cast.staff, visit=visit.pk, from_at=visit.from_at, until_at=visit.until_at + timedelta(hours=1)
        )


def test_neither_moving_nor_a_colleagues_name_gets_past_approval(gates):
    visit = actions.invite(gates.cast.staff, **gates.told())
    with pytest.raises(Conflict, match="超出接访时间"):
        actions.move_visit(
            gates.cast.staff,
            visit=visit.pk,
            from_at=visit.from_at,
            until_at=visit.from_at + timedelta(days=2),
        )
    with pytest.raises(NotPermitted):
        actions.invite(gates.cast.other_staff, **gates.told(phone="13912345679"))
    asked = actions.invite(gates.cast.staff, **gates.told(companions=9, phone="13912345670"))
    assert actions.cancel_visit(gates.cast.staff, visit=asked.pk).state == VisitState.CANCELLED
    assert Case.objects.get(pk=asked.case.pk).state == State.WITHDRAWN


def test_the_innermost_rule_counts(gates):
    cast = gates.cast
    rule = {"section": cast.general, "workdays_only": False, "from_time": "00:00", "until_time": "23:59"}
    HostingRule.objects.create(name="机要", place=cast.floor, rank="head", **rule)
    told = gates.told()
    assert actions.invite(cast.staff, **told).exceeds == "该区域须由处室负责人以上接待"
    assert actions.invite(cast.head, **{**told, "host": cast.head}).exceeds == ""
    elsewhere = actions.invite(cast.staff, **{**told, "place": cast.other_office, "phone": "13912345670"})
    assert elsewhere.exceeds == "该区域没有设置接访规则"


def test_a_rule_may_ask_for_a_level_and_the_refusal_says_who_may(gates):
    cast, rule = gates.cast, HostingRule.objects.get()
    rule.from_time, rule.until_time = time(8), time(18)
    rule.save()
    level = Level.objects.get(name="处级")
    late = {"from_time": time(18), "until_time": time(23), "most_people": 3, "workdays_only": False}
    actions.make_rule(gates.guard, name="晚间接访", place=cast.tower, level=level, **late)

    def said(post: str, hour: float, people: int = 1) -> str:
        cast.staff.post = post
        return rules.exceeds(cast.staff, cast.office, gates.at(hour), gates.at(hour + 1), people)

    assert said("三级主任科员", 19) == "这个时间和人数须由处级以上人员接待"
    assert said("三级主任科员", 10) == ""
    assert said("副处长", 19) == ""
    assert said("市政府副秘书长", 19) == ""
    assert said("副处长", 19, people=4) == "来访人数超过 3 人"
    assert said("", 22.5) == "超出接访时间 08:00–18:00"
    rule.delete()
    assert said("办公室主任", 19) == ""
    assert said("一级科员", 10) == "该区域须由处级以上人员接待"


def test_levels_are_kept_by_whoever_keeps_rules(gates):
    made = actions.make_level(gates.guard, name="班组长", position=50, words=["班长"])
    assert rules.level_of("维修班长", list(Level.objects.all())) == made
    with pytest.raises(Problem) as caught:
        actions.make_level(gates.guard, name="又一级", position=50, words=["组长"])
    assert caught.value.errors == {"position": ["这个次序已被使用，请换一个数。"]}
    with pytest.raises(NotPermitted):
        actions.set_level(gates.cast.staff, level=made.pk, words=["技工"])
    with pytest.raises(NotFound):
        actions.set_level(gates.guard, level=10**9, words=[])


def test_bad_input_says_how_to_mend_it(gates):
    for wrong, field in (
        ({"phone": "123"}, ""),
        ({"phone": ""}, "phone"),
        ({"name": " "}, "name"),
        ({"until_at": gates.at(0)}, "until_at"),
        ({"plate": "123"}, ""),
        ({"kind": "x"}, "kind"),
    ):
        with pytest.raises(Problem) as caught:
            actions.invite(gates.cast.staff, **gates.told(**wrong))
        assert not field or field in caught.value.errors
    assert not Visit.objects.exists()


def test_somebody_not_let_in_is_held_and_told_nothing(gates):
    Denial.objects.create(section=gates.cast.general, name="钱明", phone=PHONE, reason="寻衅滋事")
    visit = gates.invite(source=SOURCE)
    assert visit.held
    assert permits() == {}


def test_a_passer_by_asks_and_the_host_agrees(gates):
    cast = gates.cast
    data = {
        "name": "钱明", "kind": "business", "purpose": "送材料", "host_name": "李晓雯", "host_tail": "0001",
        "from_at": "2026-03-17T14:00", "until_at": "2026-03-17T15:00", "plate": "浙A12345",
    }  # fmt: skip
    guest = Outsider("钱明", PHONE)
    with pytest.raises(Problem) as caught:
        submit(guest, item="visitors.request", data={**data, "host_tail": "0002"})
    assert "host_name" in caught.value.errors
    case = submit(guest, item="visitors.request", data=data)
    visit = case.visit
    assert (visit.host, visit.place, visit.state) == (cast.staff, cast.office, VisitState.PENDING)
    perform(cast.staff, "approve", case=case.number, task=case.tasks.get(state="open").pk, data={})
    visit.refresh_from_db()
    assert visit.state == VisitState.EXPECTED
    assert set(permits()) == {visit.holder}
    refused = submit(guest, item="visitors.request", data=data)
    perform(
        cast.staff,
        "refuse",
        case=refused.number,
        task=refused.tasks.get(state="open").pk,
        data={"comment": "出差"},
    )
    assert Visit.objects.get(case=refused).state == VisitState.REFUSED


def test_the_database_keeps_one_open_visit_a_source_and_visitor(gates):
    visit = gates.invite(source=SOURCE)
    with pytest.raises(IntegrityError, match="visitor_once_a_source"), transaction.atomic():
        Visit.objects.create(
            source=SOURCE, section=visit.section, host=visit.host, name="钱明", phone=PHONE, place=visit.place,
            from_at=visit.from_at, until_at=visit.until_at,
        )  # fmt: skip
