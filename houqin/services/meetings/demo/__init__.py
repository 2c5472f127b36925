"""Meetings of the demo compound: 120 rooms, their usual series, and three weeks of believable days around today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

from houqin.affairs.models import Route
from houqin.foundation.bulk import copy_in, set_sequence
from houqin.foundation.demo import Somebody, Spot, World, moment, seconds_of
from houqin.foundation.people.models import Role
from houqin.services.meetings.demo.attending import attend
from houqin.services.meetings.demo.needs import prepare
from houqin.services.meetings.demo.plenary import plenary
from houqin.services.meetings.models import ApprovalRule, Meeting, Room, RoomPart, Series

KEEPER = "HWK"
DAYS_BACK, DAYS_AHEAD = 10, 14
#: Starts by how often they are chosen, in hours; meetings begin on the half hour.
STARTS = ((8.5, 3), (9, 9), (9.5, 4), (10, 6), (10.5, 2), (14, 5), (14.5, 8), (15, 6), (15.5, 3), (16, 4))
LENGTHS = ((0.5, 1), (1, 6), (1.5, 5), (2, 4), (3, 1))
TITLES = (
    "预算执行分析会", "党组理论学习中心组学习", "项目进度调度会", "采购需求论证会", "信访事项会商", "处务会", "值班工作安排会",
    "专家评审会", "合同谈判", "安全生产专题会", "政务公开协调会", "干部谈心谈话", "信息化项目验收会", "工程变更审查会",
    "审计整改推进会", "招标文件评审", "民生实事督办会", "重点企业座谈会", "年度考核述职会", "公文起草讨论", "节能工作例会",
    "物业服务考评会", "人大建议办理协调会", "政协提案办理会", "法律顾问咨询会", "数据共享对接会", "部门联席会议", "应急预案桌面推演",
)  # fmt: skip
SERIES = ("周一处务会", "周例会", "党支部学习", "项目双周会", "月度安全例会", "值班交接会")
PRIVATE_SHARE = 0.06
FIELDS = (
    "uid", "title", "private", "room", "starts_at", "ends_at", "all_day", "setup_minutes", "clearing_minutes", "state",
    "organiser", "booked_by", "section", "external_organiser", "expected", "layout", "meeting_class", "fen_a_head_day",
    "exceeds", "series", "original_start", "sequence", "opened_at", "gave_back_at", "gave_back_reason", "created_at", "event",
    "is_main",
)  # fmt: skip


def load(world: World) -> None:
    """Write rooms, rules, series and meetings; the database works out what they occupy."""
    spots = [spot for spot in world.spots if spot.kind == "meeting"]
    _rooms(world, spots)
    _rights(world)
    rows = list(_meetings(world, spots))
    copy_in(Meeting, FIELDS, rows)
    set_sequence(Meeting, Series)
    attend(world)
    prepare(world)


def _rooms(world: World, spots: list[Spot]) -> None:
    keeper = world.sections[KEEPER]
    chance = world.chance("meetings/rooms")
    rooms = []
    for spot in spots:
        large = spot.capacity > 40
        equipment = ["screen" if large or chance.random() < 0.5 else "projector"]
        equipment += [
            code
            for code, share in (("video", 0.4), ("whiteboard", 0.6), ("wheelchair", 0.8))
            if chance.random() < share
        ]
        equipment += ["microphone", "recording"] if large else []
        equipment += ["live", "interpretation", "hearing_loop"] if spot.capacity >= 150 else []
        rooms.append(Room(
            place_id=spot.id, keeper_id=keeper, capacity=max(spot.capacity, 10), equipment=equipment,
            layouts=["board", "u_shape", "classroom", "theatre", "round"] if large else ["board", "u_shape"],
            setup_minutes=15 if large else 0, clearing_minutes=15 if large else 0,
        ))  # fmt: skip
    Room.objects.bulk_create(rooms)
    RoomPart.objects.bulk_create(RoomPart(room_id=room.place_id, part_id=room.place_id) for room in rooms)
    ApprovalRule.objects.bulk_create([
        ApprovalRule(name="大型会议厅", seats_from=150),
        ApprovalRule(name="夜间和休息日", after_hours=True, seats_from=60),
        ApprovalRule(name="外部单位主办", external=True),
    ])  # fmt: skip


def _rights(world: World) -> None:
    Route.objects.create(item_code="meetings.book", section_id=world.sections[KEEPER])
    for category, section in (
        ("", KEEPER),
        ("meals", "CYK"),
        ("av", "RDB"),
        ("live", "RDB"),
        ("interpretation", "RDB"),
    ):
        Route.objects.create(item_code="meetings.need", category=category, section_id=world.sections[section])
    for code, rights in (
        ("chef", ["affairs.handle"]),
        ("clerk", ["meetings.rooms", "meetings.serve", "meetings.insight"]),
        ("manager", ["meetings.insight"]),
    ):
        role = Role.objects.filter(code=code).first()
        if role:
            role.permissions = [*role.permissions, *rights]
            role.save(update_fields=["permissions"])


def _meetings(world: World, spots: list[Spot]) -> Iterator[tuple[Any, ...]]:
    chance = world.chance("meetings/bookings")
    people = [person for person in world.people if person.room is not None]
    by_building: dict[str, list[Somebody]] = {}
    for person in people:
        assert person.room is not None
        by_building.setdefault(person.room.building, []).append(person)
    days = [world.today + timedelta(days=number) for number in range(-DAYS_BACK, DAYS_AHEAD + 1)]
    reserved: dict[int, dict[date, list[tuple[float, float]]]] = {}
    yield from plenary(world, spots, reserved, partial(_row, world, world.chance("meetings/plenary")))
    for spot in spots:
        near = by_building.get(spot.building) or people
        taken = reserved.get(spot.id, {})
        yield from _series(world, chance, spot, near, taken)
        for day in days:
            if day.weekday() < 5:
                yield from _day(world, chance, spot, near, day, taken.setdefault(day, []))


def _series(
    world: World,
    chance: Random,
    spot: Spot,
    near: list[Somebody],
    taken: dict[date, list[tuple[float, float]]],
) -> Iterator[tuple[Any, ...]]:
    """Every third room has its weekly meeting."""
    if chance.random() > 0.35 or spot.capacity > 60:
        return
    monday = world.today - timedelta(days=world.today.weekday() + 7)
    first = monday + timedelta(days=chance.randrange(5))
    hour, lasts = chance.choice((8.5, 9, 14, 16)), chance.choice((1, 1.5))
    series = Series.objects.create(
        rule="FREQ=WEEKLY;COUNT=8", starts_at=f"{moment(seconds_of(first, hour))}", minutes=int(lasts * 60),
        skip_holidays=True, uid=_uid(chance),
    )  # fmt: skip
    who, title, seats = chance.choice(near), chance.choice(SERIES), chance.randint(4, max(5, spot.capacity))
    for week in range(8):
        day = first + timedelta(weeks=week)
        taken.setdefault(day, []).append((hour, hour + lasts))
        yield _row(world, chance, spot, who, day, hour, lasts, title, seats, series=series.pk)


def _day(
    world: World,
    chance: Random,
    spot: Spot,
    near: list[Somebody],
    day: date,
    taken: list[tuple[float, float]],
) -> Iterator[tuple[Any, ...]]:
    starts, weights = zip(*STARTS, strict=True)
    lengths, shares = zip(*LENGTHS, strict=True)
    gap = 0.5 if spot.capacity > 40 else 0
    for _ in range(chance.choice((1, 2, 3, 3, 4, 5))):
        hour, lasts = chance.choices(starts, weights)[0], chance.choices(lengths, shares)[0]
        if any(hour < until + gap and hour + lasts > begins - gap for begins, until in taken):
            continue
        taken.append((hour, hour + lasts))
        seats = chance.randint(3, max(4, spot.capacity))
        yield _row(world, chance, spot, chance.choice(near), day, hour, lasts, chance.choice(TITLES), seats)


def _row(
    world: World, chance: Random, spot: Spot, who: Somebody, day: date, hour: float, lasts: float, title: str, seats: int,
    series: int | None = None,
) -> tuple[Any, ...]:  # fmt: skip
    begins, ends = seconds_of(day, hour), seconds_of(day, hour + lasts)
    state, opened, gone, why = "booked", None, None, ""
    if begins < world.now:
        came = chance.random()
        if came < 0.07 and begins + 900 < world.now:
            state, gone, why = "released", moment(begins + 900), "开始后 15 分钟无人签到"
        elif came < 0.13:
            state, gone, why = "cancelled", moment(begins - chance.randrange(3600, 86_400)), "组织者取消"
        else:
            state = "ended" if ends <= world.now else "running"
            opened = moment(begins - chance.randrange(0, 600))
    buffers = 15 if spot.capacity > 40 else 0
    return (
        _uid(chance), title, chance.random() < PRIVATE_SHARE, spot.id, moment(begins), moment(ends), False, buffers, buffers,
        state, who.id, who.id, who.section, "", min(seats, max(spot.capacity, 10)), "", "", 0, "", series,
        moment(begins) if series else None, 0, opened, gone, why, moment(begins - chance.randrange(7200, 10 * 86_400)),
        None, False,
    )  # fmt: skip


def _uid(chance: Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)
