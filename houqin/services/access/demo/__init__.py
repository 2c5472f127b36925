"""Doors of the demo compound: the grounds, six towers with three zones of floors each, and a morning at their doors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

from houqin.affairs.models import Route
from houqin.foundation.bulk import copy_in, set_sequence
from houqin.foundation.demo import Somebody, World, day_of, moment, seconds_of
from houqin.foundation.people.models import Organisation, Role
from houqin.services.access.models import Area, Controller, Door, DoorEvent, Permit

KEEPER = "ABK"
TOWERS = "ABCDEF"
#: Zones of a tower: code, name, lowest and highest floor.
ZONES = (("L", "低区", 2, 8), ("M", "中区", 9, 16), ("H", "高区", 17, 99))
#: Gates of the grounds by the controller that drives them.
GATES = (("JC-G1", "南北门控制器", ("南门", "北门")), ("JC-G2", "东西门控制器", ("东门", "西门")))
DAILY = json.dumps([{"days": [1, 2, 3, 4, 5, 6, 7], "from": "06:00", "to": "22:30"}])
OFFICE = json.dumps([{"days": [1, 2, 3, 4, 5], "from": "07:00", "to": "20:00"}])
REASONS = (
    "挂职交流", "专班集中办公", "机房值守", "档案调阅", "联合审查", "驻点服务", "设备维保", "夜间值班", "评审专家", "借调工作",
)  # fmt: skip
#: Personal permits beside those of the organisations.
OWN, CAME = 260, 0.82
PERMIT = (
    "holder", "name", "person", "areas", "hours", "from_at", "until_at", "source", "reason", "state", "version",
    "created_at", "ended_at", "ended_reason",
)  # fmt: skip
EVENT = (
    "controller", "sequence", "door", "at", "received_at", "holder", "permit", "direction", "allowed", "reason", "offline",
    "window", "clock_off_seconds",
)  # fmt: skip


class Compound:
    """Areas, controllers and doors while they are made. ``ways``: of an area (code), its doors as (door id, controller id)."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.keeper = world.sections[KEEPER]
        self.areas: dict[str, Area] = {}
        self.controllers: list[Controller] = []
        self.doors: list[Door] = []
        self.ways: dict[str, list[tuple[int, int]]] = {}

    def area(self, code: str, name: str, around: str, places: list[int], **more: Any) -> None:
        parent = self.areas[around] if around else None
        made = Area.objects.create(code=code, name=name, parent=parent, keeper_id=self.keeper, **more)
        made.places.set(places)
        self.areas[code] = made

    def controller(self, code: str, name: str, place: int | None) -> int:
        number = len(self.controllers) + 1
        self.controllers.append(Controller(id=number, code=code, name=name, place_id=place))
        return number

    def door(self, code: str, name: str, area: str, controller: int, place: int | None, **more: Any) -> None:
        number = len(self.doors) + 1
        self.doors.append(
            Door(
                id=number, code=code, name=name, area=self.areas[area], controller_id=controller, place_id=place, **more
            )
        )  # fmt: skip
        self.ways.setdefault(area, []).append((number, controller))

    def build(self) -> None:
        """Grounds, towers, zones; 64 doors at 50 controllers where the compound is whole."""
        world = self.world
        site = world.places["JC"]
        self.area("JC", "市民中心院区", "", [site], on_request=False)
        for code, name, gates in GATES:
            controller = self.controller(code, name, site)
            for number, gate in enumerate(gates, start=1):
                self.door(f"{code}-{number}", f"院区{gate}", "JC", controller, site, gate=True)
        for tower in TOWERS:
            if tower in world.places:
                self._tower(tower)
        Controller.objects.bulk_create(self.controllers)
        Door.objects.bulk_create(self.doors)
        set_sequence(Controller, Door)

    def _tower(self, tower: str) -> None:
        place = self.world.places[tower]
        lobby = self.world.places.get(f"{tower}-1F", place)
        self.area(tower, f"{tower}座", "JC", [place], passback_minutes=600)
        for hall, name in ((1, "大厅"), (2, "侧厅")):
            controller = self.controller(f"{tower}-C{hall}", f"{tower}座{name}控制器", lobby)
            for number in (1, 2):
                self.door(
                    f"{tower}-{hall}{number}", f"{tower}座{name}{number}号闸机", tower, controller, lobby
                )
        for code, name, low, high in ZONES:
            floors = [
                pk
                for floor in range(low, min(high, 40) + 1)
                if (pk := self.world.places.get(f"{tower}-{floor}F")) is not None
            ]
            if not floors:
                continue
            zone = f"{tower}-{code}"
            self.area(zone, f"{tower}座{name}", tower, floors)
            for side, letter in (("东", "E"), ("西", "W")):
                controller = self.controller(f"{zone}{letter}", f"{tower}座{name}{side}侧控制器", floors[0])
                self.door(f"{zone}-{letter}", f"{tower}座{name}{side}侧门", zone, controller, floors[0])

    def zone_of(self, who: Somebody) -> str:
        """The innermost area in which somebody works."""
        room = who.room
        if room is None or room.building not in self.areas:
            return "JC"
        for code, _name, low, high in ZONES:
            zone = f"{room.building}-{code}"
            if low <= room.floor <= high and zone in self.areas:
                return zone
        return room.building


def load(world: World) -> None:
    """Write areas, doors, permits and the morning's events; the database works out who is inside."""
    compound = Compound(world)
    compound.build()
    _rights(compound)
    house = Organisation.objects.get(parent=None)
    copy_in(Permit, PERMIT, _permits(compound, house))
    organisations = Permit.objects.filter(holder__startswith="organisation:").order_by("pk")
    numbers = dict(organisations.values_list("holder", "pk"))
    rows = sorted(_passages(compound, numbers), key=lambda row: (row[0], row[3]))
    _write(compound, rows)


def _rights(compound: Compound) -> None:
    Route.objects.create(item_code="access.permit", section_id=compound.keeper)
    for code, rights in (
        ("guard", ["access.gate", "access.view", "access.keep"]),
        ("manager", ["access.view"]),
        ("sysadmin", ["access.manage"]),
    ):
        role = Role.objects.filter(code=code).first()
        if role:
            role.permissions = [*role.permissions, *rights]
            role.save(update_fields=["permissions"])


def _permits(compound: Compound, house: Organisation) -> Iterator[tuple[Any, ...]]:
    """A permit of the whole house for all towers, one a unit for the zones where its people sit, and a few hundred persons'."""
    world, chance = compound.world, compound.world.chance("access/permits")
    begins = moment(seconds_of(world.today - timedelta(days=300)))
    towers = [area.pk for code, area in compound.areas.items() if code in TOWERS]
    zones: dict[int, set[int]] = {}
    for who in world.people:
        area = compound.areas[compound.zone_of(who)]
        if area.code not in TOWERS and area.code != "JC":
            zones.setdefault(who.unit, set()).add(area.pk)

    def row(
        holder: str,
        name: str,
        person: int | None,
        areas: list[int],
        hours: str | None,
        since: str,
        until: str | None,
        source: str,
        reason: str,
        created: str,
    ) -> tuple[Any, ...]:
        return (
            holder, name, person, areas, hours, since, until, source, reason, "active", 0, created, None, "",
        )  # fmt: skip

    yield row(
        f"organisation:{house.pk}", house.name, None, towers or [compound.areas["JC"].pk], DAILY, begins, None,
        "access.house:1", "在职人员通行", begins,
    )  # fmt: skip
    for unit, areas in sorted(zones.items()):
        yield row(
            f"organisation:{unit}", world.names.get(unit, "单位"), None, sorted(areas), DAILY, begins, None,
            f"access.unit:{unit}", "本单位办公区", begins,
        )  # fmt: skip
    inner = [area.pk for code, area in compound.areas.items() if "-" in code]
    for number in range(world.many(OWN) if inner else 0):
        who = chance.choice(world.people)
        since = seconds_of(world.today - timedelta(days=chance.randrange(5, 340)), 0)
        lasts = chance.choice((30, 90, 180, 365, 365)) * 86_400
        until = max(since + lasts, world.now + chance.randrange(1, 120) * 86_400)
        yield row(
            f"person:{who.id}", who.name, who.id, [chance.choice(inner)],
            chance.choice((OFFICE, OFFICE, DAILY, None)), moment(since), moment(until), f"access.keeper:demo-{number}",
            chance.choice(REASONS), moment(since - 7200),
        )  # fmt: skip


def _passages(
    compound: Compound, permits: dict[str, int]
) -> Iterator[tuple[int, int, str, int, str, int | None, bool, str]]:
    """(controller, door, holder, second, direction, permit, allowed, reason) of the day up to now."""
    world, chance = compound.world, compound.world.chance("access/day")
    day = day_of(world.now)
    house = next((pk for holder, pk in permits.items() if holder.startswith("organisation:")), None)
    for who in world.people:
        zone = compound.zone_of(who)
        if zone == "JC" or chance.random() > CAME:
            continue
        arrives = seconds_of(day, 8.4) + round(chance.gauss(0, 1300))
        leaves = seconds_of(day, 17.6) + abs(round(chance.gauss(0, 2400)))
        tower, own = zone[0], permits.get(f"organisation:{who.unit}", house)
        steps = [(arrives, tower, "in", house), (leaves, tower, "out", house)]
        if zone != tower:
            steps += [(arrives + 70 + chance.randrange(120), zone, "in", own)]
            steps += [(leaves - 90 - chance.randrange(120), zone, "out", own)]
        for at, area, way, permit in steps:
            if at < world.now:
                door, controller = chance.choice(compound.ways[area])
                yield controller, door, f"person:{who.id}", at, way, permit, True, ""
        if chance.random() < 0.01 and arrives + 600 < world.now:
            yield _stray(compound, chance, who, arrives + 600)


def _stray(
    compound: Compound, chance: Random, who: Somebody, at: int
) -> tuple[int, int, str, int, str, int | None, bool, str]:
    """Somebody before a door that is not theirs, or with a pass that is old."""
    area = chance.choice([code for code in compound.ways if "-" in code] or list(compound.ways))
    door, controller = chance.choice(compound.ways[area])
    reason = chance.choice(("no_permit", "no_permit", "pass_old", "pass_used"))
    return controller, door, f"person:{who.id}", at, "in", None, False, reason


def _write(compound: Compound, rows: list[tuple[int, int, str, int, str, int | None, bool, str]]) -> None:
    counts: dict[int, int] = {}
    rows.sort(key=lambda row: row[3])

    def numbered() -> Iterator[tuple[Any, ...]]:
        for controller, door, holder, at, way, permit, allowed, reason in rows:
            counts[controller] = counts.get(controller, 0) + 1
            when = moment(at)
            yield (
                controller, counts[controller], door, when, when, holder, permit, way, allowed, reason, False, None, 0,
            )  # fmt: skip

    copy_in(DoorEvent, EVENT, numbered())
    for controller in compound.controllers:
        controller.through = counts.get(controller.pk, 0)
    Controller.objects.bulk_update(compound.controllers, ["through"])
