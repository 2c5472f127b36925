"""What comes by itself: warnings, words for today, periods of keeping, the demo's life."""

from datetime import timedelta
from random import Random

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from houqin.affairs.warnings.declare import RULES
from houqin.exchange.tests.test_api import Caller
from houqin.foundation.errors import Problem
from houqin.foundation.personal.retention import KEPT
from houqin.foundation.retention.actions import erase_due
from houqin.foundation.trail.actors import SYSTEM
from houqin.services.access import actions, jobs, panels, simulate
from houqin.services.access.demo import live
from houqin.services.access.models import Controller, DoorEvent, Permit


def found(code: str) -> list:
    rule = RULES[code]
    return list(rule.find(rule.thresholds))


def test_a_lasting_permit_that_ends_soon_is_warned_of_and_a_short_one_is_not(doors):
    now = timezone.now()
    lasting = doors.grant(from_at=now - timedelta(days=200), until_at=now + timedelta(days=5), source="s:1")
    doors.grant(from_at=now - timedelta(days=1), until_at=now + timedelta(days=1), source="s:2")
    doors.grant(holder="visitor:1", name="程立", from_at=now - timedelta(days=200), source="s:3")
    breaches = found("access.ending")
    assert [(each.subject, each.organisation) for each in breaches] == [
        (f"permit:{lasting.pk}", doors.cast.general.pk)
    ]
    assert RULES["access.ending"].thresholds.level(breaches[0].value) == "amber"
    (note,) = panels.ending(doors.cast.staff)
    assert "天到期" in str(note.text)
    assert not list(panels.ending(doors.cast.head))


def test_controllers_that_fall_silent_are_warned_of_together(doors):
    assert found("access.silent") == [], "one that never spoke is not in use yet"
    Controller.objects.update(seen_at=timezone.now() - timedelta(minutes=6))
    assert [(each.value, each.organisation) for each in found("access.silent")] == [
        (2, doors.cast.general.pk)
    ]
    Controller.objects.update(seen_at=timezone.now())
    assert found("access.silent") == []


def test_events_go_when_their_time_is_over_and_not_before(doors):
    doors.take(doors.told(1))
    kept = KEPT["access.events"]
    assert kept.erase(kept.due(timezone.now() - timedelta(days=365))) == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        DoorEvent.objects.all().delete()
    with time_machine.travel(timezone.now() + timedelta(days=400)):
        assert kept.due(timezone.now() - timedelta(days=365)).count() == 1


def test_the_hourly_job_ends_what_is_over(doors):
    now = timezone.now()
    doors.grant(from_at=now - timedelta(days=9), until_at=now - timedelta(days=3))
    assert (jobs.settle(), jobs.settle()) == (1, 0)


def test_the_demo_goes_on_and_doors_are_simulated_there_alone(doors):
    doors.grant()
    doors.admit()
    assert "人通过门禁" in live.step(Random(1))
    with pytest.raises(Problem, match="演示环境"):
        simulate.run("http://127.0.0.1:1", count=1, seconds=1, faults=False, seed=1, say=print)


def test_the_name_of_a_visitor_goes_a_year_after_the_visit(doors):
    now = timezone.now()
    doors.grant(holder="visitor:1", name="程立", source="s:1")
    doors.grant(source="s:2")
    for source in ("s:1", "s:2"):
        actions.end(SYSTEM, source=source)
    with time_machine.travel(now + timedelta(days=366)):
        assert (erase_due("access.visitors"), erase_due("access.visitors")) == (1, 0)
    assert set(Permit.objects.values_list("name", flat=True)) == {"访客", "李晓雯"}


def test_passages_are_shared_without_who_it_was(doors):
    doors.grant()
    doors.admit()
    answer = Caller(doors.cast.clerk).get("/datasets/access.passages")
    (told,) = answer.json()["items"]
    assert (told["door"], told["area"], told["allowed"]) == ("D1", "T1", True)
    assert "holder" not in told
    assert doors.cast.staff.name not in answer.text
    assert Caller(doors.cast.staff).get("/datasets/access.passages").json()["items"] == []
