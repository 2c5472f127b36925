"""What the database knows before an import: units, sections, people and their posts; a handful of queries."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from houqin.foundation.roster.units import Section, Unit


@dataclass(slots=True, eq=False)
class KnownPerson:
    """Somebody in the database. ``posts``: section (or unit) → the staff appointments held there.

    ``kept``: holds other appointments, and so is not ended for not being listed; ``administrator``: one of the three, who
    is not ended by a roster at all.
    """

    pk: int
    name: str
    organisation: int
    id_number: str = ""
    mobile: str = ""
    post: str = ""
    ended: bool = False
    kept: bool = False
    administrator: bool = False
    posts: dict[int, list[int]] = field(default_factory=dict)


@dataclass
class Known:
    """The state that a plan is made against. ``homes``: names of the regions; ``first``: no unit is known yet."""

    today: date
    units: list[Unit] = field(default_factory=list)
    people: list[KnownPerson] = field(default_factory=list)
    homes: list[str] = field(default_factory=list)
    region: int | None = None
    codes: Collection[str] = frozenset()
    staff_role: int | None = None
    _where: dict[int, tuple[Unit, Section | None]] | None = None

    @property
    def first(self) -> bool:
        return not self.units

    def where_cached(self) -> dict[int, tuple[Unit, Section | None]]:
        """As :meth:`where`, worked out once: for asking it of every person."""
        if self._where is None:
            self._where = self.where()
        return self._where

    def where(self) -> dict[int, tuple[Unit, Section | None]]:
        """Every organisation → its unit and section; a unit stands for itself with no section."""
        found: dict[int, tuple[Unit, Section | None]] = {}
        for unit in self.units:
            if unit.pk:
                found[unit.pk] = (unit, None)
            for section in unit.sections.values():
                if section.pk:
                    found[section.pk] = (unit, section)
        return found
