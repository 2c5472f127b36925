"""A list of visitors as people keep it: a workbook or CSV with headings in any order. Every line is read; what is wrong with it is said."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from houqin.foundation.errors import Problem
from houqin.foundation.roster.reading import read
from houqin.foundation.roster.text import shown
from houqin.foundation.standards import Unfit, mobile, plate, resident_id

MOST_BYTES = 4 * 1024 * 1024
_HEADINGS = {
    "name": re.compile("姓名|名字|name", re.IGNORECASE),
    "phone": re.compile("手机|电话|联系方式|phone|mobile", re.IGNORECASE),
    "organisation": re.compile("单位|公司|organisation|company", re.IGNORECASE),
    "id_number": re.compile("身份证|证件", re.IGNORECASE),
    "plate": re.compile("车牌|plate", re.IGNORECASE),
}
_CHECKS: dict[str, Callable[[str], str]] = {"phone": mobile, "id_number": resident_id, "plate": plate}
_HEADER_WITHIN = 20


@dataclass(frozen=True)
class Guest:
    """Somebody on a list."""

    name: str
    phone: str
    organisation: str = ""
    id_number: str = ""
    plate: str = ""


@dataclass(frozen=True)
class Line:
    """A line of the sheet (``row`` as its reader counts), and what is wrong with it."""

    row: int
    guest: Guest
    wrong: tuple[str, ...] = field(default=())


def lines_of(content: bytes, name: str) -> list[Line]:
    """Every line of the first sheet that has headings for name and phone. Raises Problem for a file that has none."""
    for sheet in read(content, name):
        for number, row in enumerate(sheet.rows[:_HEADER_WITHIN]):
            columns = _columns([shown(cell) for cell in row])
            if {"name", "phone"} <= set(columns):
                return list(_lines(sheet.rows[number + 1 :], number + 2, columns))
    raise Problem(errors={"file": [_("没有找到“姓名”和“手机”两列的表头，请补上表头后再传。")]})


def _columns(labels: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for index, label in enumerate(labels):
        for name, heading in _HEADINGS.items():
            if name not in found and index not in found.values() and heading.search(label):
                found[name] = index
    return found


def _lines(rows: list[Any], first: int, columns: dict[str, int]) -> Iterator[Line]:
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, start=first):
        cells = {name: shown(row[index]).strip() for name, index in columns.items() if index < len(row)}
        if not any(cells.values()):
            continue
        wrong = [] if cells.get("name") else [_("缺少姓名")]
        for name, check in _CHECKS.items():
            try:
                cells[name] = check(cells[name]) if cells.get(name) else ""
            except Unfit as unfit:
                wrong.append(str(unfit.message))
        if not cells["phone"]:
            wrong.append(_("缺少手机号"))
        elif cells["phone"] in seen:
            wrong.append(_("与第 %(row)d 行手机号相同") % {"row": seen[cells["phone"]]})
        else:
            seen[cells["phone"]] = number
        yield Line(number, Guest(**cells), tuple(wrong))
