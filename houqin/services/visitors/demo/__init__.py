"""Visitors of the demo compound: 300 on a workday, a week back and a week to come; contractors, rules, people not let in.

Visits are told as expected, and their crossings as rows: the database works out who is inside.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.utils import timezone

from houqin.affairs.models import Route
from houqin.foundation.bulk import copy_in, set_sequence
from houqin.foundation.demo import Somebody, World, day_of, moment, pick_by_weight, seconds_of
from houqin.foundation.people.demo.names import Names
from houqin.foundation.people.models import Role
from houqin.foundation.places.models import Place
from houqin.services.access import queries as doors
from houqin.services.visitors.demo import waiting, words
from houqin.services.visitors.models import Contractor, Crossing, Denial, HostingRule, Level, Visit, Worker

KEEPER = "ABK"
DAYS_BACK, DAYS_AHEAD = 7, 7
#: Visits on a workday, and on another.
WORKDAY, OTHER_DAY = 300, 24
#: Shares of visitors: who does not come, calls off, comes by car; who stays longer than agreed.
MISSED, OFF, BY_CAR, STAYS = 0.05, 0.04, 0.16, 0.04
#: So many cars at a time have a space kept.
KEPT = 12
RIGHTS = {
    "guard": ["visitors.gate", "visitors.view", "visitors.keep"],
    "manager": ["visitors.view", "visitors.insight", "visitors.deny"],
}
VISIT = (
    "id", "source", "section", "host", "made_by", "worker", "name", "phone", "id_number", "organisation", "kind", "purpose",
    "place", "from_at", "until_at", "companions", "items", "plate", "space", "state", "exceeds", "held", "key", "made_at",
    "ended_why",
)  # fmt: skip
CROSSING = ("visit", "number", "direction", "at", "gate", "how", "by", "people", "items")
PERMIT = (
    "holder", "name", "person", "areas", "hours", "from_at", "until_at", "source", "reason", "state", "version", "created_at",
    "ended_reason",
)  # fmt: skip
EARLY, GRACE = 3600, 900


class Book:
    """Rows while they are made."""

    def __init__(self, world: World) -> None:
        self.world, self.chance, self.now = world, world.chance("visitors"), now_of(world)
        self.names = Names(self.chance)
        self.hosts = [who for who in world.people if who.room is not None]
        self.gates = [door.name for door in doors.gates()] or ["南门"]
        guard = world.accounts.get("guard")
        self.guard = guard.id if guard else None
        self.kinds = pick_by_weight(list(words.KINDS))
        self.hours = pick_by_weight(list(words.HOURS))
        self.areas: dict[int, list[int]] = {}
        self.visits: list[tuple[Any, ...]] = []
        self.crossings: list[tuple[Any, ...]] = []
        self.permits: list[tuple[Any, ...]] = []
        self.section = world.sections[KEEPER]

    def day(self, day: date, people: int) -> None:
        """The visits of one day; a tenth are of contractors' people, written by :func:`_workers`."""
        for _ in range(people):
            self.visit(day, self.chance.choice(self.hosts))

    def night(self, day: date) -> None:
        """A crew that works while the house is empty: somebody is inside at every hour."""
        for name, phone in words.NIGHT_CREW:
            begins = seconds_of(day, 20)
            told = {
                "name": name, "phone": phone, "id_number": "", "organisation": "恒达电力工程", "kind": "works", "purpose": "夜间配电检修",
                "companions": 0, "items": "工具箱", "plate": "", "worker": None, "ends": begins + 9 * 3600,
            }  # fmt: skip
            self.write(self.hosts[0], begins, told)

    def visit(self, day: date, host: Somebody, **more: Any) -> None:
        """One visit, with what has happened of it by now."""
        chance = self.chance
        kind = chance.choices(self.kinds[0], cum_weights=self.kinds[1])[0]
        begins = seconds_of(day, chance.choices(self.hours[0], cum_weights=self.hours[1])[0])
        begins += chance.choice((0, 900, 1800, 2700))
        told = {
            "name": self.names.draw(1)[0][0], "phone": f"1{chance.choice('35789')}{chance.randrange(10**9):09}", "id_number": "",
            "organisation": chance.choice(words.ORGANISATIONS[kind]), "kind": kind, "purpose": chance.choice(words.PURPOSES[kind]),
            "companions": chance.choices((0, 1, 2, 4), (70, 18, 8, 4))[0], "items": chance.choice(words.ITEMS),
            "plate": f"浙{chance.choice('ABCDF')}{chance.randrange(100_000):05}" if chance.random() < BY_CAR else "", "worker": None,
            "ends": begins + chance.choice((1800, 3600, 3600, 5400, 7200)), **more,
        }  # fmt: skip
        self.write(host, begins, told)

    def write(self, host: Somebody, begins: int, told: dict[str, Any]) -> None:
        chance, now, pk = self.chance, self.now, len(self.visits) + 1
        ends, fate = told["ends"], chance.random()
        state, why, key = "expected", "", f"{chance.getrandbits(64):016x}"
        came = begins + round(chance.gauss(-120, 700))
        if fate < OFF:
            state, why = "cancelled", chance.choice(("改为线上", "时间冲突", "资料已邮寄"))
        elif fate < OFF + MISSED and ends + GRACE < now:
            state = "missed"
        elif came < now:
            self.pass_gates(pk, came, ends, told)
        elif ends + GRACE < now:
            state = "missed"
        room = host.room
        assert room is not None
        made = begins - chance.randrange(3600, 4 * 86_400)
        self.visits.append((
            pk, "", self.section, host.id, host.id, told["worker"], told["name"], told["phone"], told["id_number"],
            told["organisation"], told["kind"], told["purpose"], room.id, moment(begins), moment(ends), told["companions"],
            told["items"], told["plate"], "", state, "", False, key, moment(min(made, now)), why,
        ))  # fmt: skip
        if state == "expected" and ends + GRACE > now:
            self.permits.append((
                f"visitor:{pk}", told["name"], None, self.areas_of(room.id), None, moment(begins - EARLY), moment(ends + GRACE),
                f"visitors.visit:{pk}", "", "active", 0, moment(min(made, now)), "",
            ))  # fmt: skip

    def pass_gates(self, pk: int, came: int, ends: int, told: dict[str, Any]) -> None:
        """In, and out unless they are still here; a few stay after their time."""
        chance, gate = self.chance, self.chance.choice(self.gates)
        how = chance.choices(("pass", "name", "plate"), (75, 22, 3))[0] if not told["worker"] else "worker"
        people = 1 + told["companions"]
        self.crossings.append((pk, 1, "in", moment(came), gate, how, self.guard, people, told["items"]))
        goes = max(came + 300, ends - chance.randrange(0, 1500))
        if chance.random() < STAYS:
            goes = ends + chance.randrange(60, 2700)
        if goes < self.now:
            out = chance.choice((gate, gate, chance.choice(self.gates)))
            self.crossings.append((pk, 2, "out", moment(goes), out, how, self.guard, people, ""))

    def areas_of(self, place: int) -> list[int]:
        if place not in self.areas:
            found = doors.areas_of(Place.objects.get(pk=place))
            self.areas[place] = [area.pk for area in found]
        return self.areas[place]


def now_of(world: World) -> int:
    """Up to when visits are told: where the demo is of today, up to the clock on the wall, so that nobody who is inside has forgotten to
    leave since the morning up to which the rest is told.
    """
    now = int(timezone.now().timestamp())
    return now if day_of(now) == world.today and now > world.now else world.now


def load(world: World) -> None:
    """Write rules, lists and visits; the database works out who is inside."""
    _rights(world)
    _rules(world)
    book = Book(world)
    workers = _contractors(world, book)
    _denials(world, book)
    for offset in range(-DAYS_BACK, DAYS_AHEAD + 1):
        day = world.today + timedelta(days=offset)
        _known(world, book, day)
        book.day(day, world.many(WORKDAY if day.weekday() < 5 else OTHER_DAY))
        book.night(day)
        if day.weekday() < 5 and day <= day_of(book.now):
            _work(world, book, day, workers)
    copy_in(Visit, VISIT, book.visits)
    copy_in(Crossing, CROSSING, sorted(book.crossings, key=lambda row: (row[0], row[1])))
    set_sequence(Visit, Worker)
    # The rows of doors and parking, which otherwise their actions make one by one.
    copy_in(apps.get_model("access", "Permit"), PERMIT, (row for row in book.permits if row[3]))
    _spaces(world, book)


def _rights(world: World) -> None:
    for item in ("visitors.invite", "visitors.request"):
        Route.objects.create(item_code=item, section_id=world.sections[KEEPER])
    for code, rights in RIGHTS.items():
        role = Role.objects.filter(code=code).first()
        if role:
            role.permissions = [*role.permissions, *rights]
            role.save(update_fields=["permissions"])


def finish(world: World) -> None:
    """What waits for somebody's word, by the same steps as in life."""
    waiting.ask(world)


def _rules(world: World) -> None:
    section = world.sections[KEEPER]
    HostingRule.objects.create(
        name="晚间接访", section_id=section, level=Level.objects.filter(position=20).first(), from_time="18:00",
        until_time="22:00", most_people=4,
    )  # fmt: skip
    HostingRule.objects.create(
        name="工作日接访", section_id=section, from_time="08:00", until_time="18:00", most_people=10
    )
    restricted = world.places.get("A-20F") or world.places.get("A-3F")
    if restricted:
        HostingRule.objects.create(
            name="领导办公楼层", section_id=section, place_id=restricted, rank="head", from_time="08:30",
            until_time="17:30", most_people=4,
        )  # fmt: skip


def _known(world: World, book: Book, day: date) -> None:
    """The account that shows a host's pages has visitors of its own."""
    staff = world.accounts.get("staff")
    if staff and staff.room and day.weekday() < 5 and -2 <= (day - world.today).days <= 4:
        book.visit(day, staff)


def _contractors(world: World, book: Book) -> list[tuple[Worker, Contractor]]:
    chance = world.chance("visitors/contractors")
    found: list[tuple[Worker, Contractor]] = []
    for number, (name, work, people, insured, inducted) in enumerate(words.CONTRACTORS):
        host = book.hosts[chance.randrange(len(book.hosts))]
        assert host.room is not None
        company = Contractor.objects.create(
            section_id=book.section, name=name, work=work, place_id=host.room.id, host_id=host.id,
            insured_until=world.today + timedelta(days=insured), from_time="07:00", until_time="20:00",
        )  # fmt: skip
        for each in range(people):
            lasts = inducted if each == 0 else 60 + chance.randrange(200)
            worker = Worker.objects.create(
                id=len(found) + 1, contractor=company, name=book.names.draw(1, men=True)[0][0], phone=f"137{number:02}{each:02}{chance.randrange(10**4):04}",
                inducted_until=world.today + timedelta(days=lasts),
            )  # fmt: skip
            found.append((worker, company))
    return found


def _work(world: World, book: Book, day: date, workers: list[tuple[Worker, Contractor]]) -> None:
    """Contractors' people come for the day."""
    by_id = {who.id: who for who in book.hosts}
    for worker, company in workers:
        if worker.inducted_until <= world.today or book.chance.random() < 0.4:
            continue
        begins = seconds_of(day, 7)
        told = {
            "name": worker.name, "phone": worker.phone.clear, "id_number": "", "organisation": company.name, "kind": "works",
            "purpose": company.work, "companions": 0, "items": "工具箱", "plate": "", "worker": worker.pk, "ends": seconds_of(day, 20),
        }  # fmt: skip
        if begins + 5400 < book.now:
            book.write(by_id[company.host_id], begins + 3600, told)


def _denials(world: World, book: Book) -> None:
    clerk = world.accounts.get("manager")
    for number, reason in enumerate(words.DENIALS):
        Denial.objects.create(
            section_id=book.section, name=book.names.draw(1)[0][0], phone=f"1390000{number:04}", reason=reason,
            made_by_id=clerk.id if clerk else None, made_at=moment(world.now - (number + 2) * 5 * 86_400),
        )  # fmt: skip


def _spaces(world: World, book: Book) -> None:
    """Spaces kept for cars of today and tomorrow, in the first lot where visitors park."""
    lot = apps.get_model("parking", "Lot").objects.filter(visitors=True).order_by("position").first()
    if lot is None:
        return
    most = min(KEPT, lot.reservable // 2)
    rows: list[tuple[Any, ...]] = []
    spaces: set[int] = set()
    seen: set[str] = set()
    until = moment(seconds_of(world.today + timedelta(days=2)))
    for visit in book.visits:
        row = dict(zip(VISIT, visit, strict=True))
        now = moment(book.now)
        if not row["plate"] or row["state"] != "expected" or not now < row["from_at"] < until:
            continue
        if row["plate"] in seen or len(spaces) >= most:
            continue
        seen.add(row["plate"])
        spaces.add(row["id"])
        rows.append(
            (f"visitors.visit:{row['id']}", row["plate"], lot.pk, 1, row["from_at"], row["until_at"], now, "")
        )
    reservation = apps.get_model("parking", "Reservation")
    copy_in(
        reservation, ("source", "plate", "lot", "spaces", "starts_at", "ends_at", "made_at", "note"), rows
    )
    Visit.objects.filter(pk__in=spaces).update(space=str(lot))
