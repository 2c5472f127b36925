"""What became of units and sections between two rosters: renamed, or merged into another."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from houqin.foundation.roster.entries import Entry
from houqin.foundation.roster.known import Known, KnownPerson
from houqin.foundation.roster.plan import Merge, PersonPlan
from houqin.foundation.roster.text import organisation_name
from houqin.foundation.roster.units import Directory, Section, Unit

_FORMERLY = re.compile(
    r"(?:原(?:名|为|称)?[“\"「]?)([\u4e00-\u9fff（）()]+?)[”\"」]?(?:更名|改名|改称|调整|变更|$)"
)
#: A share of people from which on it is the whole that moved, not some of its people.
MOST = 0.6
FEWEST = 3


def renamed_units(
    entries: list[Entry],
    directory: Directory,
    by_id: dict[str, KnownPerson],
    place: dict[int, Unit],
    listed: set[str],
) -> list[tuple[Unit, str]]:
    """Units that stand under a name nobody knows: most of the people of one that is no longer listed stand there."""
    sizes = Counter(unit.key for pk, unit in place.items() for _ in (pk,))
    strangers: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.reason == "unknown_unit":
            strangers[entry.unit_text].append(entry)
    found = []
    for name, rows in strangers.items():
        came = Counter(
            place[person.pk].key
            for row in rows
            if (person := by_id.get(row.id_number)) and person.pk in place
        )
        if not came:
            continue
        key, count = came.most_common(1)[0]
        if (
            key not in listed
            and count >= FEWEST
            and count >= MOST * sizes[key]
            and count >= MOST * sum(came.values())
        ):
            unit = next(unit for unit in directory.units if unit.key == key)
            found.append((unit, name))
    return found


def merges(people: list[PersonPlan], known: Known, listed: set[str]) -> list[Merge]:
    """Units no longer listed whose people stand in one other unit."""
    where = known.where()
    sizes = Counter(
        where[person.organisation][0].key
        for person in known.people
        if not person.ended and person.organisation in where
    )
    went: dict[str, Counter[str]] = defaultdict(Counter)
    said: set[str] = set()
    units = {unit.key: unit for unit in known.units}
    for person in people:
        if person.known is None or person.main.unit is None or person.known.organisation not in where:
            continue
        source = where[person.known.organisation][0]
        if source.key not in listed and not person.known.ended:
            went[source.key][person.main.unit.key] += 1
            if "并入" in person.main.line.remark or "合并" in person.main.line.remark:
                said.add(source.key)
    found = []
    for key, targets in went.items():
        target, count = targets.most_common(1)[0]
        enough = (count >= MOST * sizes[key] and count >= FEWEST) or key in said
        if target in units and enough and count >= MOST * sum(targets.values()):
            found.append(_merge(units[key], units[target]))
    return found


def _merge(source: Unit, target: Unit) -> Merge:
    merge = Merge(source, target)
    for name, section in source.sections.items():
        if section.pk is None or section.ended:
            continue
        same = target.sections.get(name)
        if same is None or same.ended or same.pk is None:
            merge.moved.append(section)
            target.sections[name] = section
        else:
            merge.joined.append((section, same))
    return merge


def renamed_sections(
    people: list[PersonPlan], known: Known, listed: dict[str, set[str]]
) -> list[tuple[Unit, Section, str]]:
    """Sections under a new name: most people of one that is no longer listed stand in one that is new."""
    where = known.where()
    came: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    said: set[tuple[str, str, str]] = set()
    left_from: Counter[int] = Counter()
    for person in people:
        entry = person.main
        if person.known is None or person.known.ended or entry.unit is None:
            continue
        unit, section = where.get(person.known.organisation, (None, None))
        if section is None or section.pk is None or unit is None:
            continue
        left_from[section.pk] += 1
        if unit is entry.unit and entry.section and entry.section not in unit.sections:
            came[unit.key, entry.section][section.pk] += 1
            formerly = _FORMERLY.search(entry.line.remark)
            if formerly:
                said.add((unit.key, entry.section, organisation_name(formerly[1])))
    found = []
    for (key, name), sources in came.items():
        pk, count = sources.most_common(1)[0]
        unit, section = where[pk]
        assert section is not None
        told = (key, name, section.name) in said
        whole = count >= MOST * left_from[pk] and count >= MOST * sum(sources.values())
        if section.name not in listed.get(key, set()) and whole and (told or count >= FEWEST):
            found.append((unit, section, name))
    return found
