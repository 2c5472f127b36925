"""What is watched: who stays too long, what ends soon; and what is forgotten in time."""

from datetime import timedelta

import time_machine
from django.apps import apps
from django.utils import timezone

from houqin.affairs.models import Warning
from houqin.affairs.warnings.declare import RULES
from houqin.foundation.people.models import Person
from houqin.foundation.retention.actions import erase_due
from houqin.foundation.trail.models import Entry
from houqin.services.visitors import actions
from houqin.services.visitors.models import Contractor, Visit, Worker
from houqin.services.visitors.tests.conftest import PHONE

Permit = apps.get_model("access", "Permit")


def breaches(code: str):
    rule = RULES[code]
    return list(rule.find(rule.thresholds))


def test_who_stays_after_the_end_is_told_to_the_gate(gates):
    gates.enter(gates.invite())
    assert breaches("visitors.overdue") == []
    with time_machine.travel(timezone.now() + timedelta(hours=3)):
        (found,) = breaches("visitors.overdue")
        assert found.value == 65
        assert "钱明" not in found.name
        warning = Warning(name=found.name, value=found.value)
        assert "超时 65 分钟" in RULES["visitors.overdue"].words(warning)


def test_what_lapses_soon_is_told_to_the_keeper(gates):
    today = timezone.localdate()
    company = Contractor.objects.create(
        section=gates.cast.general, name="安居电梯", work="维保", place=gates.cast.office, host=gates.cast.staff,
        insured_until=today + timedelta(days=90),
    )  # fmt: skip
    assert breaches("visitors.lapsing") == []
    Worker.objects.create(
        contractor=company, name="丁强", phone=PHONE, inducted_until=today + timedelta(days=5)
    )
    (found,) = breaches("visitors.lapsing")
    assert found.value == 5


def test_after_its_time_a_visit_no_longer_says_who_came(gates):
    visit = gates.invite(plate="浙A12345", organisation="滨江局")
    gates.enter(visit)
    actions.leave(gates.guard, visit=visit.pk)
    assert erase_due("visitors.visits") == 0
    with time_machine.travel(timezone.now() + timedelta(days=200)):
        actions.settle()
        Permit.objects.update(state="ended", ended_at=timezone.now())
        assert erase_due("visitors.visits") == 1
        assert erase_due("visitors.visits") == 0
    visit = Visit.objects.get()
    assert (visit.name, visit.plate, visit.organisation, bool(visit.phone)) == (
        f"访客{visit.pk}",
        "",
        "",
        False,
    )
    assert visit.entered_at
    assert visit.host == Person.objects.get(pk=gates.cast.staff.pk)
    assert Permit.objects.get().name == visit.holder
    assert not [
        each.action
        for each in Entry.objects.all()
        if "钱明" in f"{each.record_name}{each.before}{each.after}"
    ]
