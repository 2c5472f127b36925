"""One visit, denial, contractor, worker and rule, for asking every address of the service."""

from datetime import time, timedelta
from typing import Any

from django.utils import timezone

from houqin.services.visitors import actions
from houqin.services.visitors.models import HostingRule, Level, Visit
from houqin.services.visitors.tests.conftest import make_gates
from houqin.testing.cast import Cast


def make(cast: Cast) -> dict[str, Any]:
    gates = make_gates(cast)
    guard, today, now = gates.guard, timezone.localdate(), timezone.now()
    visit = gates.invite(source="", from_at=gates.at(0.02), until_at=gates.at(23.97))
    denial = actions.deny(guard, name="某某", phone="13912340000", reason="扰乱秩序")
    company = actions.make_contractor(
        guard,
        name="安居电梯",
        work="电梯维保",
        place=cast.office,
        host=cast.staff,
        insured_until=today,
        from_time=time(0),
        until_time=time(23, 59),
    )
    worker = actions.add_worker(
        guard, contractor=company.pk, name="丁强", phone="13912340001", inducted_until=today
    )
    rule = HostingRule.objects.get()
    told = {
        "name": "孙丽", "phone": "13912340002", "place": cast.office.code, "purpose": "送材料", "host": None,
        "from_at": (now + timedelta(hours=1)).isoformat(), "until_at": (now + timedelta(hours=2)).isoformat(),
        "guests": [{"name": "孙丽", "phone": "13912340003"}], "reason": "调整", "why": "已核实", "token": "HQ1.x.x",
        "insured_until": today.isoformat(), "inducted_until": today.isoformat(), "work": "电梯维保",
    }  # fmt: skip
    of_visit = (
        "one_visit",
        "visit_pass",
        "move_visit",
        "cancel_visit",
        "enter_visit",
        "leave_visit",
        "clear_visit",
    )
    of_company = ("set_contractor", "contractor_workers", "add_worker")
    calls = (
        "invite_visitor", "invite_visitors", "move_visit", "cancel_visit", "scan_pass", "deny_visitor", "lift_denial",
        "make_contractor", "set_contractor", "add_worker", "set_worker", "make_rule", "set_rule",
    )  # fmt: skip
    return {
        "visitors": visit.pk,
        "visitors:pass/key": Visit.objects.get(pk=visit.pk).key,
        "portal:visitors.pass/key": Visit.objects.get(pk=visit.pk).key,
        "portal:visitors.muster/key": "all",
        "visitors:lift": denial.pk,
        "visitors:contractor": company.pk,
        "visitors:set_contractor": company.pk,
        "visitors:worker": worker.pk,
        "visitors:enter_worker": worker.pk,
        "visitors:rule": rule.pk,
        **{f"api:{name}/pk": visit.pk for name in of_visit},
        **{f"api:{name}/pk": company.pk for name in of_company},
        "api:lift_denial/pk": denial.pk,
        "api:worker_enters/pk": worker.pk,
        "api:set_worker/pk": worker.pk,
        "api:set_rule/pk": rule.pk,
        **{f"api:{name}/body": {**told, "place": "" if "rule" in name else told["place"]} for name in calls},
        "api:enter_visit/body": {"gate": "G1"},
        "api:give_up_visit/pk": visit.pk,
        "visitors:level": Level.objects.latest("position").pk,
        "api:set_level/pk": Level.objects.latest("position").pk,
        "api:make_level/body": {"name": "班组长", "position": 50, "words": ["班长"]},
        "api:set_level/body": {"name": "班组长", "position": 50, "words": ["班长"]},
        "api:own_pass/pk": visit.pk,
        "api:send_visitor_code/body": {"phone": "13912340004"},
        "api:prove_visitor_phone/body": {"challenge": "00", "code": "000000"},
        "api:request_visit/body": {**told, "host_name": "李晓雯", "host_tail": "0001"},
        "api:register_walk_in/body": {**told, "host": cast.staff.pk, "items": ""},
        "api:leave_visit/body": {"gate": "G1"},
        "api:worker_enters/body": {"gate": "G1"},
    }
