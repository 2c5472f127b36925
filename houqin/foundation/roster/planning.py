"""From the rows of a workbook and what the database knows to a plan; nothing is written here."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from houqin.foundation.roster import reorganisation
from houqin.foundation.roster.entries import Entry, checked, corrected
from houqin.foundation.roster.known import Known, KnownPerson
from houqin.foundation.roster.matching import Register, people_of
from houqin.foundation.roster.persons import compare, outcomes
from houqin.foundation.roster.plan import PersonPlan, Place, Plan
from houqin.foundation.roster.tables import Found
from houqin.foundation.roster.text import is_same_name, organisation_name
from houqin.foundation.roster.units import Directory, Section, Unit, full_names, home_of

#: Where more people of a unit are missing than it has rows, they are rather forgotten than gone; unless so few.
FEW = 2


@dataclass
class Wishes:
    """What a person said beside the file: values of single rows, what unit names mean, what becomes of the unlisted.

    ``cells``: ``sheet!row`` → field → value. ``units``: a name as written → the id of a unit, or ``new``.
    """

    cells: dict[str, dict[str, str]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    keep_unlisted: bool = False


def make(found: Found, known: Known, wishes: Wishes | None = None, *, as_of: date | None = None) -> Plan:
    """The plan for what was found. ``as_of``: the day the roster speaks of, where its titles do not say."""
    return _Planner(found, known, wishes or Wishes(), found.as_of or as_of or known.today).plan()


class _Planner:
    def __init__(self, found: Found, known: Known, wishes: Wishes, as_of: date) -> None:
        self.found, self.known, self.wishes = found, known, wishes
        self.result = Plan(found, known.today, as_of, known.first)
        self.entries: list[Entry] = []
        for order, line in enumerate(corrected(found.lines, wishes.cells)):
            entry = checked(line, as_of, known.today)
            entry.order = order
            self.entries.append(entry)
        self.listed: dict[str, set[str]] = defaultdict(set)
        self.touched: set[int] = set()

    def plan(self) -> Plan:
        self._name_units()
        self.register = Register(self.known)
        self._rename_units()
        self._list()
        people, repeated = people_of(self.entries, self.register)
        self._recognise(people)
        self._reorganise(people)
        for person in people:
            self._settle(person)
            compare(person, self.known, self.result, self.joined)
        self._end_unlisted()
        self._warn(people)
        self._sum_up(people)
        outcomes(self.result, self.entries, people, repeated, self.directory)
        return self.result

    # Units --------------------------------------------------------------------------------------------------------

    def _name_units(self) -> None:
        """Give every row its unit; a first roster founds units, a later one must name known ones."""
        names = Counter(entry.unit_text for entry in self.entries if entry.unit_text)
        home = home_of(list(names), self.found.titles)
        self.result.home = home
        self.directory = Directory(self.known.units, {*self.known.homes, home} - {""})
        said = {organisation_name(text): meant for text, meant in self.wishes.units.items()}
        if self.known.first:
            self._found_units(names, said)
        by_key = {unit.key: unit for unit in self.directory.units}
        for text, meant in said.items():
            if meant == "new":
                self._add_unit(text)
            elif meant in by_key:
                self.directory.say(text, by_key[meant])
        for entry in self.entries:
            entry.unit = self.directory.find(entry.unit_text) if entry.unit_text else None
            if entry.unit is None and not entry.reason:
                entry.refuse("unknown_unit")

    def _found_units(self, names: Counter[str], said: Mapping[str, str]) -> None:
        meant, misspelt = full_names(names, self.directory)
        for name in dict.fromkeys(meant.values()):
            if name not in misspelt and name not in said:
                self._add_unit(name)
        by_name = {unit.name: unit for unit in self.directory.units}
        for text, name in meant.items():
            if name in by_name and text not in said:
                self.directory.say(text, by_name[name])

    def _add_unit(self, name: str) -> None:
        if self.directory.find(name) is None:
            self.result.new_units.append(self.directory.add(Unit(name)))

    def _rename_units(self) -> None:
        where = self.known.where()
        place = {
            person.pk: where[person.organisation][0]
            for person in self.known.people
            if not person.ended and person.organisation in where
        }
        listed = {entry.unit.key for entry in self.entries if entry.unit}
        for unit, name in reorganisation.renamed_units(
            self.entries, self.directory, self.register.by_id, place, listed
        ):
            self.result.renamed_units.append((unit, name))
            self.directory.say(name, unit)
            for entry in self.entries:
                if entry.unit_text == name:
                    entry.unit = unit
                    if entry.reason == "unknown_unit":
                        entry.refuse("")

    def _list(self) -> None:
        """Note which units and sections the roster lists at all, refused rows included."""
        for entry in self.entries:
            if entry.unit:
                self.listed[entry.unit.key].add(entry.section)

    # People -------------------------------------------------------------------------------------------------------

    def _recognise(self, people: list[PersonPlan]) -> None:
        ids = {person.main.id_number for person in people if person.main.id_number}
        for person in people:
            known = self.register.by_id.get(person.main.id_number) if person.main.id_number else None
            if known is None:
                continue
            if self._another(known, person.main):
                self.touched.add(known.pk)
                person.main.refuse("duplicate_id", other=known.name)
            else:
                person.known = known
                self.register.taken.add(known.pk)
        for person in people:
            if person.known is None and not person.main.reason:
                person.known = self.register.recognise(person.main, ids)
                if person.known:
                    self.register.taken.add(person.known.pk)
        people[:] = [person for person in people if not person.main.reason]
        self.touched |= self.register.taken
        for entry in self.entries:
            if entry.reason:
                self._touch(entry)

    def _another(self, known: KnownPerson, entry: Entry) -> bool:
        """Whether an ID number that the database knows stands beside the name of somebody else."""
        if is_same_name(known.name, entry.name) or (entry.mobile and known.mobile == entry.mobile):
            return False
        return not self.register.same_place(known, entry)

    def _touch(self, entry: Entry) -> None:
        """Whoever a refused row may speak of, by number or by name, is listed, and so does not leave."""
        by_id = self.register.by_id.get(entry.id_number) if entry.id_number else None
        if by_id:
            self.touched.add(by_id.pk)
        for person in self.register.by_name.get(entry.name, ()):
            same_mobile = bool(entry.mobile) and person.mobile == entry.mobile
            nowhere = not entry.unit and not entry.id_number
            if same_mobile or nowhere or self.register.same_place(person, entry):
                self.touched.add(person.pk)

    def _reorganise(self, people: list[PersonPlan]) -> None:
        self.joined: dict[int, Section] = {}
        self.result.merges = reorganisation.merges(people, self.known, set(self.listed))
        for merge in self.result.merges:
            self.joined.update({source.pk: target for source, target in merge.joined if source.pk})
        for unit, section, name in reorganisation.renamed_sections(people, self.known, self.listed):
            self.result.renamed_sections.append((unit, section, name))
            unit.sections[name] = section

    def _settle(self, person: PersonPlan) -> None:
        """Where a person belongs: a section is set up where the roster names one that is new."""
        person.place = self._place(person.main)
        person.posts = [self._place(entry) for entry in person.seconds]

    def _place(self, entry: Entry) -> Place:
        unit = entry.unit
        assert unit is not None
        if not entry.section:
            return unit, None
        section = unit.sections.get(entry.section)
        if section is None:
            section = unit.sections[entry.section] = Section(entry.section)
            self.result.new_sections.append((unit, section))
        return unit, section

    def _end_unlisted(self) -> None:
        """People of listed units whom the roster no longer lists have left, unless most of their unit is missing."""
        if self.wishes.keep_unlisted or self.known.first:
            return
        where = self.known.where()
        listed = set(self.listed) | {merge.source.key for merge in self.result.merges}
        missing: dict[str, list[KnownPerson]] = defaultdict(list)
        rows = Counter(entry.unit.key for entry in self.entries if entry.unit)
        for person in self.known.people:
            unit = where.get(person.organisation, (None, None))[0]
            if person.ended or unit is None or unit.key not in listed:
                continue
            if person.pk not in self.touched:
                missing[unit.key].append(person)
        for unit in self.known.units:
            gone = missing[unit.key]
            # By the rows of the file alone, so that the same file means the same when it comes again.
            if len(gone) > max(FEW, rows[unit.key]):
                self.result.warnings.append(
                    {"at": "", "warning": "unit_mostly_missing", "other": unit.name, "people": str(len(gone))}
                )
                continue
            for person in gone:
                if person.kept:
                    self.result.warnings.append(
                        {"at": "", "warning": "unlisted_with_role", "other": person.name}
                    )
                else:
                    self.result.ended.append((person, ""))

    # Summing up ---------------------------------------------------------------------------------------------------

    def _warn(self, people: list[PersonPlan]) -> None:
        owner: dict[str, Entry] = {}
        for person in people:
            entry = person.main
            if person.left or not entry.mobile:
                continue
            first = owner.setdefault(entry.mobile, entry)
            if first is not entry:
                entry.warnings.append(("duplicate_phone", first.at))
        for entry in self.entries:
            for code, other in entry.warnings:
                if not entry.reason or code == "same ID as":
                    warning = {"at": entry.at, "warning": code}
                    self.result.warnings.append({**warning, "other": other} if other else warning)

    def _sum_up(self, people: list[PersonPlan]) -> None:
        units: dict[str, Unit] = {}
        places: set[tuple[str, str]] = set()
        for entry in self.entries:
            if entry.unit and not entry.reason:
                units[entry.unit.key] = entry.unit
                if entry.section:
                    places.add(entry.place)
        self.result.units = list(units.values())
        self.result.new_units = [unit for unit in self.result.new_units if unit.key in units]
        self.result.sections_listed = len(places)
        written: dict[str, Unit] = {entry.unit_text: entry.unit for entry in self.entries if entry.unit}
        for text, unit in written.items():
            renamed = any(unit is each and text == name for each, name in self.result.renamed_units)
            if (
                text not in {unit.name, unit.short_name, *unit.spellings}
                and not renamed
                and unit.key in units
            ):
                self.result.spellings.append((unit, text))
