"""A year of repairs: when they come, where, what, and how each goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from math import log
from typing import Any

from houqin.foundation.demo import Somebody, Spot, day_of, pick_by_weight, seconds_of
from houqin.foundation.places.queries import PUBLIC_USES
from houqin.services.repairs.demo import words
from houqin.services.repairs.demo.book import Book
from houqin.services.repairs.demo.faults import (
    AFTER,
    BEFORE,
    COLD_SPELL,
    HABITS,
    SEASONS,
    SECTION_OF,
    WHEN,
    WHERE,
    Habit,
    fits,
)
from houqin.services.repairs.demo.line import Applicant, Line
from houqin.services.repairs.demo.supplies import Devices, Parts

REPAIRS, DAYS = 24_000, 365
#: Share of a workday's reports by local hour; the peak is 8:40 to 10:00.
HOURS = (
    (0, 6, 0.6), (6, 8, 2.2), (8, 8.67, 6), (8.67, 10, 31), (10, 11.5, 17), (11.5, 13, 5), (13, 14, 8), (14, 15.5, 15),
    (15.5, 17.5, 12), (17.5, 20, 2.4), (20, 24, 0.8),
)  # fmt: skip
WEEKDAY = (1.18, 1.04, 1.0, 0.98, 0.93, 0.13, 0.1)
DAY_OFF = 0.11
BUILDINGS = {"A": 1.35, "B": 1.15, "C": 1.0, "D": 0.92, "E": 0.85, "F": 0.8, "G": 1.2, "U": 0.8, "W": 0.6}
URGENT = frozenset({"lifts.stuck", "power.smell", "water.pipe", "network.screen", "water.none"})
#: Medians in minutes, and the shares of what goes otherwise.
RESPONSE, FASTEST = 19, 3
LATE, HANDED, NOT_FIXED, JOINED, WITHDRAWN, REMINDED, SILENT, RATED, CHECKED = (
    0.033, 0.06, 0.031, 0.06, 0.015, 0.03, 0.36, 0.39, 0.021,
)  # fmt: skip
MINUTE = 60


class History:
    """Tells repairs into the book, one at a time, in the order of their submission."""

    def __init__(self, book: Book) -> None:
        self.book, self.world, self.chance = book, book.world, book.chance
        self.parts, self.devices = Parts(book), Devices(book.world)
        self.done = {group: text.split("；") for group, text in words.DONE.items()}
        self.praise = {stars: text.split("；") for stars, text in words.PRAISE.items()}
        self.spells = set(_cold_spells(book))
        self.habits = {habit.code: habit for habit in HABITS}
        self._tables: dict[tuple[int, bool], tuple[list[Any], list[float]]] = {}
        self._kinds = {habit.code: pick_by_weight(_weights(habit.places)) for habit in HABITS}
        self._spots = self._weighted_spots()
        self._stars = pick_by_weight(list(words.STARS.items()))
        self._sorry = pick_by_weight(list(words.STARS_SORRY.items()))
        self._said: dict[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self._by_room: dict[int, list[Somebody]] = {}
        self._by_floor: dict[tuple[str, int], list[Somebody]] = {}
        self._everybody: list[Somebody] = []
        accounts = {somebody.id for somebody in self.world.accounts.values()}
        for person in self.world.people:
            if person.room and person.id not in accounts:
                self._by_room.setdefault(person.room.id, []).append(person)
                self._by_floor.setdefault((person.room.building, person.room.floor), []).append(person)
                self._everybody.append(person)

    # -- when ------------------------------------------------------------------------------------------------------

    def times(self, count: int, until: int) -> list[int]:
        """When so many reports came in the year before ``until``."""
        days, weights = [], []
        for back in range(DAYS, -1, -1):
            day = self.world.today - timedelta(days=back)
            usual = WEEKDAY[day.weekday()] if self.book.clock.is_workday(day) else DAY_OFF
            days.append(day)
            weights.append(usual * self._table(day)[1][-1])
        bins, sums = pick_by_weight([((start, end), share) for start, end, share in HOURS])
        chance = self.chance
        found: list[int] = []
        while len(found) < count:
            missing = count - len(found)
            for day, (start, end) in zip(
                chance.choices(days, weights, k=missing), chance.choices(bins, cum_weights=sums, k=missing), strict=True
            ):  # fmt: skip
                at = seconds_of(day, start + chance.random() * (end - start))
                if at < until:
                    found.append(at)
        return sorted(found)

    def _table(self, day: date) -> tuple[list[Any], list[float]]:
        key = (day.month, day in self.spells)
        if key not in self._tables:
            self._tables[key] = pick_by_weight([(habit, _weight(habit, *key)) for habit in HABITS])
        return self._tables[key]

    # -- where and who ---------------------------------------------------------------------------------------------

    def _weighted_spots(self) -> dict[str, tuple[list[Spot], list[float]]]:
        """Spaces of each kind with how often they need mending: some leak again and again."""
        chance = self.world.chance("spots")
        by_kind: dict[str, list[tuple[Spot, float]]] = {}
        for spot in self.world.spots:
            weight = BUILDINGS[spot.building] * (0.4 + chance.gammavariate(2, 0.4))
            by_kind.setdefault(spot.kind, []).append((spot, weight))
        return {kind: pick_by_weight(found) for kind, found in by_kind.items()}

    def spot(self, habit: Habit, at: int, building: str = "") -> Spot | None:
        """A space for a fault, where no such job runs at the moment; none where everything is taken."""
        kinds, sums = self._kinds[habit.code]
        for _ in range(400 if building else 8):
            kind = self.chance.choices(kinds, cum_weights=sums)[0]
            spots, weights = self._spots[kind]
            spot: Spot = self.chance.choices(spots, cum_weights=weights)[0]
            if building and spot.building != building:
                continue
            if self.book.busy.get((spot.id, habit.code), 0) <= at:
                return spot
        return None

    def applicant(self, spot: Spot) -> tuple[Applicant, str]:
        """Who reports, and how."""
        chance = self.chance
        luck = chance.random()
        if luck < 0.05 and spot.kind in PUBLIC_USES:
            name = chance.choice(words.OUTSIDERS)
            return Applicant(None, name, f"1390000{chance.randrange(10_000):04}"), "code"
        near = self._by_room.get(spot.id) or self._by_floor.get((spot.building, spot.floor))
        if not near or luck > 0.93:
            near = self._everybody
        person = near[int(chance.random() * len(near))]
        if luck < 0.14:
            return Applicant(person, person.name, person.phone), "phone"
        return with_address(person), "code" if luck < 0.4 else "web"

    def people_of(self, building: str) -> list[Somebody]:
        """Who sits in a building, the accounts left out."""
        return [person for person in self._everybody if person.room and person.room.building == building]

    def say(self, habit: Habit, spot: Spot) -> str:
        """What is written about a fault there."""
        chance = self.chance
        key = (habit.code, spot.kind)
        if key not in self._said:
            said = tuple(words for words in habit.words if fits(words, spot.kind)) or habit.words
            self._said[key] = said, tuple(words for words in AFTER if fits(words, spot.kind))
        said, after = self._said[key]
        text = chance.choice(said)
        if "小便斗" in text and "男" not in spot.full_name:
            text = said[0]
        if "{" in text:
            text = text.format(where=chance.choice(WHERE), when=chance.choice(WHEN), car=chance.randint(1, 8))
        return str(chance.choice(BEFORE) + text + chance.choice(after))

    # -- how it goes -----------------------------------------------------------------------------------------------

    def tell(self, at: int) -> None:
        """One repair of the past, from report to rating."""
        chance = self.chance
        habits, sums = self._table(day_of(at))
        habit, spot = None, None
        while spot is None:
            habit = chance.choices(habits, cum_weights=sums)[0]
            spot = self.spot(habit, at)
        assert habit is not None
        line = self.report(at, habit, spot)
        self._go(line, habit)
        line.close()

    def report(
        self, at: int, habit: Habit, spot: Spot, *, who: Applicant | None = None, holder: Somebody | None = None,
        queued: bool = False,
    ) -> Line:  # fmt: skip
        """A new case."""
        book, chance = self.book, self.chance
        fault = book.faults[habit.code]
        applicant, channel = (who, "web") if who else self.applicant(spot)
        device = self.devices.of(fault, spot, chance)
        said = self.say(habit, spot) if not fault.says_enough or chance.random() < 0.7 else ""
        code = "" if fault.group == "other" else SECTION_OF[fault.group]
        if holder is None and code and not queued:
            holder = book.roster.on_duty(code, at, spot.building)
        book.busy[spot.id, habit.code] = at + 3600
        return Line(
            book, at, fault, spot, applicant, words=said, channel=channel, holder=holder,
            clerk=book.roster.on_duty("BXDD", at) if channel == "phone" else None,
            device=device.id if device else None, warranty=bool(device and device.warranty_until >= day_of(at)),
        )  # fmt: skip

    def _go(self, line: Line, habit: Habit) -> None:
        chance, at, until = self.chance, line.at, self.world.now - 120
        luck = chance.random()
        if luck < WITHDRAWN and line.who.person:
            line.withdraw(
                _between(at + round(chance.uniform(2, 45) * MINUTE), at + 30, until),
                chance.choice(words.WITHDRAWN),
            )
            return
        if line.fault.group == "other":
            at = _between(at + round(chance.uniform(2, 30) * MINUTE), at + 20, until - 1800)
            dispatcher = self.book.roster.on_duty("BXDD", at)
            if chance.random() < 0.05:
                line.refuse(at, dispatcher, chance.choice(words.REFUSED))
                return
            self.send(line, at, dispatcher)
        worker = line.open_job.assignee
        assert worker is not None
        accept, arrive, finish, late = self._pace(line, at, until)
        self.book.busy[line.spot.id, habit.code] = finish
        if chance.random() < HANDED and finish - arrive > 600:
            worker, accept, arrive = self._hand_on(line, worker, accept, arrive)
        line.accept(accept, worker)
        if chance.random() < JOINED and line.fault.joins:
            other, _ = self.applicant(line.spot)
            line.join(accept + (arrive - accept) // 2, other, chance.choice(words.JOINED))
        line.arrive(arrive, worker, scanned=chance.random() < 0.83)
        if (late or chance.random() < REMINDED) and arrive + 2400 < min(
            finish, line.open_job.clock.due or finish
        ):
            line.remind(arrive + 1200, chance.choice(words.REMIND))
        line.warn(finish - 30)
        self._finish(line, finish, late)
        self._after(line, finish, late)

    def _pace(self, line: Line, at: int, until: int) -> tuple[int, int, int, bool]:
        """When it is accepted, reached and finished, all before ``until``; and whether that is over the limit."""
        chance = self.chance
        response = max(
            chance.lognormvariate(log(RESPONSE), 0.72) * (0.45 if line.fault.code in URGENT else 1), FASTEST
        )
        taken = max(response * chance.uniform(0.06, 0.45), 0.5)
        work = max(line.fault.usual_minutes * chance.lognormvariate(0, 0.45), 4)
        accept, arrive = at + round(taken * MINUTE), at + round(response * MINUTE)
        finish = arrive + round(work * MINUTE)
        late = chance.random() < LATE
        if late:
            finish = max(finish, self.book.clock.add(at, round(240 * chance.uniform(1.04, 2.4))))
        room = until - 1200 - line.at
        if finish - line.at > room:
            shrink = room / (finish - line.at)
            accept, arrive, finish = (
                line.at + int((each - line.at) * shrink) for each in (accept, arrive, finish)
            )
            late = False
        return max(accept, at + 1), max(arrive, at + 2), max(finish, at + 3), late

    def send(self, line: Line, at: int, dispatcher: Somebody, holder: Somebody | None = None) -> None:
        """Out of the queue to the crew for all sorts."""
        to = holder or self.book.roster.on_duty("ZHB", at, line.spot.building)
        line.dispatch(at, dispatcher, self.world.sections["ZHB"], to, self.chance.choice(words.DISPATCHED))

    def _hand_on(self, line: Line, worker: Somebody, accept: int, arrive: int) -> tuple[Somebody, int, int]:
        """To a colleague, or to another trade."""
        chance, world = self.chance, self.world
        code = next(code for code in _CREWS if world.sections[code] == line.section)
        reasons, other = words.HANDED_ON["crew"], code
        if chance.random() < 0.35 and code in _NEIGHBOURS:
            other, reasons = _NEIGHBOURS[code], words.HANDED_ON["trade"]
        mobile = self.book.roster.mobile[other]
        to = mobile[chance.randrange(len(mobile))]
        if to is worker:
            to = self.book.roster.leader(other)
        reason = chance.choice(reasons).format(trade=world.names[world.sections[other]].removesuffix("班"))
        line.transfer(accept, worker, world.sections[other], to, reason)
        return to, accept + (arrive - accept) // 2, max(arrive, accept + 2)

    def _finish(self, line: Line, at: int, late: bool) -> None:
        chance = self.chance
        text = chance.choice(words.LATE) if late else chance.choice(self.done[line.fault.group])
        assert line.arrived is not None
        minutes = max(5, min(at - line.arrived, 5 * 3600) // MINUTE // 5 * 5)
        line.finish(at, text if chance.random() < 0.92 else "", minutes, self.parts.taken(line.fault, chance))

    def _after(self, line: Line, finish: int, late: bool) -> None:
        """What the applicant says to it."""
        chance, now = self.chance, self.world.now
        left = now - finish - 60
        at = finish + min(round(chance.expovariate(1 / 9000)) + 60, max(left // 2, 1))
        if chance.random() < NOT_FIXED and left > 2 * 86_400 and line.worker:
            line.reopen(at, chance.choice(words.NOT_FIXED))
            accept = at + round(chance.uniform(3, 25) * MINUTE)
            line.accept(accept, line.worker)
            arrive = accept + round(chance.uniform(5, 40) * MINUTE)
            line.arrive(arrive, line.worker, scanned=True)
            finish = arrive + round(chance.uniform(20, 120) * MINUTE)
            self._finish(line, finish, late=False)
            at, late = finish + round(chance.uniform(5, 300) * MINUTE), True
        assert line.confirm_by is not None
        if chance.random() < SILENT and line.confirm_by + 60 < now:
            at = line.confirm_by + chance.randint(1, 59)
            line.silence(at)
        else:
            line.confirm(at)
        self._rate(line, at, sorry=late)

    def _rate(self, line: Line, at: int, *, sorry: bool) -> None:
        chance, now = self.chance, self.world.now
        rated = at + round(chance.expovariate(1 / 20_000)) + 20
        if chance.random() < RATED and rated < now:
            found, sums = self._sorry if sorry else self._stars
            stars = chance.choices(found, cum_weights=sums)[0]
            tags = chance.sample(
                words.TAGS[stars], k=min(chance.choice((0, 1, 1, 2)), len(words.TAGS[stars]))
            )
            line.rate(rated, stars, tags, chance.choice(self.praise[stars]) if chance.random() < 0.45 else "")
        checked = at + round(chance.uniform(1, 9) * 86_400)
        if chance.random() < CHECKED and checked < now:
            inspectors = self.world.crews["ZLK"]
            stars = chance.choice((5, 5, 5, 4, 4, 3))
            line.check(
                checked, inspectors[chance.randrange(len(inspectors))], stars, chance.choice(words.CHECKED)
            )


_CREWS = ("SNB", "DQB", "KTB", "ZHB", "RDB", "BJB", "DTWB")
#: Which trade is mistaken for which.
_NEIGHBOURS = {"SNB": "KTB", "KTB": "DQB", "DQB": "RDB", "RDB": "DQB", "ZHB": "SNB", "BJB": "SNB"}


def with_address(person: Somebody) -> Applicant:
    """Somebody at their desk, with the address of their floor's network."""
    building, floor = (ord(person.room.building) - 65, person.room.floor) if person.room else (9, 1)
    return Applicant(
        person, person.name, person.phone, f"10.{20 + building}.{abs(floor)}.{10 + person.id % 200}"
    )


def _weights(places: str) -> list[tuple[Any, float]]:
    return [(kind, float(weight)) for kind, weight in (each.split(":") for each in places.split())]


def _weight(habit: Habit, month: int, cold: bool) -> float:
    spell = COLD_SPELL if cold and habit.code in ("water.pipe", "water.heating") else 1.0
    return habit.weight * SEASONS[habit.season][month - 1] * spell


def _cold_spells(book: Book) -> Iterator[date]:
    """Days of frost: three spells in December, January and February."""
    chance, today = book.world.chance("weather"), book.world.today
    for month in (12, 1, 2):
        year = today.year if (month, 28) <= (today.month, today.day) else today.year - 1
        first = date(year, month, chance.randint(3, 20))
        yield from (first + timedelta(days=each) for each in range(chance.randint(4, 6)))


def _between(at: int, low: int, high: int) -> int:
    return max(low, min(at, high))
