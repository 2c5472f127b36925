"""Workbooks as they come: .xlsx, .xls, and .csv in UTF-8 or GB 18030, told apart by their content."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import cast
from xml.etree import ElementTree as ET

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from houqin.foundation.errors import Problem
from houqin.foundation.roster.text import Cell

#: A workbook that swells beyond this when opened is none of an office.
MOST_BYTES_OPENED = 400 * 1024 * 1024
MOST_ROWS = 200_000
_OLE, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_COLUMN = re.compile(rb"<(?:\w+:)?col\s[^>]*>")
_NUMBER = rb'%s="(\d+)"'


class Unreadable(Problem):
    """The file is no roster that can be read; the message says what to do."""

    code = "unreadable_file"


Area = tuple[int, int, int, int]


@dataclass
class Sheet:
    """One sheet. Row and column numbers count from 0 here, from 1 wherever a person sees them.

    ``merged``: first row, first column, last row, last column of each merged area.
    """

    title: str
    rows: list[list[Cell]]
    merged: list[Area] = field(default_factory=list)
    hidden_columns: frozenset[int] = frozenset()


def read(content: bytes, name: str) -> list[Sheet]:
    """The sheets a person sees, in order; hidden ones are left out. Raises :class:`Unreadable`."""
    if not content:
        raise Unreadable(_("文件是空的，请重新选择。"))
    if content.startswith((_OLE, _ZIP)):
        sheets = _workbook(content)
    else:
        sheets = [_text(content, PurePath(name).stem or "csv")]
    if sum(len(sheet.rows) for sheet in sheets) > MOST_ROWS:
        raise Unreadable(_("表格超过 %(most)d 行，请拆分后分别导入。") % {"most": MOST_ROWS})
    return sheets


def _workbook(content: bytes) -> list[Sheet]:
    hidden = _hidden_columns(content) if content.startswith(_ZIP) else {}
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        visible = [each.name for each in book.sheets_metadata if each.visible == SheetVisibleEnum.Visible]
        return [_sheet(book, title, hidden.get(title, frozenset())) for title in visible]
    except PasswordError as error:
        raise Unreadable(_("工作簿设有打开密码，请取消密码后再导入。")) from error
    except (CalamineError, OSError, ValueError) as error:
        raise Unreadable(_("打不开这个工作簿，请用 Excel 或 WPS 重新保存后再导入。")) from error


def _sheet(book: CalamineWorkbook, title: str, hidden: frozenset[int]) -> Sheet:
    sheet = book.get_sheet_by_name(title)
    rows = cast(list[list[Cell]], sheet.to_python(skip_empty_area=False))
    areas = [(*first, *last) for first, last in sheet.merged_cell_ranges or ()]
    while rows and not any(cell not in ("", None) for cell in rows[-1]):
        rows.pop()
    return Sheet(title, rows, areas, hidden)


def _hidden_columns(content: bytes) -> dict[str, frozenset[int]]:
    """Which columns of an .xlsx nobody sees, by sheet: the reader of cells does not tell."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_BYTES_OPENED:
                raise Unreadable(_("工作簿展开后过大，请只保留花名册所在的工作表后再导入。"))
            targets = {
                each.get("Id"): each.get("Target", "")
                for each in ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - expat resolves nothing external
            }
            book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - see above
            found = {}
            for sheet in book.iter(f"{_MAIN}sheet"):
                part = targets.get(sheet.get(_RELATION), "")
                part = part.lstrip("/") if part.startswith("/") else f"xl/{part}"
                with archive.open(part) as stream:
                    found[sheet.get("name", "")] = _hidden_in(stream.read(65_536))
            return found
    except (KeyError, zipfile.BadZipFile, ET.ParseError, NotImplementedError, EOFError) as error:
        raise Unreadable(_("打不开这个工作簿，请用 Excel 或 WPS 重新保存后再导入。")) from error


def _hidden_in(head: bytes) -> frozenset[int]:
    hidden: set[int] = set()
    for tag in _COLUMN.findall(head.partition(b"sheetData")[0]):
        first, last = re.search(_NUMBER % b"min", tag), re.search(_NUMBER % b"max", tag)
        if first and last and re.search(rb'hidden="(?:1|true)"', tag):
            hidden.update(range(int(first[1]) - 1, min(int(last[1]), 1000)))
    return frozenset(hidden)


def _text(content: bytes, title: str) -> Sheet:
    text = _decoded(content)
    if text.lstrip()[:1] == "<":
        raise Unreadable(_("这是网页格式的表格，请用 Excel 或 WPS 另存为 .xlsx 后再导入。"))
    if "\x00" in text:
        raise Unreadable(_("不认识这种文件，请提供 .xlsx、.xls 或 .csv。"))
    head = text[:20_000]
    delimiter = max(",\t;", key=head.count)
    try:
        rows: list[list[Cell]] = [list(row) for row in csv.reader(io.StringIO(text), delimiter=delimiter)]
    except csv.Error as error:
        raise Unreadable(_("CSV 文件的格式有误，请用 Excel 或 WPS 另存为 .xlsx 后再导入。")) from error
    while rows and not any(str(cell).strip() for cell in rows[-1]):
        rows.pop()
    width = max(map(len, rows), default=0)
    return Sheet(title, [row + [""] * (width - len(row)) for row in rows])


def _decoded(content: bytes) -> str:
    encodings = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(_("文件的文字编码不是 UTF-8 或 GB 18030，请用 Excel 或 WPS 另存为 .xlsx 后再导入。"))
