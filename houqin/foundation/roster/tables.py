"""Finding the people in a workbook: where the table begins, what is no person, what stands in merged or empty cells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from houqin.foundation.roster.columns import Column, Meaning, columns, guessed, heading, signature
from houqin.foundation.roster.reading import Sheet
from houqin.foundation.roster.text import Cell, organisation_name, shown, squeezed

_HEADER_WITHIN = 60
_CORE = frozenset({Meaning.UNIT, Meaning.SECTION, Meaning.ID_NUMBER, Meaning.MOBILE, Meaning.POST, Meaning.REMARK,
                   Meaning.SEX, Meaning.STAFF_NUMBER, Meaning.NUMBER})  # fmt: skip
_NOT_STAFF = re.compile(r"封面|目录|字典|填表说明|填报说明|^说明|示例|样表|模板")
_TOTAL = re.compile(r"(本页|本处|本科|科室|处室|部门|单位|人员)?(小计|合计|总计|共计|累计)[:：]?\d*人?")
_HEADCOUNT = re.compile(r"(共计?|合计|小计)?\d+人")
_NOTE = re.compile(r"^(注|备注|说明|附注|填表说明|填报说明|填表要求|注意)\d?[:：、.．]|^[※＊*]")
_SIGNATURE = re.compile(
    r"(制表|填表|填报|审核|复核|审批|经办|负责|联系|统计|报送)(人|员|领导|单位|部门|日期|时间)(签字|签名|签章)?[:：]|盖章[)）]?[:：]?$"
)
_STATED_UNIT = re.compile(r"^(?:填报|报送|所属|所在|工作|填表)?单位(?:名称)?(?:[(（][^)）]*[)）])?[:：](.*)$")
_DASHED = re.compile(r"(?:——|--|—|－－)([^—\-－]+)$")
_ABOUT = re.compile(
    r"(在职|在编|全体|现有|机关)?(工作)?(人员|职工|员工|干部|干部职工)?(基本)?(情况|信息)?(花名册|名册|名单|汇总表|一览表|信息表|登记表|统计表|通讯录|台账|表).*$"
)
_ORGANISATION_END = re.compile(
    r"(局|委|委员会|办公室|办|厅|中心|院|馆|站|所|队|会|社|校|学校|公司|处|部|署|总站|联合会|宫|园)$"
)
_DAY = re.compile(r"(20\d{2})\s*[年.\-/]\s*(\d{1,2})(?:\s*[月.\-/]\s*(\d{1,2}))?")


@dataclass(slots=True)
class Line:
    """One row of the table that is about a person, as it stands; ``row`` counts from 1 as the person sees it."""

    sheet: str
    row: int
    name: str = ""
    unit: str = ""
    section: str = ""
    id_number: str = ""
    mobile: str = ""
    post: str = ""
    remark: str = ""
    sex: str = ""
    staff_number: str = ""
    id_is_number: bool = False
    merged_name: bool = False

    @property
    def at(self) -> str:
        return f"{self.sheet}!{self.row}"


@dataclass
class Table:
    """One table of people: where it is, and what its columns mean. ``header_row`` counts from 1."""

    sheet: str
    header_row: int
    signature: str
    columns: list[Column]


@dataclass
class Found:
    """What a workbook holds. ``ignored``: rows within the tables that are no people, with their kind."""

    tables: list[Table] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    ignored: list[tuple[str, str]] = field(default_factory=list)
    without_people: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    as_of: date | None = None


Choices = Mapping[str, Mapping[str, str]]


def find(sheets: Sequence[Sheet], choices: Choices | None = None) -> Found:
    """Every row about a person in the order of the workbook. ``choices``: signature → heading → meaning."""
    found = Found()
    for sheet in sheets:
        header = None if _NOT_STAFF.search(squeezed(sheet.title)) else _header(sheet, choices or {})
        top = sheet.rows[: header.first if header else 8]
        found.titles += [text for row in top for cell in row if (text := squeezed(shown(cell)))]
        if header is None:
            found.without_people.append(sheet.title)
        else:
            _Reader(sheet, header, choices or {}, found).read()
    found.as_of = _as_of(found.titles)
    return found


@dataclass
class _Header:
    first: int
    last: int
    labels: list[str]
    columns: list[Column]
    signature: str


def _header(sheet: Sheet, choices: Choices) -> _Header | None:
    for row in range(min(len(sheet.rows), _HEADER_WITHIN)):
        found = _header_at(sheet, row, choices)
        if found:
            return found
    return None


def _header_at(sheet: Sheet, row: int, choices: Choices) -> _Header | None:
    """The header that begins in that row, one line or two, if one does."""
    labels = [shown(cell) for cell in sheet.rows[row]]
    if len({meaning for label in labels if (meaning := guessed(label))} & _CORE) < 2:
        return None
    last, labels = _with_second_line(sheet, row, labels)
    data = [line for line in sheet.rows[last + 1 :] if sum(cell not in ("", None) for cell in line) > 1]
    mark = signature(labels)
    held = columns(labels, data, sheet.hidden_columns, dict(choices.get(mark, {})))
    meanings = {column.meaning for column in held}
    if Meaning.NAME not in meanings or len(meanings & _CORE) < 2:
        return None
    return _Header(row, last, labels, held, mark)


def _with_second_line(sheet: Sheet, row: int, labels: list[str]) -> tuple[int, list[str]]:
    """Headings of two lines, such as 联系方式 over 手机 and 办公电话, as one."""
    if row + 1 >= len(sheet.rows):
        return row, labels
    below = [shown(cell) for cell in sheet.rows[row + 1]]
    filled = [index for index, text in enumerate(below) if text]
    tall = any(first == row and last == row + 1 for first, _, last, _ in sheet.merged)
    name_below = any(guessed(label) == Meaning.NAME and below[index] for index, label in enumerate(labels))
    known = [index for index in filled if guessed(below[index])]
    if not filled or name_below or (len(known) < len(filled) and not tall):
        return row, labels
    joined = [
        (low if guessed(low) else f"{top}{low}") if low else top
        for top, low in zip(labels, below, strict=True)
    ]
    return row + 1, joined


class _Reader:
    """Goes through one sheet below its header."""

    def __init__(self, sheet: Sheet, header: _Header, choices: Choices, found: Found) -> None:
        self.sheet, self.header, self.choices, self.found = sheet, header, choices, found
        self.spread = _spread(sheet, header.last + 1)
        self.lines: list[Line] = []
        self.stated: list[tuple[int, str]] = []  # the unit that a caption names, from that row on
        self.headed: dict[int, str] = {}  # the section that a heading across the table names
        self._say(0, header.first)
        self._use(header)

    def _use(self, header: _Header) -> None:
        self.header = header
        self.where: dict[str, int] = {}
        self.remarks: list[int] = []
        for column in header.columns:
            if column.meaning == Meaning.REMARK:
                self.remarks.append(column.index)
            else:
                self.where.setdefault(column.meaning, column.index)
        unwanted = (Meaning.NUMBER, Meaning.OTHER)
        self.wanted = [each for each in self.where.items() if each[0] not in unwanted]
        self.number_at = self.where.get(Meaning.ID_NUMBER)
        self.found.tables.append(Table(self.sheet.title, header.last + 1, header.signature, header.columns))

    def read(self) -> None:
        row = self.header.last + 1
        while row < len(self.sheet.rows):
            kind = self._kind(row)
            if kind == "repeated_header":
                again = _header_at(self.sheet, row, self.choices)
                if again:
                    if again.signature != self.header.signature:
                        self._use(again)
                    for each in range(row, again.last + 1):
                        self._ignore(each, kind)
                    row = again.last + 1
                    continue
            if kind:
                self._ignore(row, kind)
            else:
                self.lines.append(self._line(row))
            row += 1
        self._fill("unit")
        self._fill("section")
        self.found.lines += self.lines

    def _ignore(self, row: int, kind: str) -> None:
        self.found.ignored.append((f"{self.sheet.title}!{row + 1}", kind))

    def _cell(self, row: int, meaning: str) -> str:
        index = self.where.get(meaning)
        return shown(self.sheet.rows[row][index]) if index is not None else ""

    def _is_plainly_a_person(self, cells: Sequence[Cell]) -> bool:
        """A name and an ID number, as nearly every row has: it is spared the other questions."""
        number = cells[self.number_at] if self.number_at is not None else None
        return (
            type(number) is str
            and len(number) >= 15
            and number[:15].isdigit()
            and cells[self.where[Meaning.NAME]] not in ("", None)
        )

    def _kind(self, row: int) -> str:
        """What a row is that is no person; empty for a person."""
        if self._is_plainly_a_person(self.sheet.rows[row]):
            return ""
        texts = [text for cell in self.sheet.rows[row] if (text := shown(cell))]
        if not texts or (len(texts) == 1 and squeezed(texts[0]).isdigit()):
            return "blank"
        number = self._cell(row, Meaning.ID_NUMBER)
        first, name = squeezed(texts[0]), squeezed(self._cell(row, Meaning.NAME))
        person = bool(name or number or self._cell(row, Meaning.MOBILE))
        if _is_header_again(texts):
            return "repeated_header"
        total = next((text for text in map(squeezed, texts) if _TOTAL.fullmatch(text)), "")
        if total and not number:
            return "subtotal" if "小计" in total else "total"
        if _HEADCOUNT.fullmatch(name):
            return "subtotal"
        if _NOTE.match(first) and len(texts) <= 2:
            return "note"
        stated = _stated(texts)
        if stated:
            self.stated.append((row, stated))
            return "title"
        if any(_SIGNATURE.search(squeezed(text)) for text in texts[:2]) and not self._cell(
            row, Meaning.ID_NUMBER
        ):
            return "signature"
        if not person and len(texts) == 1:
            return self._heading(row, texts[0])
        return "" if person or self._cell(row, Meaning.POST) else "note"

    def _heading(self, row: int, text: str) -> str:
        """One cell alone: a section's name over its people, or some words."""
        clean = re.sub(r"^[（(]?[一二三四五六七八九十\d]+[)）]?[、.．]", "", squeezed(text))
        clean = re.sub(r"[（(]\d+人[)）]$|[:：]?共?\d+人$", "", clean)
        if (_ORGANISATION_END.search(clean) and len(clean) <= 20) or re.search(r"(科|室|组)$", clean):
            self.headed[row] = clean
            return "title"
        return "note"

    def _line(self, row: int) -> Line:
        line = Line(self.sheet.title, row + 1)
        cells = self.sheet.rows[row]
        for meaning, index in self.wanted:
            value: Cell = self.spread.get((row, index), cells[index]) if self.spread else cells[index]
            setattr(line, meaning, shown(value))
            if meaning == Meaning.ID_NUMBER:
                line.id_is_number = isinstance(value, float | int)
        line.merged_name = (row, self.where[Meaning.NAME]) in self.spread
        remarks = [shown(self.spread.get((row, index), cells[index])) for index in self.remarks]
        line.remark = "；".join(text for text in remarks if text)
        return line

    def _say(self, first: int, last: int) -> None:
        """What the rows above the table say of its unit."""
        for row in self.sheet.rows[first:last]:
            stated = _stated([text for cell in row if (text := shown(cell))])
            if stated:
                self.stated.append((0, stated))

    def _unit_at(self, row: int) -> str:
        """The unit that a caption names for that row, or the sheet's title where it has no column for it."""
        stated = next((text for since, text in reversed(self.stated) if since < row), "")
        if stated or Meaning.UNIT in self.where:
            return stated
        title = organisation_name(self.sheet.title)
        if _ORGANISATION_END.search(title):
            return title
        for row_above in self.sheet.rows[: self.header.first]:
            for cell in row_above:
                clean = _ABOUT.sub("", re.sub(r"[(（].*?[)）]", "", squeezed(shown(cell))))
                if clean and _ORGANISATION_END.search(clean):
                    return clean
        return ""

    def _fill(self, what: str) -> None:
        """Give rows the unit or section that stands above them, where the column is kept that way.

        In a column that is filled in nearly every row an empty cell is a mistake, not a ditto.
        """
        filled = sum(1 for line in self.lines if getattr(line, what))
        merged = any(column == self.where.get(what) for _row, column in self.spread)
        ditto = merged or 0 < filled <= 0.6 * len(self.lines)
        last, unit, headings = "", "", iter(sorted(self.headed.items()))
        heading_row, heading_text = next(headings, (10**9, ""))
        for line in self.lines:
            while what == "section" and heading_row < line.row:
                last, ditto = heading_text, True
                heading_row, heading_text = next(headings, (10**9, ""))
            if what == "section" and line.unit != unit:
                last, unit = "" if unit and not self.headed else last, line.unit
            value = getattr(line, what)
            if value:
                last = value
            elif ditto and last:
                setattr(line, what, last)
            elif what == "unit":
                line.unit = self._unit_at(line.row)


def _spread(sheet: Sheet, first_row: int) -> dict[tuple[int, int], Cell]:
    """What the cells below the first of a merged block stand for."""
    spread: dict[tuple[int, int], Cell] = {}
    for top, left, bottom, right in sheet.merged:
        if top < first_row or bottom == top or bottom >= len(sheet.rows):
            bottom = min(bottom, len(sheet.rows) - 1)
            if top < first_row or bottom <= top:
                continue
        value = sheet.rows[top][left]
        for row in range(top + 1, bottom + 1):
            for column in range(left, right + 1):
                spread[row, column] = value
    return spread


def _is_header_again(texts: Sequence[str]) -> bool:
    known = {meaning for text in texts if (meaning := guessed(text)) and heading(text) != ""}
    return Meaning.NAME in known and len(known & _CORE) >= 2


def _stated(texts: Sequence[str]) -> str:
    """The unit that a caption row names: 单位（盖章）：… or a title that ends in ——…."""
    for index, text in enumerate(texts):
        stated = _STATED_UNIT.match(squeezed(text))
        if stated:
            value = stated[1] or (squeezed(texts[index + 1]) if index + 1 < len(texts) else "")
            value = re.split(r"(填报|填表|制表|报送)?(日期|时间|人)[:：]", value)[0]
            if value:
                return organisation_name(value)
    dashed = _DASHED.search(squeezed(texts[0])) if len(texts) == 1 else None
    return dashed[1] if dashed and _ORGANISATION_END.search(dashed[1]) else ""


def _as_of(titles: Sequence[str]) -> date | None:
    """The latest day that the titles name: the day the roster speaks of."""
    days = []
    for title in titles:
        for year, month, day in _DAY.findall(title):
            try:
                days.append(date(int(year), int(month), int(day or 28)))
            except ValueError:
                continue
    return max(days, default=None)


def day_in(name: str) -> date | None:
    """The day or month that a file's name speaks of: 花名册2026-10.xlsx."""
    return _as_of([name])
