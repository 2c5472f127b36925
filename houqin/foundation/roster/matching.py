"""Which rows speak of one person, and who that is in the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from houqin.foundation.roster.entries import Entry
from houqin.foundation.roster.known import Known, KnownPerson
from houqin.foundation.roster.plan import PersonPlan
from houqin.foundation.roster.text import is_same_name

SAME_ID = "same ID as"


class Register:
    """The people of the database, found by ID number, by name and telephone, by name and place."""

    def __init__(self, known: Known) -> None:
        self.by_id: dict[str, KnownPerson] = {}
        self.by_name: dict[str, list[KnownPerson]] = defaultdict(list)
        self.place: dict[int, tuple[str, str]] = {}
        for pk, (unit, section) in known.where().items():
            self.place[pk] = (unit.key, section.name if section else "")
        for person in known.people:
            if person.id_number:
                self.by_id[person.id_number] = person
            self.by_name[person.name].append(person)
        self.taken: set[int] = set()

    def same_place(self, person: KnownPerson, entry: Entry) -> bool:
        return self.place.get(person.organisation) == entry.place

    def same_unit(self, person: KnownPerson, entry: Entry) -> bool:
        return self.place.get(person.organisation, ("",))[0] == entry.place[0]

    def recognise(self, entry: Entry, listed_ids: Iterable[str] = ()) -> KnownPerson | None:
        """Who a row without a known ID number is: by name and telephone, else by name alone in one place.

        Two different ID numbers are two people, unless name, telephone and unit say that the number was put right.
        """
        namesakes = self.by_name.get(entry.name)
        if not namesakes:
            return None
        free = [
            person
            for person in namesakes
            if person.pk not in self.taken
            and (not entry.id_number or not person.id_number or self._put_right(person, entry, listed_ids))
        ]
        by_mobile = [person for person in free if entry.mobile and person.mobile == entry.mobile]
        in_section = [person for person in free if self.same_place(person, entry)]
        in_unit = [person for person in free if self.same_unit(person, entry)]
        for some in (by_mobile, in_section, in_unit):
            if len(some) == 1 and not self._contradicted(some[0], entry, some is by_mobile):
                return some[0]
        return None

    def _put_right(self, person: KnownPerson, entry: Entry, listed_ids: Iterable[str]) -> bool:
        return (
            person.id_number not in listed_ids
            and bool(entry.mobile)
            and person.mobile == entry.mobile
            and self.same_unit(person, entry)
        )

    def _contradicted(self, person: KnownPerson, entry: Entry, by_mobile: bool) -> bool:
        """A namesake elsewhere: another telephone, and only one side has an ID number, and not the same section."""
        if by_mobile:
            return False
        other_mobile = bool(entry.mobile and person.mobile and entry.mobile != person.mobile)
        return other_mobile and not self.same_place(person, entry)


def people_of(entries: list[Entry], register: Register) -> tuple[list[PersonPlan], set[int]]:
    """One :class:`PersonPlan` for each person whom the rows speak of; rows that cannot stand are refused.

    Answers also the ids of rows' objects that repeat another word for word.
    """
    by_id: dict[str, list[Entry]] = defaultdict(list)
    without: list[Entry] = []
    for entry in entries:
        if entry.reason:
            continue
        if entry.id_number:
            by_id[entry.id_number].append(entry)
        else:
            without.append(entry)
    repeated: set[int] = set()
    people = [_one_of(rows, register, repeated) for rows in by_id.values()]
    _join_without(without, people, register, repeated)
    people.sort(key=lambda person: person.main.order)
    return people, repeated


def _one_of(rows: list[Entry], register: Register, repeated: set[int]) -> PersonPlan:
    """The person of one ID number."""
    if len(rows) == 1:
        return PersonPlan(rows[0], rows)
    rows = _one_name(rows, register)
    here = [row for row in rows if not row.left]
    if not here:
        repeated.update(id(row) for row in rows[1:])
        return PersonPlan(rows[0], rows)
    return _posts(rows, here, register, repeated)


def _one_name(rows: list[Entry], register: Register) -> list[Entry]:
    """Of one ID number under two names, the name that the database knows stays, else the first."""
    known = register.by_id.get(rows[0].id_number)
    right = next((row for row in rows if known and is_same_name(row.name, known.name)), rows[0])
    same = [row for row in rows if is_same_name(row.name, right.name)]
    for row in rows:
        if row not in same:
            row.refuse("duplicate_id", other=right.at)
            row.warnings.append((SAME_ID, right.at))
    return same


def _posts(rows: list[Entry], here: list[Entry], register: Register, repeated: set[int]) -> PersonPlan:
    """Who is listed several times: once for good, again for a second post, or without anything that says why."""
    known = register.by_id.get(rows[0].id_number)
    places: dict[tuple[str, str], Entry] = {}
    for row in sorted(here, key=lambda row: (row.second, row.order)):
        if row.place in places:
            repeated.add(id(row))
        else:
            places[row.place] = row
    distinct = list(places.values())
    firsts = [row for row in distinct if not row.second] or distinct[:1]
    main = next((row for row in firsts if known and register.same_place(known, row)), firsts[0])
    seconds = [row for row in distinct if row.second and row is not main]
    for row in distinct:
        if row is not main and row not in seconds:
            row.refuse("duplicate_id", other=main.at)
    return PersonPlan(main, [row for row in rows if not row.reason], seconds)


def _join_without(
    rows: list[Entry], people: list[PersonPlan], register: Register, repeated: set[int]
) -> None:
    """Rows without an ID number: people of their own, or further rows of one who is listed already."""
    listed: dict[tuple[str, str], list[PersonPlan]] = defaultdict(list)
    for person in people:
        if person.main.mobile:
            listed[person.main.name, person.main.mobile].append(person)
    for row in rows:
        same = listed[row.name, row.mobile] if row.mobile else []
        if len(same) != 1:
            person = PersonPlan(row, [row])
            people.append(person)
            if row.mobile:
                listed[row.name, row.mobile].append(person)
            continue
        person = same[0]
        _further(row, person, repeated)


def _further(row: Entry, person: PersonPlan, repeated: set[int]) -> None:
    """One more row of a person."""
    places = {each.place for each in (person.main, *person.seconds)}
    if row.left or person.left:
        if person.left and not row.left:
            person.main = row
    elif row.place in places:
        repeated.add(id(row))
    elif row.second:
        person.seconds.append(row)
    elif person.main.second:
        person.seconds.append(person.main)
        person.main = row
    else:
        row.refuse("duplicate_id", other=person.main.at)
        return
    person.entries.append(row)
