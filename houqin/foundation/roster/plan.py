"""What an import would do: told row by row, and as the operations that carry it out."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from houqin.foundation.roster.entries import Entry
from houqin.foundation.roster.known import KnownPerson
from houqin.foundation.roster.tables import Found
from houqin.foundation.roster.units import Section, Unit


class Kind(StrEnum):
    """What becomes of a row."""

    ADDED = "added"
    CHANGED = "changed"
    ENDED = "ended"
    SAME = "same"
    REFUSED = "refused"
    REPEATED = "repeated"
    ELSEWHERE = "elsewhere"
    IGNORED = "ignored"


@dataclass(slots=True)
class Change:
    """One value of a person that changes, as it is shown; ``field`` is name, id_number, mobile, post or section."""

    field: str
    before: str
    after: str


@dataclass(slots=True)
class Outcome:
    """One row: what becomes of it and why. ``reason`` is a code, ``note`` a kind or remark, ``other`` another row."""

    at: str
    kind: Kind
    name: str = ""
    reason: str = ""
    other: str = ""
    changes: list[Change] = field(default_factory=list)
    near: list[tuple[int, str]] = field(default_factory=list)


Place = tuple[Unit, Section | None]


@dataclass(eq=False)
class PersonPlan:
    """One person of the roster: the rows that speak of them, who they are in the database, and what changes."""

    main: Entry
    entries: list[Entry]
    seconds: list[Entry] = field(default_factory=list)
    known: KnownPerson | None = None
    place: Place | None = None
    posts: list[Place] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    moved: bool = False
    added_posts: list[Place] = field(default_factory=list)
    ended_posts: list[int] = field(default_factory=list)

    @property
    def left(self) -> bool:
        return self.main.left


@dataclass(eq=False)
class Merge:
    """A unit that goes into another: sections that move as they are, and sections that join one of the same name."""

    source: Unit
    target: Unit
    moved: list[Section] = field(default_factory=list)
    joined: list[tuple[Section, Section]] = field(default_factory=list)


@dataclass
class Plan:
    """All of it. ``ended``: people who leave, with the row that says so or nothing where they are no longer listed."""

    found: Found
    today: date
    as_of: date
    first: bool
    outcomes: list[Outcome] = field(default_factory=list)
    warnings: list[dict[str, str]] = field(default_factory=list)
    home: str = ""
    units: list[Unit] = field(default_factory=list)
    new_units: list[Unit] = field(default_factory=list)
    new_sections: list[tuple[Unit, Section]] = field(default_factory=list)
    spellings: list[tuple[Unit, str]] = field(default_factory=list)
    renamed_units: list[tuple[Unit, str]] = field(default_factory=list)
    renamed_sections: list[tuple[Unit, Section, str]] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    added: list[PersonPlan] = field(default_factory=list)
    left_new: list[PersonPlan] = field(default_factory=list)
    changed: list[PersonPlan] = field(default_factory=list)
    ended: list[tuple[KnownPerson, str]] = field(default_factory=list)
    sections_listed: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """The figures of the contract, and what else there is to count."""
        kinds = Counter(outcome.kind for outcome in self.outcomes)
        return {
            "units": len(self.units),
            "sections": self.sections_listed,
            "people_added": len(self.added),
            "people_changed": len(self.changed),
            "people_ended": len(self.ended) + len(self.left_new),
            "rows_refused": kinds[Kind.REFUSED],
            "rows_ignored": kinds[Kind.IGNORED],
            "rows": len(self.found.lines),
            "rows_repeated": kinds[Kind.REPEATED],
            "rows_elsewhere": kinds[Kind.ELSEWHERE],
            "people_moved": sum(each.moved for each in self.changed),
            "people_no_longer_listed": sum(1 for _known, at in self.ended if not at),
            "people_recorded_as_left": len(self.left_new),
            "second_posts": sum(len(each.seconds) for each in [*self.added, *self.changed]),
            "units_added": len(self.new_units),
            "units_renamed": len(self.renamed_units),
            "units_merged": len(self.merges),
            "sections_added": len(self.new_sections),
            "sections_renamed": len(self.renamed_sections),
        }

    @property
    def nothing(self) -> bool:
        """Whether applying would change nothing."""
        return not self._operations(dry=True)

    @property
    def digest(self) -> str:
        """By which two plans are known to do the same."""
        text = json.dumps(self._operations(), ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def _operations(self, dry: bool = False) -> list[Any]:
        """Everything that applying would do, as plain values."""
        done: list[Any] = []
        done += [["unit", unit.name] for unit in self.new_units]
        done += [["section", unit.key, section.name] for unit, section in self.new_sections]
        done += [["spelling", unit.key, text] for unit, text in self.spellings]
        done += [["rename", unit.key, name] for unit, name in self.renamed_units]
        done += [["rename", section.pk, name] for _unit, section, name in self.renamed_sections]
        done += [["merge", each.source.key, each.target.key] for each in self.merges]
        done += [["left", known.pk] for known, _at in self.ended]
        if dry and done:
            return done
        for kind, people in (("add", self.added), ("gone", self.left_new), ("change", self.changed)):
            for each in people:
                pk = each.known.pk if each.known else None
                places = [[unit.key, section.name if section else ""] for unit, section in each.added_posts]
                place = [each.place[0].key, each.place[1].name if each.place[1] else ""] if each.place else []
                done.append([kind, pk, each.main.name, each.values, place, places, each.ended_posts])
        return done
