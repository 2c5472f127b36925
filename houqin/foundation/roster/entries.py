"""A row about a person, checked by itself: what it says, or why it cannot be taken."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from houqin.foundation import standards
from houqin.foundation.roster import remarks
from houqin.foundation.roster.tables import Line
from houqin.foundation.roster.text import organisation_name, person_name, squeezed
from houqin.foundation.roster.units import Unit

#: Fields of a row that a person may correct in the preview.
CORRECTABLE = ("name", "unit", "section", "id_number", "mobile", "post", "remark")
_NOTHING = frozenset({"", "-", "--", "—", "——", "/", "\\", "／", "*"})
_NO_NUMBER = _NOTHING | {"无", "暂无", "不详", "没有", "未知", "空"}
_BRACKETED = re.compile(r"[（(\[【]([^）)\]】]*)[）)\]】]?")
_PLAIN_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_PLAIN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")
_SEVERAL = re.compile(r"[/／、,，;；\n|]|\bor\b|或|和|转")
_TWO_TOGETHER = re.compile(r"(?<!\d)(1[3-9]\d{9})(?=1[3-9]\d{9}(?!\d))")
_SEX = {"男": False, "女": True, "男性": False, "女性": True, "M": False, "F": True}


@dataclass(slots=True, eq=False)
class Entry:
    """A row as it is understood. ``reason`` says why it is refused; then the rest counts for recognising people alone.

    ``left``: the row says that the person is gone. ``second``: it gives a second post.
    """

    line: Line
    name: str = ""
    id_number: str = ""
    mobile: str = ""
    section: str = ""
    unit_text: str = ""
    order: int = 0
    unit: Unit | None = None
    left: bool = False
    second: bool = False
    reason: str = ""
    other: str = ""
    warnings: list[tuple[str, str]] = field(default_factory=list)

    @property
    def at(self) -> str:
        return self.line.at

    @property
    def place(self) -> tuple[str, str]:
        """Unit and section, for telling whether two rows speak of one place."""
        return (self.unit.key if self.unit else "", self.section)

    def refuse(self, reason: str, other: str = "") -> None:
        self.reason, self.other = reason, other


def corrected(lines: Sequence[Line], corrections: Mapping[str, Mapping[str, str]]) -> list[Line]:
    """The rows with what a person put right; a value given by hand is text, whatever the cell was."""
    if not corrections:
        return list(lines)
    result = []
    for line in lines:
        mended: dict[str, Any] = {
            key: text for key, text in corrections.get(line.at, {}).items() if key in CORRECTABLE
        }
        if "id_number" in mended:
            line = replace(line, id_is_number=False)
        result.append(replace(line, **mended) if mended else line)
    return result


def checked(line: Line, as_of: date, today: date) -> Entry:
    """What a row says. The first fault in the order name, unit, ID number, telephone refuses it."""
    said = _said_in_name(line.name)
    remark = f"{line.remark}；{said}" if said else line.remark
    entry = Entry(
        line,
        name=person_name(_BRACKETED.sub("", line.name)) if said else person_name(line.name),
        section=organisation_name(line.section),
        unit_text=organisation_name(line.unit),
        left=remarks.has_left(remark, as_of) or line.post in {"退休", "已退休"},
        second=remarks.is_second_post(remark, line.post) or line.merged_name,
    )
    faults = []
    try:
        entry.mobile = mobile(line.mobile)
    except standards.Unfit as unfit:
        faults.append(unfit.code)
    try:
        entry.id_number = id_number(line, today)
    except standards.Unfit as unfit:
        faults.append(unfit.code)
    if not entry.unit_text:
        faults.append("missing_unit")
    if not entry.name or entry.name in _NO_NUMBER:
        faults.append("missing_name")
    if faults:
        entry.refuse(faults[-1])
    elif not entry.id_number and not entry.left:
        entry.warnings.append(("missing_id", ""))
    elif entry.id_number:
        female = _SEX.get(squeezed(line.sex).upper())
        if female is not None and female != standards.is_female(entry.id_number):
            entry.warnings.append(("sex_disagrees_with_id", ""))
    return entry


def _said_in_name(name: str) -> str:
    """What stands in brackets after a name: （已退休）, （女）."""
    bracketed = None if _PLAIN_NAME.fullmatch(name) else _BRACKETED.search(name)
    return bracketed[1].strip() if bracketed and re.match(r"[\u4e00-\u9fff]", squeezed(name)) else ""


def id_number(line: Line, today: date) -> str:
    """The ID number of a row; empty where there is none. Raises :class:`standards.Unfit`."""
    text = squeezed(line.id_number)
    if text.strip("'’‘") in _NO_NUMBER:
        return ""
    if (line.id_is_number and len(text) > 15) or re.fullmatch(r"\d\.\d+E\+?1[67]", text, re.IGNORECASE):
        # A spreadsheet keeps fifteen digits of a number: the last three are lost, whatever the check digit says.
        raise standards.Unfit(code="bad_id_checksum")
    return standards.resident_id(text, today=today)


def mobile(text: str) -> str:
    """The first mobile number in a cell; empty where it says that there is none. Raises :class:`standards.Unfit`."""
    if _PLAIN_MOBILE.fullmatch(text):
        return text
    if squeezed(text) in _NOTHING:
        return ""
    plain = _TWO_TOGETHER.sub(r"\1/", squeezed(_BRACKETED.sub("", text)))
    parts = [part for part in _SEVERAL.split(plain) if part]
    for part in parts:
        try:
            return standards.mobile(re.sub(r"^[^\d+]+|[^\d]+$", "", part))
        except standards.Unfit:
            continue
    return standards.mobile(plain)
