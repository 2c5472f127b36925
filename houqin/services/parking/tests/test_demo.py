"""The demo's lots are full at 8:40, its figures fit together, and anybody can recompute its draw."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

import pytest

from houqin.foundation.demo import World, moment, seconds_of
from houqin.project import demo
from houqin.services.parking import drawing
from houqin.services.parking.demo import live
from houqin.services.parking.models import Lot, Passage, PlatePermit, Rotation, Stay
from houqin.testing.compound import rolled_back

DAY = date(2026, 7, 14)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """A small demo compound, rolled back when the module's tests are over."""
    with rolled_back(django_db_blocker):
        small = World(seed=1, today=DAY, now=seconds_of(DAY, 9.67), scale=1 / 60)
        demo.fill(small)
        yield small


def test_every_lot_is_full_at_8_40_and_the_count_is_in_minus_out(world):
    full = moment(seconds_of(DAY, 8 + 40 / 60))
    for lot in Lot.objects.all():
        before = Passage.objects.filter(lot=lot, at__lte=full)
        inside = before.filter(direction="in").count() - before.filter(direction="out").count()
        assert inside >= lot.capacity * 0.9
        passed = Passage.objects.filter(lot=lot)
        assert lot.inside == passed.filter(direction="in").count() - passed.filter(direction="out").count()
        assert lot.inside == Stay.objects.filter(lot=lot, out_at__isnull=True).count()
    assert Lot.objects.count() == 4


def test_people_have_permits_and_the_account_staff_one(world):
    assert PlatePermit.objects.filter(person=world.accounts["staff"].id, state="open").exists()
    assert Passage.objects.exclude(corrected="").exists()


def test_the_drawn_rotation_can_be_recomputed(world):
    made = Rotation.objects.get(state="drawn")
    entries = list(made.entries.order_by("rank"))
    tickets = [drawing.Ticket(each.number, each.lost_before, each.held_last) for each in entries]
    assert drawing.sha256(made.secret) == made.promise
    assert drawing.draw(tickets, made.secret, made.beacon) == [each.number for each in entries]
    assert made.permits.count() == sum(each.state == "won" for each in entries)


def test_the_simulated_day_goes_on_and_the_count_with_it(world):
    assert "辆车进出停车场" in live.step(Random(1))
    assert Passage.objects.filter(taken_at__gte=moment(world.now + 3600)).exists()
    for lot in Lot.objects.all():
        ways = list(Passage.objects.filter(lot=lot).values_list("direction", flat=True))
        assert lot.inside == ways.count("in") - ways.count("out")
