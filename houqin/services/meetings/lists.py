"""A list of participants in a spreadsheet, as it is read before anybody is asked: who is one of ours, who a guest, who unclear."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from houqin.foundation.errors import Problem
from houqin.foundation.people.models import Person
from houqin.foundation.roster.columns import Meaning, guessed
from houqin.foundation.roster.reading import Sheet, read
from houqin.foundation.roster.text import shown
from houqin.services.meetings.guests import Guest

MOST_BYTES = 2_000_000
#: A longer list is divided among venues.
MOST_ROWS = 2000
_HEADER_WITHIN = 20


@dataclass(frozen=True)
class Listed:
    """One row: where it stands, what it says, and whom it means. ``unclear`` says why nobody can be asked by it."""

    at: str
    guest: Guest
    staff_number: str = ""
    person: Person | None = None
    unclear: str = ""


def read_list(content: bytes, name: str) -> list[Listed]:
    """Every row about a person. Raises Problem for a file that cannot be read, or without a column of names."""
    if len(content) > MOST_BYTES:
        raise Problem(errors={"file": [_("文件超过 2 MB，请只保留参会名单后再上传。")]})
    try:
        rows = [row for sheet in read(content, name) for row in _rows(sheet)]
    except Problem as problem:
        raise Problem(errors={"file": [str(problem.message)]}) from problem
    if not rows:
        raise Problem(errors={"file": [_("没有找到“姓名”一列，请在表头写明姓名、单位、职务、手机。")]})
    if len(rows) > MOST_ROWS:
        raise Problem(errors={"file": [_("名单最多 %(most)d 人，请拆分。") % {"most": MOST_ROWS}]})
    return _known(rows)


def _rows(sheet: Sheet) -> Iterator[Listed]:
    where: dict[Meaning, int] = {}
    for number, row in enumerate(sheet.rows):
        cells = [shown(cell) for cell in row]
        if not where:
            heads = {meaning: at for at, cell in reversed([*enumerate(cells)]) if (meaning := guessed(cell))}
            where = heads if Meaning.NAME in heads and number < _HEADER_WITHIN else {}
            continue
        said = {meaning: cells[at].strip() for meaning, at in where.items()}
        if not said[Meaning.NAME] or guessed(said[Meaning.NAME]):
            continue
        organisation = " ".join(word for word in (said.get(Meaning.UNIT), said.get(Meaning.SECTION)) if word)
        guest = Guest(
            said[Meaning.NAME], organisation, said.get(Meaning.POST, ""), said.get(Meaning.MOBILE, "")
        )
        yield Listed(f"{sheet.title} {number + 1}", guest, said.get(Meaning.STAFF_NUMBER, ""))


def _known(rows: Sequence[Listed]) -> list[Listed]:
    """Whom the rows mean: by staff number, else by name and the organisation beside it. One query."""
    names, numbers = {row.guest.name for row in rows}, {row.staff_number for row in rows} - {""}
    found = Person.objects.active().filter(Q(name__in=names) | Q(staff_number__in=numbers))
    people = list(found.select_related("organisation__parent"))
    by_number = {person.staff_number: person for person in people}
    return [_meant(row, people, by_number) for row in rows]


def _meant(row: Listed, people: Sequence[Person], by_number: dict[str, Person]) -> Listed:
    if row.staff_number:
        person = by_number.get(row.staff_number)
        wrong = "" if person else _("没有工号 %(number)s。") % {"number": row.staff_number}
        return Listed(row.at, row.guest, row.staff_number, person, wrong)
    named = [person for person in people if person.name == row.guest.name]
    if row.guest.organisation:
        named = [person for person in named if _belongs(person, row.guest.organisation)]
    if len(named) > 1:
        return Listed(row.at, row.guest, unclear=_("院区内有 %(n)d 人同名，请改填工号。") % {"n": len(named)})
    return Listed(row.at, row.guest, person=named[0] if named else None)


def _belongs(person: Person, organisation: str) -> bool:
    """Whether what stands beside a name is the person's section or the unit above it."""
    own = [person.organisation, person.organisation.parent]
    names = {name for each in own if each for name in (each.name, each.short_name) if name}
    return organisation in names or any(word in names for word in organisation.split())
