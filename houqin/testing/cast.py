"""The small cast of every test: a city, two units, a few people, one compound.

Everything is written by a dozen multi-row statements, because every test pays for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from houqin.foundation.people.models import Appointment, DutyShift, Organisation, Person, Role
from houqin.foundation.people.pinyin import name_key, pinyin_key
from houqin.foundation.places.models import Place

PASSWORD = "houqin-demo"
LONG_AGO = date(2020, 1, 1)

#: Permissions of the roles, by code; the demo compound has the same roles.
ROLES: dict[str, tuple[str, bool, list[str]]] = {
    "staff": ("职工", False, []),
    "head": (
        "处长",
        True,
        ["affairs.view", "affairs.approve", "people.view", "duty.manage"],
    ),
    "dispatcher": (
        "调度",
        False,
        [
            "affairs.view",
            "affairs.dispatch",
            "affairs.intake",
            "duty.manage",
            "people.view",
            "repairs.view",
            "repairs.insight",
            "repairs.stock",
            "repairs.incidents",
            "mailbox.view",
            "mailbox.sort",
            "mailbox.publish",
            "mailbox.digest",
        ],
    ),
    "worker": ("维修工", False, ["affairs.handle", "repairs.view"]),
    "clerk": ("话务员", False, ["affairs.intake", "people.view"]),
    "manager": (
        "局领导",
        False,
        [
            "affairs.view",
            "affairs.approve",
            "affairs.quality",
            "people.integrity",
            "people.view",
            "repairs.view",
            "repairs.insight",
            "brief.read",
            "mailbox.view",
            "mailbox.publish",
            "mailbox.digest",
        ],
    ),
    "sysadmin": (
        "系统管理员",
        False,
        [
            "backoffice.enter",
            "people.import",
            "people.view",
            "places.manage",
            "calendar.manage",
            "duty.manage",
            "affairs.manage",
            "platform.keep",
            "channels.manage",
            "repairs.stock",
            "repairs.manage",
            "mailbox.manage",
            "meetings.manage",
        ],
    ),
    "secadmin": (
        "安全管理员",
        False,
        ["backoffice.enter", "people.view", "people.manage", "exchange.manage", "retention.manage"],
    ),
    "auditor": ("审计管理员", False, ["backoffice.enter", "people.view", "trail.view", "trail.verify"]),
}


@dataclass
class Cast:
    """Who and where. ``repairs`` is the section that mends; ``staff`` works in ``budget`` of ``finance``."""

    city: Organisation
    bureau: Organisation
    finance: Organisation
    education: Organisation
    repairs: Organisation
    general: Organisation
    budget: Organisation
    schools: Organisation
    contractor: Organisation

    site: Place
    tower: Place
    other_tower: Place
    floor: Place
    office: Place
    toilet: Place
    other_office: Place

    staff: Person
    colleague: Person
    head: Person
    repairs_head: Person
    dispatcher: Person
    worker: Person
    worker2: Person
    clerk: Person
    other_staff: Person
    other_head: Person
    manager: Person
    sysadmin: Person
    secadmin: Person
    auditor: Person

    roles: dict[str, Role] = field(default_factory=dict)
    password: str = PASSWORD

    def people(self) -> list[Person]:
        """Everybody, in the order of the declaration."""
        return [value for value in vars(self).values() if isinstance(value, Person)]

    def duty(
        self,
        person: Person,
        *,
        section: Organisation | None = None,
        starts_at: datetime | None = None,
        hours: float = 8,
        place: Place | None = None,
        substitute: Person | None = None,
    ) -> DutyShift:
        """A shift of ``person`` in ``section`` (default: repairs) from ``starts_at`` (an hour ago)."""
        start = starts_at or timezone.now() - timedelta(hours=1)
        return DutyShift.objects.create(
            section=section or self.repairs,
            person=person,
            substitute=substitute,
            place=place,
            starts_at=start,
            ends_at=start + timedelta(hours=hours),
        )

    def appoint(
        self,
        person: Person,
        permissions: Iterable[str],
        organisation: Organisation,
        *,
        place: Place | None = None,
        service: str = "",
        head: bool = False,
    ) -> Appointment:
        """One more appointment with a role of its own; ``person`` forgets the rights it had."""
        codes = list(permissions)
        role = Role.objects.create(
            code=f"test.{Role.objects.count()}", name="测试角色", permissions=codes, head=head
        )
        person.__dict__.pop("_grants", None)
        return Appointment.objects.create(
            person=person,
            role=role,
            organisation=organisation,
            place=place,
            service=service,
            from_on=LONG_AGO,
        )


@cache
def hashed_password() -> str:
    """The cast's password, hashed once in a run."""
    return make_password(PASSWORD)


def make_cast() -> Cast:
    """Write the cast into the database."""
    organisations = _organisations()
    places = _places()
    people = _people(organisations, places)
    roles = _appointments(organisations, people)
    return Cast(**organisations, **places, **people, roles=roles)


def _organisations() -> dict[str, Organisation]:
    city = _organisation("region", "330100", "江城市")
    Organisation.objects.bulk_create([city])
    units = {
        "bureau": _organisation("unit", "JG", "市机关事务管理局", city),
        "finance": _organisation("unit", "CZ", "市财政局", city),
        "education": _organisation("unit", "JY", "市教育局", city),
    }
    Organisation.objects.bulk_create(units.values())
    sections = {
        "repairs": _organisation("section", "JG-WX", "维修科", units["bureau"]),
        "general": _organisation("section", "JG-ZH", "综合处", units["bureau"]),
        "contractor": _organisation("contractor", "JG-WY", "安居物业", units["bureau"]),
        "budget": _organisation("section", "CZ-YS", "预算处", units["finance"]),
        "schools": _organisation("section", "JY-XX", "学校处", units["education"]),
    }
    Organisation.objects.bulk_create(sections.values())
    return {"city": city, **units, **sections}


def _organisation(kind: str, code: str, name: str, parent: Organisation | None = None) -> Organisation:
    pinyin, initials = pinyin_key(name)
    return Organisation(kind=kind, code=code, name=name, parent=parent, pinyin=pinyin, initials=initials)


def _places() -> dict[str, Place]:
    site = _place("site", "A", "江城市民中心")
    Place.objects.bulk_create([site])
    tower, other_tower = _place("building", "A1", "1号楼", site), _place("building", "A2", "2号楼", site)
    Place.objects.bulk_create([tower, other_tower])
    floor, other_floor = _place("floor", "A1-3", "3层", tower), _place("floor", "A2-5", "5层", other_tower)
    Place.objects.bulk_create([floor, other_floor])
    spaces = {
        "office": _place("space", "A1-301", "301室", floor, "office"),
        "toilet": _place("space", "A1-3W", "男卫生间", floor, "toilet"),
        "other_office": _place("space", "A2-502", "502室", other_floor, "office"),
    }
    Place.objects.bulk_create(spaces.values())
    return {"site": site, "tower": tower, "other_tower": other_tower, "floor": floor, **spaces}


def _place(kind: str, code: str, name: str, parent: Place | None = None, use: str = "") -> Place:
    pinyin, initials = pinyin_key(name)
    above = parent.full_name if parent and parent.kind != "site" else ""
    return Place(
        kind=kind,
        code=code,
        name=name,
        parent=parent,
        full_name=f"{above} {name}".strip(),
        space_kind=use,
        pinyin=pinyin,
        initials=initials,
    )


def _people(organisations: dict[str, Organisation], places: dict[str, Place]) -> dict[str, Person]:
    rows = [
        ("staff", "李晓雯", "budget"),
        ("colleague", "陈立", "budget"),
        ("head", "周建国", "budget"),
        ("repairs_head", "孙志强", "repairs"),
        ("dispatcher", "王芳", "repairs"),
        ("worker", "赵铁柱", "repairs"),
        ("worker2", "单大勇", "repairs"),
        ("clerk", "曾小红", "general"),
        ("other_staff", "吴敏", "schools"),
        ("other_head", "郑海", "schools"),
        ("manager", "林正", "bureau"),
        ("sysadmin", "何管", "general"),
        ("secadmin", "吕安", "general"),
        ("auditor", "秦岚", "general"),
    ]
    password = hashed_password()
    people = {}
    for number, (username, name, organisation) in enumerate(rows, start=1):
        pinyin, initials = name_key(name)
        people[username] = Person(
            username=username,
            name=name,
            pinyin=pinyin,
            initials=initials,
            organisation=organisations[organisation],
            staff_number=f"{1000 + number}",
            phone=f"1380000{number:04}",
            password=password,
            usual_place=places["office"] if organisation == "budget" else None,
        )
    Person.objects.bulk_create(people.values())
    return people


def _appointments(organisations: dict[str, Organisation], people: dict[str, Person]) -> dict[str, Role]:
    roles = {
        code: Role(code=code, name=name, head=head, permissions=permissions)
        for code, (name, head, permissions) in ROLES.items()
    }
    Role.objects.bulk_create(roles.values())
    rows = [
        ("staff", "staff", "budget"),
        ("colleague", "staff", "budget"),
        ("head", "head", "budget"),
        ("repairs_head", "head", "repairs"),
        ("dispatcher", "dispatcher", "repairs"),
        ("worker", "worker", "repairs"),
        ("worker2", "worker", "repairs"),
        ("clerk", "clerk", "city"),
        ("other_staff", "staff", "schools"),
        ("other_head", "head", "schools"),
        ("manager", "manager", "city"),
        ("sysadmin", "sysadmin", "city"),
        ("secadmin", "secadmin", "city"),
        ("auditor", "auditor", "city"),
    ]
    Appointment.objects.bulk_create(
        Appointment(
            person=people[person],
            role=roles[role],
            organisation=organisations[organisation],
            from_on=LONG_AGO,
        )
        for person, role, organisation in rows
    )
    return roles
