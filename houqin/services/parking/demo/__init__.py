"""Parking of the demo compound: its four lots, permits of those who drive, a week of workdays that fill at 8:40, rotations.

Days before today have passages without stays; whoever is inside this morning has one. Nobody leaves twice and the count comes
out right, because the same rows are told as in and as out.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from houqin.affairs.models import Route
from houqin.foundation.bulk import copy_in, set_sequence
from houqin.foundation.demo import Spot, World, moment, seconds_of
from houqin.foundation.people.models import Role
from houqin.services.parking import drawing
from houqin.services.parking.models import (
    Camera,
    Display,
    Lot,
    Partner,
    PartnerPermit,
    Passage,
    PlatePermit,
    Quota,
    Rotation,
    RotationEntry,
    Space,
    Stay,
)

KEEPER = "ABK"
DAYS_BACK = 7
#: All lots are full at this hour of a workday.
FULL_HOUR = 8 + 40 / 60
#: Of this lot the camera at the way out has been silent for days.
SILENT = 3
#: Shares of the spaces of a staff lot that have a permit, and of the vehicles that come without one.
PERMITTED, STRANGE = 0.97, 0.04
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
RIGHTS = {
    "guard": ["parking.keep"],
    "manager": ["parking.keep"],
    "sysadmin": ["parking.manage", "parking.cameras"],
}
PASSAGE = (
    "camera", "sequence", "lot", "direction", "at", "read", "plate", "confidence", "corrected", "corrected_note", "standing",
    "stay", "taken_at",
)  # fmt: skip
STAY = ("id", "lot", "plate", "standing", "permit", "in_at", "out_at", "missed")
PERMIT = (
    "id", "plate", "person", "unit", "lot", "from_on", "until_on", "state", "accessible", "asked_at", "ended_why",
)  # fmt: skip


class Vehicle(NamedTuple):
    """A plate that comes to a lot, with its permit if it has one."""

    plate: str
    permit: int | None


class Move(NamedTuple):
    """A way in or out, before it is known to the camera."""

    at: int
    direction: str
    vehicle: Vehicle
    stay: int | None


def load(world: World) -> None:
    """Write lots, permits, passages and rotations; the database works out who is inside."""
    spots = [spot for spot in world.spots if spot.kind == "parking"]
    _rights(world)
    _lots(world, spots)
    chance = world.chance("parking")
    plates = _plates(chance)
    permitted = _permits(world, spots, plates)
    numbers: Iterator[int] = count(1)
    stays: list[tuple[Any, ...]] = []
    passages: list[tuple[Any, ...]] = []
    for spot in spots:
        moves = list(_moves(world, spot, permitted[spot.id], plates, numbers, stays))
        passages += _passages(spot, sorted(moves), chance)
    copy_in(Stay, STAY, stays)
    copy_in(Passage, PASSAGE, passages)
    for spot in spots:
        Quota.objects.create(lot_id=spot.id, unit=None, most=round(_size(world, spot) * 1.1))
    set_sequence(Stay, PlatePermit)
    _rotations(world, spots[0], plates)
    _partner(world, plates)


def _rights(world: World) -> None:
    Route.objects.create(item_code="parking.permit", section_id=world.sections[KEEPER])
    for code, rights in RIGHTS.items():
        role = Role.objects.filter(code=code).first()
        if role:
            role.permissions = [*role.permissions, *rights]
            role.save(update_fields=["permissions"])


def _size(world: World, spot: Spot) -> int:
    return world.many(spot.capacity or 260, 20)


def _lots(world: World, spots: list[Spot]) -> None:
    chance = world.chance("parking/lots")
    keeper = world.sections[KEEPER]
    for position, spot in enumerate(spots, start=1):
        size, ground = _size(world, spot), spot.floor == 0
        Lot.objects.create(
            place_id=spot.id, keeper_id=keeper, capacity=size, reservable=size // (2 if ground else 20),
            position=0 if ground else position, visitors=ground or position == 1,
            note="限高 2.2 米" if not ground else "",
        )  # fmt: skip
        Camera.objects.bulk_create(
            Camera(
                code=f"{spot.code}-{way}",
                name=f"{spot.full_name} {name}",
                lot_id=spot.id,
                heard_at=moment(heard),
            )
            for way, name, heard in (
                ("IN", "入口", world.now - 60),
                ("OUT", "出口", world.now - (3 * 86_400 if position == SILENT else 60)),
            )
        )
        bays = max(size // 40, 2)
        spaces = [
            Space(lot_id=spot.id, code=f"C{n:03}", kind="ev",
                  charge=chance.choices(("charging", "full", "idle", "faulty"), (60, 22, 14, 4))[0],
                  charge_at=moment(world.now - chance.randrange(60, 7200)))
            for n in range(1, bays + 1)
        ]  # fmt: skip
        spaces += [
            Space(lot_id=spot.id, code=f"W{n:02}", kind="accessible")
            for n in range(1, max(size // 100, 1) + 1)
        ]
        Space.objects.bulk_create(spaces)


def _plates(chance: Random) -> Iterator[str]:
    """Plates, none twice: every fourth of a new-energy vehicle."""
    seen: set[str] = set()
    while True:
        number = f"{chance.randrange(100_000):05}"
        if chance.random() < 0.25:
            plate = f"浙A{chance.choice('DF')}{number}"
        else:
            at = chance.randrange(5)
            plate = f"浙A{number[:at]}{chance.choice(LETTERS)}{number[at + 1 :]}"
        if plate not in seen:
            seen.add(plate)
            yield plate


def _permits(world: World, spots: list[Spot], plates: Iterator[str]) -> dict[int, list[Vehicle]]:
    """Permits of people who drive, lot by lot; the account ``staff`` has one."""
    chance = world.chance("parking/permits")
    drivers = list(world.people)
    chance.shuffle(drivers)
    first = world.accounts.get("staff")
    if first:
        drivers.sort(key=lambda person: person.id != first.id)
    found: dict[int, list[Vehicle]] = {spot.id: [] for spot in spots}
    rows: list[tuple[Any, ...]] = []
    until = world.today.replace(month=12, day=31)
    ids, left = count(1), iter(drivers)
    for spot in spots:
        wanted = round(_size(world, spot) * PERMITTED) if spot.floor else 0
        for _, person in zip(range(wanted), left, strict=False):
            permit, plate = next(ids), next(plates)
            asked = world.now - chance.randrange(20, 300) * 86_400
            found[spot.id].append(Vehicle(plate, permit))
            begins = min(world.today - timedelta(days=chance.randrange(10, 300)), until)
            rows.append(
                (
                    permit,
                    plate,
                    person.id,
                    person.unit,
                    spot.id,
                    begins,
                    until,
                    "open",
                    permit % 170 == 7,
                    moment(asked),
                    "",
                )
            )
    copy_in(PlatePermit, PERMIT, rows)
    return found


def _moves(
    world: World, spot: Spot, own: list[Vehicle], plates: Iterator[str], numbers: Iterator[int], stays: list[tuple[Any, ...]]
) -> Iterator[Move]:  # fmt: skip
    chance = world.chance(f"parking/{spot.code}")
    for back in range(DAYS_BACK, -1, -1):
        day = world.today - timedelta(days=back)
        if day.weekday() < 5:
            yield from _day(world, spot, day, own, plates, numbers, stays, chance)


def _day(
    world: World, spot: Spot, day: date, own: list[Vehicle], plates: Iterator[str], numbers: Iterator[int],
    stays: list[tuple[Any, ...]], chance: Random,
) -> Iterator[Move]:  # fmt: skip
    size, full = _size(world, spot), seconds_of(day, FULL_HOUR)
    coming = chance.sample(own, min(len(own), size - round(size * STRANGE)))
    coming += [Vehicle(next(plates), None) for _ in range(size - len(coming))]
    for vehicle in coming:
        came = min(full - chance.randrange(0, 90), round(chance.gauss(full - 1500, 900)))
        came = max(came, seconds_of(day, 6.5))
        stays_for = chance.gauss(9.6, 0.7) if vehicle.permit else chance.uniform(0.7, 5)
        left = came + round(max(stays_for, 0.5) * 3600)
        if not vehicle.permit and chance.random() < 0.01:
            left = world.now + 1  # stays on for days
        if came > world.now:
            continue
        stay = None
        if left > world.now or day == world.today:
            stay = next(numbers)
            stays.append(
                (stay, spot.id, vehicle.plate, "permit" if vehicle.permit else "stranger", vehicle.permit, moment(came),
                 moment(left) if left <= world.now else None, False)
            )  # fmt: skip
        yield Move(came, "in", vehicle, stay)
        if left <= world.now:
            yield Move(left, "out", vehicle, stay)


def _passages(spot: Spot, moves: list[Move], chance: Random) -> Iterator[tuple[Any, ...]]:
    cameras = dict(Camera.objects.filter(lot_id=spot.id).values_list("code", "pk"))
    sequences = {"in": count(1), "out": count(1)}
    for move in moves:
        plate = read = move.vehicle.plate
        sure, corrected = round(0.96 + 0.04 * chance.random(), 3), ""
        if move.vehicle.permit and chance.random() < 0.012:
            read = plate[:-1] + chance.choice([each for each in "0123456789" if each != plate[-1]])
            sure, corrected = (
                round(0.6 + 0.3 * chance.random(), 3),
                "permit" if move.direction == "in" else "stay",
            )
        yield (
            cameras[f"{spot.code}-{move.direction.upper()}"], next(sequences[move.direction]), spot.id, move.direction,
            moment(move.at), read, plate, sure, corrected, "", "permit" if move.vehicle.permit else "stranger", move.stay,
            moment(move.at + 1),
        )  # fmt: skip


def _rotations(world: World, spot: Spot, plates: Iterator[str]) -> None:
    """One that was drawn in the autumn, and one that can be entered now."""
    chance = world.chance("parking/rotations")
    for name, begins, drawn in (
        ("四季度地下近门车位轮换", world.today - timedelta(days=50), True),
        ("明年一季度地下近门车位轮换", world.today + timedelta(days=20), False),
    ):
        secret = f"{chance.getrandbits(256):064x}"
        closes = seconds_of(begins - timedelta(days=10), 18)
        people = chance.sample(world.people, min(world.many(80), len(world.people)))
        tickets = [drawing.Ticket(n, chance.choices((0, 1, 2), (6, 3, 1))[0], chance.random() < 0.2) for n in range(1, len(people) + 1)]  # fmt: skip
        beacon = "福彩3D 开奖号码 5 0 7" if drawn else ""
        ranks = {number: rank for rank, number in enumerate(drawing.draw(tickets, secret, beacon), start=1)}
        places = world.many(30)
        rotation = Rotation.objects.create(
            name=name, lot_id=spot.id, places=places, from_on=begins, until_on=begins + timedelta(days=90),
            enter_until=moment(closes), state="drawn" if drawn else "open", promise=drawing.sha256(secret), secret=secret,
            beacon=beacon, entries_digest=drawing.digest_of(tickets) if drawn else "",
            drawn_at=moment(closes + 86_400) if drawn else None,
        )  # fmt: skip
        entries = [
            RotationEntry(
                rotation=rotation, number=ticket.number, person_id=person.id, plate=next(plates),
                lost_before=ticket.lost_before, held_last=ticket.held_last,
                rank=ranks[ticket.number] if drawn else None,
                state=("won" if ranks[ticket.number] <= places else "waiting") if drawn else "entered",
                entered_at=moment(closes - chance.randrange(3600, 5 * 86_400)),
            )
            for ticket, person in zip(tickets, people, strict=True)
        ]  # fmt: skip
        RotationEntry.objects.bulk_create(entries)
        units = {person.id: person.unit for person in people}
        PlatePermit.objects.bulk_create(
            PlatePermit(
                plate=entry.plate, person_id=entry.person_id, unit_id=units[entry.person_id], lot_id=spot.id,
                from_on=begins, until_on=rotation.until_on, state="open", rotation=rotation,
            )
            for entry in entries
            if entry.state == "won"
        )  # fmt: skip


def _partner(world: World, plates: Iterator[str]) -> None:
    """A neighbouring compound on the list, some of whose permits were shown here; a screen at a gate that nobody has the address of."""
    chance = world.chance("parking/partner")
    key = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
    partner = Partner.objects.create(
        code="https://houqin.binjiang.example",
        name="滨江区行政中心",
        public_key=base64.b64encode(key.public_key().public_bytes_raw()).decode(),
        since=moment(world.now - 90 * 86_400),
    )
    PartnerPermit.objects.bulk_create(
        PartnerPermit(
            partner=partner, serial=str(310 + 7 * n), plate=next(plates), from_on=world.today - timedelta(days=60),
            until_on=world.today + timedelta(days=chance.randrange(20, 200)),
            taken_at=moment(world.now - chance.randrange(1, 50) * 86_400),
        )
        for n in range(world.many(12))
    )  # fmt: skip
    camera = Camera.objects.order_by("pk").first()
    Display.objects.create(name="东大门入口屏", mark=hashlib.sha256(b"nobody").hexdigest(), camera=camera)
