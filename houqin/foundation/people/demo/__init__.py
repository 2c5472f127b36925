"""The people of the demo compound: 128 units in sections, 8,000 people, their roles, and the accounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password

from houqin.foundation.bulk import copy_in, set_sequence
from houqin.foundation.demo import Somebody, Spot, World
from houqin.foundation.people.demo.names import Names
from houqin.foundation.people.demo.roles import ACCOUNTS, CITY, HEADS, PASSWORD, ROLES, Account
from houqin.foundation.people.demo.units import SERVICE_NAME, SERVICE_SECTIONS, SERVICE_UNIT, units
from houqin.foundation.people.models import Appointment, IntegrityRecord, Organisation, Person, Role
from houqin.foundation.people.pinyin import pinyin_key

PEOPLE, UNITS = 8000, 128
#: Sections that mend, as crews: leader, six for the towers, four who go everywhere, in this order.
CREWS = ("SNB", "DQB", "KTB", "ZHB", "RDB", "BJB", "DTWB")
TOWER_CREWS = CREWS[:-1]
CREW = 11
#: Sections that answer letters of the mailbox.
ANSWERING = ("BGS", "CYK", "WYK", "WXK", "ABK", "HWK", "FCK", "GCK", "XXK", "JNC")
TOWERS = "ABCDEF"
MEN = (*CREWS[:5], "DTWB", "MGB", "GCK")
WITHOUT_DESK = ("HXCY", "ANWY", "MGB", "GCK")
UNIT_LEADERS = ("主任", "副主任", "副主任")
NOBODY_SIGNS_IN = "!"
RISKY = ("采购", "资产", "审批", "财务", "交易", "出让")
_ORGANISATION = (
    "id",
    "parent",
    "path",
    "kind",
    "code",
    "name",
    "short_name",
    "pinyin",
    "initials",
    "phone",
    "position",
)
_PERSON = ("id", "password", "username", "name", "pinyin", "initials", "organisation", "staff_number", "post", "phone",
           "email", "language", "large_type", "usual_place")  # fmt: skip
_INTEGRITY = ("id", "appointment", "kind", "on", "note", "review_on", "at")
_APPOINTMENT = ("id", "person", "role", "organisation", "place", "service", "from_on", "high_risk")


@dataclass
class Section:
    """A section to be filled with people."""

    id: int
    unit: int
    code: str
    name: str
    headcount: int
    accounts: list[Account] = field(default_factory=list)


def load(world: World) -> None:
    """Write organisations, people, roles and appointments."""
    sections = _Organisations(world).write()
    _fill(world, sections)
    staff = _Staff(world)
    for section in sections:
        staff.settle(section)
    staff.write()


class _Organisations:
    """The tree: city, units, sections, contractors."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rows: list[tuple[object, ...]] = []
        self.sections: list[Section] = []
        self._keys: dict[str, tuple[str, str]] = {}

    def write(self) -> list[Section]:
        city = self._add("region", None, CITY, "江城市")
        for code, name, names in self._chosen():
            unit = self._add("unit", city, code, name)
            self.world.sections[name] = unit
            self.sections.append(Section(unit, unit, code, name, len(UNIT_LEADERS)))
            for number, section in enumerate(names, start=1):
                own = self._add("section", unit, f"{code}-{number:02}", section)
                self.world.sections[f"{name}/{section}"] = own
                self.sections.append(Section(own, unit, f"{code}-{number:02}", section, 0))
        self._service(city)
        copy_in(Organisation, _ORGANISATION, self.rows)
        set_sequence(Organisation)
        return self.sections

    def _chosen(self) -> list[tuple[str, str, list[str]]]:
        """All units, or in a smaller world some: those of the accounts among them."""
        everyone = list(units())
        count = self.world.many(UNITS, least=8) - 1
        needed = {account.section.partition("/")[0] for account in ACCOUNTS}
        spare = count - sum(name in needed for _, name, _ in everyone)
        chosen = []
        for code, name, names in everyone:
            if name in needed or spare > 0:
                spare -= name not in needed
                chosen.append((code, name, names))
        return chosen

    def _service(self, city: int) -> None:
        unit = self._add("unit", city, SERVICE_UNIT, SERVICE_NAME, short="机关事务中心")
        self.sections.append(Section(unit, unit, SERVICE_UNIT, SERVICE_NAME, 4))
        for code, name, above, kind, people in SERVICE_SECTIONS:
            own = self._add(kind, self.world.sections[above] if above else unit, code, name)
            fixed = min(people, CREW) if code in (*CREWS, "BXDD") else self.world.many(people, least=4)
            self.sections.append(Section(own, unit, code, name, max(fixed, self.world.many(people))))

    def _add(self, kind: str, parent: int | None, code: str, name: str, short: str = "") -> int:
        if name not in self._keys:
            self._keys[name] = pinyin_key(name)
        own = len(self.rows) + 1
        phone = f"0571-8800{own:04}" if kind != "region" else ""
        self.rows.append((own, parent, "", kind, code, name, short, *self._keys[name], phone, own))
        self.world.sections[code] = own
        self.world.names[own] = name
        return own


def _fill(world: World, sections: list[Section]) -> None:
    """Say how many people each section has, so that all together are the compound's."""
    chance = world.chance("headcount")
    free = [section for section in sections if not section.headcount]
    left = max(world.many(PEOPLE) - sum(section.headcount for section in sections), 4 * len(free))
    weights = [chance.randint(60, 140) for _ in free]
    total, given, run = sum(weights), 0, 0
    for section, weight in zip(free, weights, strict=True):
        run += weight
        section.headcount = left * run // total - given
        given += section.headcount
    for account in ACCOUNTS:
        wanted = world.sections[account.section]
        next(section for section in sections if section.id == wanted).accounts.append(account)


class _Staff:
    """Everybody, with roles and appointments."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.names = Names(world.chance("names"))
        self.chance = world.chance("people")
        self.people: list[tuple[object, ...]] = []
        self.appointments: list[tuple[object, ...]] = []
        self.roles = {code: number for number, code in enumerate(ROLES, start=1)}
        self.password = make_password(PASSWORD, salt=f"demo-compound-{world.seed}")
        self.rooms = self._desks()
        self.workshop = next((spot for spot in world.spots if "维修班组" in spot.full_name), None)
        self.switchboard = next((spot for spot in world.spots if "报修调度室" in spot.full_name), None)

    def _desks(self) -> Iterator[Spot]:
        offices = [spot for spot in self.world.spots if spot.kind == "office"]
        while True:
            for spot in offices:
                for _ in range(spot.capacity):
                    yield spot

    def settle(self, section: Section) -> None:
        """Give a section its people: accounts in their place, everybody else with a name from the hat."""
        names = self.names.draw(section.headcount, men=section.code in MEN)
        crew: list[Somebody] = []
        head = next((account for account in section.accounts if account.username in HEADS), None)
        others = [account for account in section.accounts if account is not head]
        # The accounts of a crew are its tower workers, those of an office the colleagues after the head.
        seats = dict(enumerate(others, start=1)) | ({0: head} if head else {})
        if section.code in TOWER_CREWS and others:
            seats = {TOWERS.index(self._tower_of("staff")) + 1: others[0]}
        for position, name in enumerate(names):
            crew.append(self._person(section, position, name, seats.get(position)))
        self.world.crews[section.code] = crew
        self._appoint_section(section, crew)

    def _person(
        self, section: Section, position: int, name: tuple[str, str, str], account: Account | None
    ) -> Somebody:
        number = len(self.people) + 1
        room = self._room(section)
        post = _post(section, position)
        if account:
            name, post = self.names.keyed(account.surname, account.given), account.post
        phone = f"1380000{number:04}"
        self.people.append((
            number, self.password if account else NOBODY_SIGNS_IN, account.username if account else None, *name,
            section.id, str(10_000 + number), post, phone, "", "zh-hans", False, room.id if room else None,
        ))  # fmt: skip
        somebody = Somebody(number, name[0], phone, section.id, section.unit, room)
        self.world.people.append(somebody)
        if account:
            self.world.accounts[account.username] = somebody
            for role, over, *service in account.roles:
                self._appoint(somebody, role, self.world.sections[over], service="".join(service))
        return somebody

    def _tower_of(self, username: str) -> str:
        room = self.world.accounts[username].room
        return room.building if room else TOWERS[0]

    def _room(self, section: Section) -> Spot | None:
        if section.code in CREWS:
            return self.workshop
        if section.code in WITHOUT_DESK:
            return None
        if section.code == "BXDD":
            return self.switchboard
        return next(self.rooms)

    def _appoint_section(self, section: Section, crew: list[Somebody]) -> None:
        if not crew:
            return
        signed = {somebody.id for somebody in self.world.accounts.values()}
        if crew[0].id not in signed:
            self._appoint(crew[0], "head", section.id, high_risk=any(word in section.name for word in RISKY))
        if section.code in CREWS:
            self._appoint_crew(section, crew, signed)
        elif section.code in ("BXDD", "ZLK"):
            for somebody in crew:
                if somebody.id in signed:
                    continue
                if section.code == "ZLK":
                    self._appoint(somebody, "quality", self.world.sections[SERVICE_UNIT])
                else:
                    self._appoint(somebody, "dispatcher", self.world.sections["WXK"])
                    self._appoint(somebody, "dispatcher", self.world.sections["BJB"])
        if section.code in ANSWERING:
            self._appoint_answerers(section, [each for each in crew[1:] if each.id not in signed])
        for somebody in crew:
            if somebody.id not in signed:
                self._appoint(somebody, "staff", section.id)

    def _appoint_answerers(self, section: Section, crew: list[Somebody]) -> None:
        """Two of each office answer its letters; the general office sorts them as well."""
        for somebody in crew[:2]:
            self._appoint(somebody, "answerer", section.id, service="mailbox")
            if section.code == "BGS":
                self._appoint(somebody, "postmaster", self.world.sections[SERVICE_UNIT], service="mailbox")

    def _appoint_crew(self, section: Section, crew: list[Somebody], signed: set[int]) -> None:
        """A crew's tower workers are narrowed to their tower, the others go everywhere."""
        towers = TOWERS if section.code in TOWER_CREWS else ""
        for position, somebody in enumerate(crew[:CREW]):
            if somebody.id in signed:
                continue
            tower = towers[position - 1] if 0 < position <= len(towers) else ""
            place = self.world.places[tower] if tower else None
            self._appoint(somebody, "worker", section.id, place=place, service="repairs")

    def _appoint(
        self, somebody: Somebody, role: str, over: int, *, place: int | None = None, service: str = "",
        high_risk: bool = False,
    ) -> None:  # fmt: skip
        number = len(self.appointments) + 1
        since = date(self.world.today.year - self.chance.randint(1, 8), self.chance.randint(1, 12), 1)
        self.appointments.append(
            (number, somebody.id, self.roles[role], over, place, service, since, high_risk)
        )
        if ROLES[role][2]:
            name = f"{ROLES[role][0]} · {self.world.names[over]}"
            self.world.appointments.setdefault((somebody.id, role, over), (number, name))

    def write(self) -> None:
        copy_in(
            Role,
            ("id", "code", "name", "permissions", "head"),
            ((self.roles[code], code, name, rights, head) for code, (name, head, rights) in ROLES.items()),
        )
        copy_in(Person, _PERSON, self.people)
        copy_in(Appointment, _APPOINTMENT, self.appointments)
        copy_in(IntegrityRecord, _INTEGRITY, self._integrity())
        set_sequence(Role, Person, Appointment, IntegrityRecord)

    def _integrity(self) -> Iterator[tuple[object, ...]]:
        """A declaration this or last year for each post of integrity risk, due again after a year; every ninth has none."""
        risky = [each for each in self.appointments if each[-1]]
        for number, appointment in enumerate(risky, start=1):
            if number % 9:
                on = self.world.today - timedelta(days=20 + number * 37 % 340)
                at = datetime.combine(on, time(10), tzinfo=ZoneInfo("Asia/Shanghai"))
                yield (
                    number,
                    appointment[0],
                    "declaration",
                    on,
                    "已签订廉政承诺书。",
                    on + timedelta(days=365),
                    at,
                )


def _post(section: Section, position: int) -> str:
    if section.id == section.unit:
        return UNIT_LEADERS[min(position, len(UNIT_LEADERS) - 1)]
    if section.code in CREWS:
        return "班长" if position == 0 else "技工"
    bureau = section.name.endswith(
        ("处", "室", "委", "部", "组", "党委", "支队")
    ) and not section.name.endswith("科室")
    if position == 0:
        return "处长" if bureau else "科长"
    if position == 1:
        return "副处长" if bureau else "副科长"
    return ("一级主任科员", "二级主任科员", "三级主任科员", "四级主任科员", "一级科员")[position % 5]
