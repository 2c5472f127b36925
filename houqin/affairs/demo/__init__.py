"""Duty in the demo compound: who is on duty at any hour, in the roster of four weeks and in the year before it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from houqin.affairs.models import Warning
from houqin.foundation.bulk import copy_in, set_sequence
from houqin.foundation.calendar.demo import WorkClock
from houqin.foundation.demo import LOCAL_SECONDS, Somebody, World, day_of, moment, seconds_of
from houqin.foundation.notices.models import Notice
from houqin.foundation.people.demo import CREWS, TOWER_CREWS, TOWERS
from houqin.foundation.people.models import DutyShift
from houqin.foundation.trail.models import Entry

#: Days of the roster before and after the demo's day.
BEFORE, AFTER = 7, 21
#: From when to when the three who go everywhere take turns, in local hours; the fourth has the day off.
SHIFTS = (("早班", 7.5, 15.5), ("中班", 15.5, 23.5), ("夜班", 23.5, 31.5))
DAY_SHIFT = ("日班", 8.0, 17.5)
#: The account that shows how a report finds its worker stands by around the clock, from the day before to two days on.
STANDBY = ("驻楼备勤", 8.0, 32.0)
STANDBY_DAYS = range(-1, 3)
WORD = (
    "{tower}座 12 层管井水压偏低，已观察两小时，暂稳定，请早班复查。", "B1 备件库感应冲水阀只剩 6 套，已报采购。",
    "{tower}座 3 号梯夜间停过一次，维保已复位，请留意。", "市民广场照明回路已恢复，剩两盏待换光源。",
    "{tower}座 8 层西侧空调面板离线，已通知自控厂家，上午到。", "夜间巡查无异常，工具箱与对讲机已清点。",
    "三食堂后厨地漏已疏通，建议本周做一次彻底清掏。", "会议中心 7 号厅今日有大会，会前半小时请派人在场。",
    "{tower}座 2 层门禁控制器更换完成，还需观察。", "上一班无遗留问题。",
)  # fmt: skip
REASONS = ("调休", "参加安全培训", "事假", "年休假", "体检")
#: So many warnings came and went within so many days.
WARNED, WARNED_DAYS = 16, 45
_WARNING = ("id", "rule", "subject", "name", "level", "value", "data", "url", "organisation", "opened_at", "reddened_at",
            "told_at", "acknowledged_at", "acknowledged_by", "note", "resolved_at")  # fmt: skip
_FIELDS = ("id", "section", "place", "name", "starts_at", "ends_at", "person", "substitute", "substitute_reason",
           "handed_over_at", "handover_note")  # fmt: skip


class Roster:
    """Who is on duty: tower workers on workdays, and three turns a day of those who go everywhere."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clock = WorkClock(world.today - timedelta(days=380), world.today + timedelta(days=60))
        self.towers: dict[str, dict[str, Somebody]] = {}
        self.mobile: dict[str, list[Somebody]] = {}
        for code in (*CREWS, "BXDD"):
            crew = world.crews[code]
            if code in TOWER_CREWS:
                self.towers[code] = dict(zip(TOWERS, crew[1:7], strict=True))
                self.mobile[code] = crew[7:11]
            else:
                self.towers[code] = {}
                self.mobile[code] = crew[1:5]
        self._workdays = set(self.clock.workdays)

    def leader(self, code: str) -> Somebody:
        return self.world.crews[code][0]

    def on_duty(self, code: str, at: int, building: str = "") -> Somebody:
        """Who of a crew has duty at a moment; in a tower its own worker while they are there."""
        day, hour = self._local(at)
        tower = self.towers[code].get(building)
        if tower and DAY_SHIFT[1] <= hour < DAY_SHIFT[2] and day in self._workdays:
            return tower
        if hour < SHIFTS[0][1]:
            day, hour = day - timedelta(days=1), hour + 24
        turn = next(number for number, (_, begins, ends) in enumerate(SHIFTS) if begins <= hour < ends)
        return self._turn(code, day, turn)

    def _turn(self, code: str, day: date, turn: int) -> Somebody:
        mobile = self.mobile[code]
        return mobile[(day.toordinal() + turn) % len(mobile)]

    @staticmethod
    def _local(at: int) -> tuple[date, float]:
        return day_of(at), (at + LOCAL_SECONDS) % 86_400 / 3600

    def shifts(self) -> Iterator[tuple[object, ...]]:
        """The rows of the roster."""
        number = 0
        for offset in range(-BEFORE, AFTER + 1):
            day = self.world.today + timedelta(days=offset)
            for code in (*CREWS, "BXDD"):
                for name, starts, ends, place, person in self._day(code, day, offset):
                    number += 1
                    yield self._row(number, code, name, starts, ends, place, person)

    def _day(self, code: str, day: date, offset: int) -> Iterator[tuple[str, int, int, int | None, Somebody]]:
        standing_by = self.world.accounts["worker"].id if offset in STANDBY_DAYS else 0
        for turn, (name, begins, ends) in enumerate(SHIFTS):
            yield name, seconds_of(day, begins), seconds_of(day, ends), None, self._turn(code, day, turn)
        for tower, person in self.towers[code].items():
            place = self.world.places[tower]
            if person.id == standing_by:
                name, begins, ends = STANDBY
            elif day in self._workdays:
                name, begins, ends = DAY_SHIFT
            else:
                continue
            yield name, seconds_of(day, begins), seconds_of(day, ends), place, person

    def _row(
        self, number: int, code: str, name: str, starts: int, ends: int, place: int | None, person: Somebody
    ) -> tuple[object, ...]:
        chance = self.world.chance(f"shift {number}")
        substitute, reason, handed, note = None, "", None, ""
        if place and chance.random() < 0.04 and person.id != self.world.accounts["worker"].id:
            substitute, reason = self.leader(code).id, chance.choice(REASONS)
        elif not place and ends < self.world.now and chance.random() < 0.6:
            handed = moment(ends - chance.randint(60, 900))
            note = chance.choice(WORD).format(tower=chance.choice(TOWERS))
        return (
            number, self.world.sections[code], place, name, moment(starts), moment(ends), person.id, substitute, reason,
            handed, note,
        )  # fmt: skip


def load(world: World) -> None:
    """Write the roster of the past week and the next three, and the warnings of the past weeks, all of them over."""
    copy_in(DutyShift, _FIELDS, Roster(world).shifts())
    copy_in(Warning, _WARNING, _warnings(world))
    set_sequence(DutyShift, Warning)


def _warnings(world: World) -> Iterator[tuple[object, ...]]:
    chance, dispatcher = world.chance("warnings"), world.accounts["dispatcher"].id
    begun = sorted(world.now - 86_400 - chance.randint(0, WARNED_DAYS * 86_400) for _ in range(WARNED))
    for number, at in enumerate(begun, start=1):
        section = world.sections[chance.choice(list(CREWS))]
        late = chance.random() < 0.6
        red = chance.random() < 0.3
        value = (
            chance.randint(20, 26)
            if late and red
            else chance.randint(5, 19)
            if late
            else chance.choice((4, 8, 16))
        )
        since = f"{moment(at + 36_000).replace(' ', 'T').removesuffix('+00')}+00:00"
        data = {} if late else {"now": red, "none": False, "from": since}
        seen, over = at + chance.randint(300, 7200), at + chance.randint(2, 20) * 3600
        yield (
            number, "affairs.overdue" if late else "affairs.duty_gap", f"section:{section}", world.names[section],
            "red" if red else "amber", value, json.dumps(data), f"/board?section={section}" if late else "/duty", section,
            moment(at), moment(at) if red else None, moment(at), moment(seen), dispatcher, "", moment(over),
        )  # fmt: skip


# What all services have told ----------------------------------------------------------------------------------------

ENTRY = ("id", "at", "actor_id", "actor_name", "appointment_id", "appointment_name", "address", "action", "record_type",
         "record_id", "record_name", "before", "after")  # fmt: skip
NOTICE = ("id", "person", "kind", "title", "body", "url", "record_type", "record_id", "created_at", "delivered_at",
          "read_at")  # fmt: skip


def finish(world: World) -> None:
    """Write trail and notices of every service together, in the order in which they came about."""
    copy_in(Entry, ENTRY, entries(world.trail))
    world.advance(0.13)
    copy_in(Notice, NOTICE, _told(world))
    set_sequence(Entry, Notice)


def entries(told: list[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Rows of the trail from what was told of it."""
    ordered = sorted(told, key=lambda entry: entry[0])
    for number, (at, actor, name, granted, *rest) in enumerate(ordered, start=1):
        yield (number, moment(at), actor, name, *granted, *rest)


def _told(world: World) -> Iterator[tuple[Any, ...]]:
    chance, now = world.chance("notices"), world.now
    accounts = {somebody.id for somebody in world.accounts.values()}
    ordered = [*sorted(world.notices, key=lambda notice: notice[0]), *world.greetings]
    for number, (at, person, *rest) in enumerate(ordered, start=1):
        delivered = moment(min(at + chance.randint(0, 2), now))
        seen = at + round(chance.expovariate(1 / 1500)) + 5
        recent = now - at < 2 * 86_400
        unread = seen > now or chance.random() < (0.4 if recent else 0.03) or (recent and person in accounts)
        yield number, person, *rest, moment(at), delivered, None if unread else moment(seen)
