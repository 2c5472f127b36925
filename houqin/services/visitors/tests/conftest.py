"""A gate before the tower of the cast, a lot of two spaces for visitors, a guard, and rules by which hosts may receive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.utils import timezone

from houqin.affairs.models import Route
from houqin.foundation.people.models import Person
from houqin.foundation.places.models import Place
from houqin.services.visitors import actions
from houqin.services.visitors.models import HostingRule, Visit
from houqin.testing.cast import Cast

RIGHTS = ["visitors.gate", "visitors.view", "visitors.keep", "visitors.deny", "visitors.insight"]
PHONE = "13912345678"
# The records of doors and parking, which a service reaches by their actions alone.
Area, Door, Permit = (apps.get_model("access", name) for name in ("Area", "Door", "Permit"))
Lot, Reservation = (apps.get_model("parking", name) for name in ("Lot", "Reservation"))


@dataclass
class Gates:
    """``dispatcher`` stands at the gates G1 and G2 and keeps visits; ``staff`` may receive on any day, in the tower."""

    cast: Cast

    @property
    def guard(self) -> Person:
        return self.cast.dispatcher

    def at(self, hour: float, *, days: int = 0) -> datetime:
        """An hour of today or a coming day, in the compound's time."""
        day = timezone.localdate() + timedelta(days=days)
        return timezone.make_aware(datetime.combine(day, time())) + timedelta(hours=hour)

    def told(self, *, minutes: float = -5, hours: float = 2, **more: Any) -> dict[str, Any]:
        start = timezone.now() + timedelta(minutes=minutes)
        return {
            "host": self.cast.staff, "name": "钱明", "phone": PHONE, "from_at": start, "until_at": start + timedelta(hours=hours),
            "place": self.cast.office, "purpose": "对账", **more,
        }  # fmt: skip

    def invite(self, **more: Any) -> Visit:
        """Somebody is expected, from five minutes ago for two hours; by a source, so that no rule matters."""
        more.setdefault("source", "test.case:1")
        return actions.invite(self.cast.staff, **self.told(**more))

    def enter(self, visit: Visit, **more: Any) -> Visit:
        more.setdefault("gate", "G1")
        return actions.enter(self.guard, visit=visit.pk, **more)


def make_gates(cast: Cast) -> Gates:
    cast.appoint(cast.dispatcher, RIGHTS, cast.bureau)
    for item in ("visitors.invite", "visitors.request"):
        Route.objects.create(item_code=item, section=cast.general)
    area = Area.objects.create(code="VT", name="1号楼", keeper=cast.general, passback_minutes=600)
    area.places.add(cast.tower)
    for number in (1, 2):
        Door.objects.create(code=f"G{number}", name=f"{number}号门", area=area, gate=True)
    place = Place.objects.create(
        kind="space",
        code="VP",
        name="访客停车场",
        full_name="访客停车场",
        parent=cast.site,
        space_kind="parking",
    )
    Lot.objects.create(place=place, capacity=2, reservable=2, keeper=cast.general)
    HostingRule.objects.create(
        name="接访", section=cast.general, place=cast.tower, workdays_only=False, from_time="00:00", until_time="23:59",
        most_people=5,
    )  # fmt: skip
    return Gates(cast)


@pytest.fixture(autouse=True)
def noon():
    """A Tuesday at noon: no visit runs over midnight, whenever the tests run."""
    with time_machine.travel("2026-03-17 12:00 +0800", tick=True):
        yield


@pytest.fixture
def gates(cast: Cast) -> Gates:
    return make_gates(cast)


@pytest.fixture
def committed_gates(committed_cast: Cast) -> Gates:
    return make_gates(committed_cast)
