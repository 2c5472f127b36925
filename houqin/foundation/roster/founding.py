"""Writing what a plan says of units and sections: founded, renamed, merged."""

from __future__ import annotations

from typing import Any, Protocol

from django.db.models import Q

from houqin.foundation.bulk import copy_in
from houqin.foundation.people.models import Appointment, Organisation, OrganisationKind, Person
from houqin.foundation.people.pinyin import pinyin_key
from houqin.foundation.roster.ids import next_ids
from houqin.foundation.roster.known import Known
from houqin.foundation.roster.models import Spelling
from houqin.foundation.roster.plan import Merge, Plan
from houqin.foundation.roster.text import organisation_name
from houqin.foundation.roster.units import Directory, Section, Unit

_FIELDS = (
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


class Note(Protocol):
    """Puts something on the list for the trail."""

    def __call__(
        self, action: str, record: Any, before: Any = None, after: Any = None, name: str = ""
    ) -> None: ...  # pragma: no cover - a protocol


class Founder:
    """Writes units and sections; new ones get their ``pk``."""

    def __init__(self, plan: Plan, known: Known, note: Note) -> None:
        self.plan, self.known, self.note = plan, known, note
        self.codes = set(known.codes)
        self.rows: list[tuple[Any, ...]] = []
        self.subject = Organisation()

    def write(self) -> None:
        self._found()
        for unit, name in self.plan.renamed_units:
            assert unit.pk
            Spelling.objects.get_or_create(
                text=organisation_name(unit.name), defaults={"organisation_id": unit.pk}
            )
            self._rename(unit.pk, unit.name, name)
        for _unit, section, name in self.plan.renamed_sections:
            assert section.pk
            self._rename(section.pk, section.name, name)
        for merge in self.plan.merges:
            self._merge(merge)

    def _found(self) -> None:
        new = self.plan.new_units, self.plan.new_sections
        ids = iter(next_ids(Organisation, len(new[0]) + len(new[1]) + 1))
        region = self._region(ids) if new[0] else None
        codes: dict[str, str] = {}
        for unit in self.plan.new_units:
            unit.pk = next(ids)
            codes[unit.name] = code = self._code(self._initials(unit))
            self._row(unit.pk, region, OrganisationKind.UNIT, code, unit.name)
        stored = dict(
            Organisation.objects.filter(pk__in=[unit.pk for unit, _ in self.plan.new_sections]).values_list(
                "pk", "code"
            )
        )
        for unit, section in self.plan.new_sections:
            section.pk = next(ids)
            above = codes.get(unit.name) or stored.get(unit.pk or 0, "S")
            self._row(section.pk, unit.pk, OrganisationKind.SECTION, self._code(f"{above}-01"), section.name)
        copy_in(Organisation, _FIELDS, self.rows)

    def _region(self, ids: Any) -> int | None:
        """What new units stand below: the region of their name, which is founded where there is none."""
        if self.known.region is not None or not self.plan.home:
            return self.known.region
        pk: int = next(ids)
        name = self.plan.home
        self._row(pk, None, OrganisationKind.REGION, self._code(pinyin_key(name)[1].upper()), name)
        return pk

    def _row(self, pk: int, parent: int | None, kind: str, code: str, name: str) -> None:
        self.rows.append((pk, parent, "", kind, code, name, "", *pinyin_key(name), "", len(self.rows)))
        after = {"kind": kind, "code": code, "name": name, "parent_id": parent}
        self.subject.pk = pk
        self.note("roster.add_organisation", self.subject, after=after, name=name)

    def _initials(self, unit: Unit) -> str:
        rest = Directory([], [self.plan.home, *self.known.homes]).rest(unit.name)
        return pinyin_key(rest)[1].upper()[:8] or "U"

    def _code(self, wanted: str) -> str:
        """A code nobody has: the wanted one, or with the next free number."""
        stem, dash, number = wanted.rpartition("-")
        count = int(number) if dash and number.isdigit() else 1
        code = wanted
        while code in self.codes:
            count += 1
            code = f"{stem}-{count:02}" if dash and number.isdigit() else f"{wanted}{count}"
        self.codes.add(code)
        return code

    def _rename(self, pk: int, before: str, after: str) -> None:
        pinyin, initials = pinyin_key(after)
        Organisation.objects.filter(pk=pk).update(name=after, pinyin=pinyin, initials=initials)
        self.note("roster.rename_organisation", Organisation(pk=pk), {"name": before}, {"name": after}, after)

    def _merge(self, merge: Merge) -> None:
        """Sections go over as they are or join their namesakes; then the unit is closed."""
        source, target = merge.source, merge.target
        assert source.pk
        assert target.pk
        for section in merge.moved:
            assert section.pk
            Organisation.objects.filter(pk=section.pk).update(parent=target.pk)
            self.note(
                "roster.move_organisation",
                Organisation(pk=section.pk),
                {"parent_id": source.pk},
                {"parent_id": target.pk},
                section.name,
            )
        for old, new in [*merge.joined, (Section(source.name, source.pk), Section(target.name, target.pk))]:
            assert old.pk
            assert new.pk
            self._carry_over(old.pk, new.pk)
            Organisation.objects.filter(pk=old.pk).update(ended_on=self.known.today)
            after = {"ended_on": self.known.today, "merged_into": new.pk}
            self.note("roster.end_organisation", Organisation(pk=old.pk), {"ended_on": None}, after, old.name)
        Spelling.objects.filter(organisation=source.pk).update(organisation=target.pk)

    def _carry_over(self, old: int, new: int | None) -> None:
        """People and staff posts of a section that joins another; who had left stays where they left from."""
        today = self.known.today
        here = Q(ended_on__isnull=True) | Q(ended_on__gt=today)
        moved = list(Person.objects.filter(here, organisation=old).values_list("pk", "name"))
        Person.objects.filter(pk__in=[pk for pk, _name in moved]).update(organisation=new)
        Appointment.objects.filter(role=self.known.staff_role, organisation=old, to_on__isnull=True).update(
            organisation=new
        )
        for pk, name in moved:
            self.note(
                "roster.carry_over", Person(pk=pk), {"organisation_id": old}, {"organisation_id": new}, name
            )
