"""Workbooks that plant one trap each, made while the test runs. Nobody in them exists."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlwt
from openpyxl import Workbook

from houqin.foundation.standards import id_check_digit

HEADER = ("序号", "单位", "科室", "姓名", "性别", "身份证号", "手机", "职务", "备注")
FINANCE, BUREAU = "江城市财政局", "江城市机关事务管理局"


def id_number(number: int, *, born: str = "19800101", division: str = "420102") -> str:
    """A number with the right check digit; even ones are women's."""
    first = f"{division}{born}{number:03}"
    return first + id_check_digit(first)


def phone(number: int) -> str:
    """A number in a segment that is not given to the public."""
    return f"1990000{number:04}"


def somebody(number: int, *, unit: str = FINANCE, section: str = "办公室", **other: Any) -> list[Any]:
    """A faultless row, or one with other values: name, sex, id, phone, post, remark."""
    row = {
        "name": "张李王赵钱孙周吴郑冯"[number % 10] + "一二三四五六七八九十"[number // 10 % 10] + "山水田林湖草沙石云雨"[number // 100 % 10],
        "sex": "女" if number % 2 == 0 else "男",
        "id": id_number(number % 1000, born=f"19{60 + number // 1000 % 40}0101"),
        "phone": phone(number),
        "post": "科员",
        "remark": None,
    } | other  # fmt: skip
    return [
        number,
        unit,
        section,
        row["name"],
        row["sex"],
        row["id"],
        row["phone"],
        row["post"],
        row["remark"],
    ]


def book(
    rows: Iterable[Sequence[Any]],
    *,
    title: str | None = "江城市工作人员花名册（2026年10月）",
    header: Sequence[Any] | None = HEADER,
    sheet: str = "名册",
    merged: Iterable[str] = (),
) -> bytes:
    """One sheet as .xlsx."""
    made = Workbook()
    made.active.title = sheet
    for row in ([title],) if title else ():
        made.active.append(row)
    if header:
        made.active.append(list(header))
    for row in rows:
        made.active.append(list(row))
    for area in merged:
        made.active.merge_cells(area)
    return saved(made)


def saved(made: Workbook) -> bytes:
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def old_book(rows: Iterable[Sequence[Any]], *, header: Sequence[Any] = HEADER, sheet: str = "名册") -> bytes:
    """The same as .xls."""
    made = xlwt.Workbook()
    page = made.add_sheet(sheet)
    for number, row in enumerate([header, *rows]):
        for column, value in enumerate(row):
            page.write(number, column, value)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def csv(rows: Iterable[Sequence[Any]], *, header: Sequence[Any] = HEADER, encoding: str = "utf-8") -> bytes:
    lines = [",".join("" if value is None else str(value) for value in row) for row in [header, *rows]]
    return "\r\n".join(lines).encode(encoding)
