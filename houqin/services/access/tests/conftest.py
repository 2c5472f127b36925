"""Doors of the cast: a tower, a secured floor in it, another tower; a controller with three doors and one with one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from houqin.affairs.models import Route
from houqin.foundation.trail.actors import SYSTEM
from houqin.services.access import actions
from houqin.services.access.models import Area, Controller, Door, Permit
from houqin.testing.cast import Cast

RIGHTS = ["access.manage", "access.keep", "access.view", "access.gate"]


@dataclass
class Doors:
    """``vault`` lies within ``tower``; the ``clerk`` keeps both and ``other``. ``secret`` is ``controller``'s."""

    cast: Cast
    tower: Area
    vault: Area
    other: Area
    controller: Controller
    secret: str
    remote: Controller
    remote_secret: str
    gate: Door
    back: Door
    vault_door: Door
    far: Door

    def grant(self, *areas: Area, holder: str = "", name: str = "李晓雯", hours=None, **more) -> Permit:
        now = timezone.now()
        more.setdefault("source", "test.case:1")
        more.setdefault("from_at", now - timedelta(hours=1))
        more.setdefault("until_at", now + timedelta(days=1))
        return actions.grant(
            SYSTEM, holder=holder or self.holder, name=name, areas=areas or [self.tower], hours=hours, **more
        )

    @property
    def holder(self) -> str:
        return f"person:{self.cast.staff.pk}"

    def admit(self, door: Door | None = None, direction: str = "in", *, by=None, **more):
        if "token" not in more:
            more.setdefault("holder", self.holder)
        return actions.admit(by or SYSTEM, door=door or self.gate, direction=direction, **more)

    def told(self, sequence: int, *, minutes: float = 0, **more) -> actions.Told:
        more.setdefault("door", self.gate.code)
        more.setdefault("direction", "in")
        more.setdefault("holder", self.holder)
        at: datetime = timezone.now() - timedelta(minutes=minutes)
        return actions.Told(sequence=sequence, at=at, **more)

    def take(
        self, *events: actions.Told, controller: Controller | None = None, clock: datetime | None = None
    ):
        return actions.take_events(
            controller or self.controller, events=events, clock=clock or timezone.now()
        )


def make_doors(cast: Cast) -> Doors:
    cast.appoint(cast.clerk, RIGHTS, cast.bureau)
    Route.objects.create(item_code="access.permit", section=cast.general)

    def area(code: str, name: str, *places, **more) -> Area:
        return actions.make_area(cast.clerk, code=code, name=name, keeper=cast.general, places=places, **more)

    def door(code: str, name: str, into: Area, at: Controller | None, **more) -> Door:
        return actions.make_door(cast.clerk, code=code, name=name, area=into, controller=at, **more)

    tower = area("T1", "1号楼", cast.tower, passback_minutes=600)
    vault = area("T1-3", "1号楼3层机要区", cast.floor, parent=tower)
    other = area("T2", "2号楼", cast.other_tower)
    controller, secret = actions.make_controller(cast.clerk, code="C1", name="1号楼控制器")
    remote, remote_secret = actions.make_controller(cast.clerk, code="C2", name="2号楼控制器")
    return Doors(
        cast, tower, vault, other, controller, secret, remote, remote_secret,
        door("D1", "1号楼东门", tower, controller, gate=True),
        door("D2", "1号楼西门", tower, controller, way="in"),
        door("D3", "3层机要门", vault, controller),
        door("D4", "2号楼大门", other, remote),
    )  # fmt: skip


@pytest.fixture
def doors(cast: Cast) -> Doors:
    return make_doors(cast)


@pytest.fixture
def committed_doors(committed_cast: Cast) -> Doors:
    return make_doors(committed_cast)
