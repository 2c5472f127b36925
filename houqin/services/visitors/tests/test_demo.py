"""The demo's visits are believable whenever the demo is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from houqin.foundation.demo import World, seconds_of
from houqin.project import demo as compound
from houqin.services.visitors import demo
from houqin.services.visitors.models import Visit
from houqin.testing.compound import rolled_back

DAY = date(2026, 7, 14)


@pytest.fixture(autouse=True)
def noon() -> None:
    """Each test moves the clock itself."""


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """A small demo compound in which nobody has visited yet, rolled back when the module's tests are over."""
    with rolled_back(django_db_blocker), pytest.MonkeyPatch.context() as patch:
        small = World(seed=1, today=DAY, now=seconds_of(DAY, 9.67), scale=1 / 60)
        others = [
            each for each in compound.loaders() if each.__name__.split(".")[2] not in ("visitors", "meetings")
        ]
        patch.setattr(compound, "loaders", lambda: others)
        with time_machine.travel(seconds_of(DAY, 9.67)):
            compound.fill(small)
        small.scale = 0.5
        yield small


@pytest.mark.parametrize("hour", [8, 12, 19, 23.5])
def test_who_is_inside_has_a_reason_to_be_there_at_any_hour(world, hour):
    with time_machine.travel(seconds_of(DAY, hour), tick=False), transaction.atomic():
        world.now = compound._now(DAY)
        demo.load(world)
        demo.finish(world)
        now = timezone.now()
        inside = Visit.objects.filter(state="inside")
        assert inside.exists()
        assert inside.filter(until_at__lt=now - timedelta(minutes=15)).count() <= 3
        assert not inside.filter(entered_at__gt=now).exists()
        assert not Visit.objects.filter(state="expected", until_at__lt=now - timedelta(minutes=30)).exists()
        assert Visit.objects.filter(state="expected", from_at__gt=now).exists()
        waits = Visit.objects.filter(state="pending")
        assert waits.count() == (6 if 8 <= hour < 18 else 4)
        assert {each.case.state for each in waits} == {"open"}
        assert waits.filter(exceeds="这个时间和人数须由处级以上人员接待").exists()
        transaction.set_rollback(True)
