"""Somebody unexpected at the gate: registered by the guard, let in once the host has agreed."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from houqin.affairs.actions import perform
from houqin.affairs.models import Case, Task
from houqin.exchange.tests.test_api import Caller
from houqin.foundation.errors import Conflict, NotFound, NotPermitted, Problem
from houqin.foundation.notices.models import Notice
from houqin.foundation.trail.models import Entry
from houqin.services.visitors import actions, queries
from houqin.services.visitors.models import Denial, HostingRule, Visit, VisitState
from houqin.services.visitors.problems import AskDutyOffice
from houqin.services.visitors.tests.conftest import PHONE


def told(gates, **more) -> dict:
    return {
        "host": str(gates.cast.staff.pk), "name": "钱明", "phone": "139 1234 5678", "kind": "business", "purpose": "送材料",
        "companions": "1", "plate": "浙a12345", "gate": "南门", **more,
    }  # fmt: skip


def register(gates, **more) -> Visit:
    return actions.register_walk_in(gates.guard, data=told(gates, **more))


def answer(person, visit, verb="approve", **data):
    task = Task.objects.filter(case=visit.case, state="open").order_by("pk").first()
    return perform(person, verb, case=visit.case.number, task=task.pk, data=data)


def test_the_host_is_asked_and_only_then_they_enter(gates):
    visit = register(gates)
    assert (visit.state, visit.phone.clear, visit.plate, visit.place) == (
        "pending",
        PHONE,
        "浙A12345",
        gates.cast.office,
    )
    asked = Notice.objects.get(person=gates.cast.staff)
    assert "钱明在南门等候：送材料" in f"{asked.title}{asked.body}"
    with pytest.raises(Conflict, match="待审批"):
        gates.enter(visit)
    assert list(queries.waiting(gates.guard)) == [visit]
    answer(gates.cast.staff, visit)
    assert gates.enter(visit).state == VisitState.INSIDE
    assert not queries.waiting(gates.guard)
    visit.refresh_from_db()
    assert visit.space == "访客停车场"
    assert visit.made_by == gates.guard
    made = Entry.objects.filter(action="visitors.invite").latest("id")
    assert made.actor_name == gates.guard.name


def test_a_host_who_declines_ends_it(gates):
    visit = register(gates)
    answer(gates.cast.staff, visit, "refuse", comment="今天不便")
    visit.refresh_from_db()
    assert visit.state == VisitState.REFUSED
    with pytest.raises(Conflict, match="未批准"):
        gates.enter(visit)


def test_whoever_approves_in_the_gates_section_may_agree_in_the_hosts_place_and_nobody_else(gates):
    head = gates.cast.clerk
    gates.cast.appoint(head, ["affairs.approve", "affairs.view"], gates.cast.general, head=True)
    visit = register(gates)
    queue = Task.objects.get(case=visit.case, assignee=None)
    with pytest.raises((NotPermitted, NotFound)):
        perform(gates.cast.colleague, "approve", case=visit.case.number, task=queue.pk, data={})
    with pytest.raises((NotPermitted, NotFound)):
        perform(gates.guard, "approve", case=visit.case.number, task=queue.pk, data={})
    perform(head, "approve", case=visit.case.number, task=queue.pk, data={"comment": "电话问过"})
    visit.refresh_from_db()
    assert visit.state == VisitState.EXPECTED


def test_beyond_the_hosts_right_whoever_keeps_visits_has_to_agree_too(gates):
    HostingRule.objects.update(most_people=1)
    gates.cast.appoint(gates.cast.clerk, ["visitors.keep", "affairs.approve"], gates.cast.bureau)
    visit = register(gates)
    assert visit.exceeds == "来访人数超过 1 人"
    answer(gates.cast.staff, visit)
    visit.refresh_from_db()
    assert visit.state == VisitState.PENDING
    task = Task.objects.get(case=visit.case, state="open", assignee=gates.cast.clerk)
    perform(gates.cast.clerk, "approve", case=visit.case.number, task=task.pk, data={})
    visit.refresh_from_db()
    assert visit.state == VisitState.EXPECTED


def test_somebody_denied_is_held_whatever_the_host_says(gates):
    Denial.objects.create(section=gates.cast.general, name="钱明", phone=PHONE, reason="闹访")
    visit = register(gates)
    answer(gates.cast.staff, visit)
    with pytest.raises(AskDutyOffice):
        gates.enter(visit)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"phone": ""}, "phone"),
        ({"phone": "12345"}, "phone"),
        ({"host": ""}, "host"),
        ({"host": "999999"}, "host"),
        ({"name": ""}, "name"),
        ({"purpose": ""}, "purpose"),
        ({"minutes": "7"}, "minutes"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(gates, change, field):
    with pytest.raises(Problem) as caught:
        register(gates, **change)
    assert list(caught.value.errors) == [field]
    assert not Case.objects.exists()


def test_an_id_number_alone_is_enough(gates):
    visit = register(gates, phone="", id_number="11010519491231002X")
    assert visit.id_number.clear == "11010519491231002X"


def test_only_a_gate_registers_and_only_who_registered_takes_back(gates):
    with pytest.raises(NotPermitted):
        actions.register_walk_in(gates.cast.staff, data=told(gates))
    with pytest.raises(NotPermitted):
        queries.hosts_typed(gates.cast.staff, "lxw")
    visit = register(gates)
    other = gates.cast.clerk
    gates.cast.appoint(other, ["visitors.gate"], gates.cast.bureau)
    with pytest.raises(NotFound):
        actions.give_up(other, visit=visit.pk)
    assert actions.give_up(gates.guard, visit=visit.pk).state == VisitState.CANCELLED
    with pytest.raises(Conflict):
        actions.give_up(gates.guard, visit=visit.pk)


def test_what_nobody_answers_ends_with_its_time(gates):
    visit = register(gates, minutes="30")
    assert actions.lapse() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=50)):
        assert actions.lapse() == 1
        assert actions.lapse() == 0
    visit.refresh_from_db()
    assert visit.state == VisitState.REFUSED
    assert not Task.objects.filter(state="open").exists()


def test_the_page_finds_the_host_by_initials(gates, as_person):
    guard = as_person(gates.guard)
    found = guard.get("/visitors/walk-in/hosts?find=lxw").content.decode()
    assert "李晓雯" in found
    assert "预算处" in found
    assert "1380000" not in found
    assert "没有找到" in guard.get("/visitors/walk-in/hosts?find=qqq").content.decode()
    data = {**told(gates), "host": "", "find": "zz"}
    several = guard.post("/visitors/walk-in", {**data, "find": "z"})
    assert several.status_code == 422
    assert "选择要找的人" in several.content.decode()
    assert several.content.decode().count('name="host"') > 1
    made = guard.post("/visitors/walk-in", {**data, "find": "lxw"})
    assert made["Location"] == "/visitors/gate?show=waiting"
    page = guard.get("/visitors/gate?show=waiting").content.decode()
    assert "已问李晓雯" in page
    assert "已走，撤销" in page
    guard.post(f"/visitors/{Visit.objects.get().pk}/give-up")
    assert "没有等候答复的访客" in guard.get("/visitors/gate?show=waiting").content.decode()
    assert "临时来访" not in as_person(gates.cast.staff).get("/services").content.decode()


def test_a_gate_registers_by_calls(gates):
    gate = Caller(gates.guard)
    hosts = gate.get("/visitors/hosts?find=lxw").json()["items"]
    assert [each["name"] for each in hosts] == ["李晓雯"]
    wanted = {"host": hosts[0]["id"], "name": "钱明", "purpose": "送材料"}
    bad = gate.post("/visitors/walk-ins", wanted)
    assert (bad.status_code, list(bad.json()["errors"])) == (400, ["phone"])
    made = gate.post("/visitors/walk-ins", {**wanted, "phone": PHONE, "minutes": 30, "gate": "G1"})
    assert (made.status_code, made.json()["state"]) == (201, "pending")
    assert Case.objects.get().title == "钱明在1号门等候：送材料"
    assert gate.get("/visitors/waiting").json()["items"][0]["id"] == made.json()["id"]
    assert Caller(gates.cast.staff).get("/visitors/waiting").status_code == 403
    gone = gate.post(f"/visitors/visits/{made.json()['id']}/give-up", {})
    assert gone.json()["state"] == "cancelled"


def test_who_has_left_since_the_forms_were_loaded_receives_nobody(gates):
    gates.cast.staff.ended_on = timezone.localdate() + timedelta(days=1)
    gates.cast.staff.save(update_fields=["ended_on"])
    with time_machine.travel(timezone.now() + timedelta(days=2)), pytest.raises(Problem) as refused:
        register(gates)
    assert list(refused.value.errors) == ["host"]
    assert not Visit.objects.exists()
