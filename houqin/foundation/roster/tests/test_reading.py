"""Whatever program saved it: .xlsx, .xls, .csv; and where the people stand in it."""

from __future__ import annotations

import pytest
from openpyxl import Workbook

from houqin.foundation.roster import reading, tables
from houqin.foundation.roster.tests.samples import BUREAU, FINANCE, book, csv, old_book, saved, somebody


def found(content: bytes, name: str = "名册.xlsx") -> tables.Found:
    return tables.find(reading.read(content, name))


def people(content: bytes, name: str = "名册.xlsx") -> list[tuple[str, str, str, str]]:
    return [(line.at, line.unit, line.section, line.name) for line in found(content, name).lines]


ROWS = [somebody(1), somebody(2, section="预算处")]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (book(ROWS, title=None), "名册.xlsx"),
        (old_book(ROWS), "名册.xls"),
        (csv(ROWS), "名册.csv"),
        (csv(ROWS, encoding="utf-8-sig"), "名册.csv"),
        (csv(ROWS, encoding="gb18030"), "名册.csv"),
        (csv(ROWS).replace(b",", b"\t"), "名册.csv"),
        (old_book(ROWS), "名册.xlsx"),
    ],
    ids=["xlsx", "xls", "utf-8", "bom", "gb18030", "tabs", "wrong ending"],
)
def test_every_format_gives_the_same_rows(content: bytes, name: str) -> None:
    assert people(content, name) == [
        ("名册!2", FINANCE, "办公室", "李一山"),
        ("名册!3", FINANCE, "预算处", "王一山"),
    ]


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 broken", b"\x00\x01\x02\x03", b"<html><table></table></html>"]
)
def test_what_cannot_be_read_says_what_to_do(content: bytes) -> None:
    with pytest.raises(reading.Unreadable) as refused:
        reading.read(content, "名册.xlsx")
    assert "请" in str(refused.value)


def test_title_caption_and_a_header_of_two_lines() -> None:
    """联系方式 over 手机 and 办公电话; the old number's column is hidden."""
    made = Workbook()
    sheet = made.active
    sheet.title = "机关事务局"
    for row in (
        ["江城市花名册(2026年10月)"],
        [f"单位（盖章）：{BUREAU}", None, None, None, "填报日期：2026.10.8"],
        ["序号", "处（科）室", "姓    名", "联系方式", None, None, "备注"],
        [None, None, None, "手机（旧）", "手机", "办公电话", None],
        [1, "办公室", "王　伟", 19900000001, "199 0000 0002", "88880001", None],
    ):
        sheet.append(row)
    for area in ("A1:G1", "A3:A4", "B3:B4", "C3:C4", "D3:F3", "G3:G4"):
        sheet.merge_cells(area)
    sheet.column_dimensions["D"].hidden = True
    held = found(saved(made))
    assert held.tables[0].header_row == 4
    assert [(column.meaning, column.hidden) for column in held.tables[0].columns][3:6] == [
        ("other", True),
        ("mobile", False),
        ("other", False),
    ]
    assert held.lines[0].mobile == "199 0000 0002"
    assert held.lines[0].unit == BUREAU
    assert (held.as_of.year, held.as_of.month) == (2026, 10)


def test_merged_blocks_and_cells_left_empty_stand_for_what_is_above() -> None:
    rows = [somebody(n) for n in range(1, 9)]
    for row in rows[1:]:
        row[1] = None
    for row in (*rows[1:4], *rows[5:]):
        row[2] = None
    rows[4][2] = "预算处"
    content = book(rows, merged=["C3:C6"])  # the first section is merged, the second left empty
    assert [section for _, _, section, _ in people(content)] == ["办公室"] * 4 + ["预算处"] * 4
    assert {unit for _, unit, _, _ in people(content)} == {FINANCE}


def test_an_empty_cell_in_a_filled_column_is_a_mistake_and_no_ditto() -> None:
    rows = [somebody(n) for n in range(1, 9)]
    rows[3][1] = None
    assert people(book(rows))[3][1] == ""


def test_rows_that_are_no_people_are_told_apart() -> None:
    rows = [
        somebody(1),
        [None] * 9,
        [2, *[None] * 8],
        [None, None, "小计", "13人"],
        ["序号", "单位", "科室", "姓名", "性别", "身份证号", "手机", "职务", "备注"],
        somebody(3),
        [None, "合计", None, 2],
        ["注：1.一人一行；2.借调人员由编制所在单位填报。"],
        ["制表人：", None, None, "赵一", None, None, "19900000009"],
    ]
    held = found(book(rows))
    assert [line.name for line in held.lines] == ["李一山", "赵一山"]
    assert held.ignored == [
        ("名册!4", "blank"),
        ("名册!5", "blank"),
        ("名册!6", "subtotal"),
        ("名册!7", "repeated_header"),
        ("名册!9", "total"),
        ("名册!10", "note"),
        ("名册!11", "signature"),
    ]


def test_covers_and_hidden_sheets_hold_nobody() -> None:
    made = Workbook()
    made.active.title = "封面"
    made.active.append(["序号", "单位", "人数", "联络员", "联系电话"])
    made.active.append([1, FINANCE, 90, "何一", 19900000001])
    people_sheet = made.create_sheet("财政局")
    people_sheet.append(["单位", "科室", "姓名", "身份证号"])
    people_sheet.append([*somebody(1)[1:4], somebody(1)[5]])
    hidden = made.create_sheet("旧名册")
    hidden.append(["单位", "科室", "姓名", "身份证号"])
    hidden.append([*somebody(2)[1:4], somebody(2)[5]])
    hidden.sheet_state = "hidden"
    held = found(saved(made))
    assert held.without_people == ["封面"]
    assert [line.at for line in held.lines] == ["财政局!2"]


def test_a_remark_merged_over_two_people_is_both_of_theirs() -> None:
    rows = [somebody(1, remark="已退休"), somebody(2), somebody(3)]
    assert [line.remark for line in found(book(rows, merged=["I3:I4"])).lines] == ["已退休", "已退休", ""]


def test_section_headings_across_the_table_name_the_section() -> None:
    header = ("序号", "姓名", "身份证号", "手机")
    rows = [
        ["一、办公室（2人）"],
        [1, "张一", somebody(1)[5], somebody(1)[6]],
        [2, "张二", somebody(2)[5], somebody(2)[6]],
        ["二、预算处（1人）"],
        [3, "张三", somebody(3)[5], somebody(3)[6]],
    ]
    content = book(rows, header=header, title=f"单位：{FINANCE}")
    assert [(unit, section) for _, unit, section, _ in people(content)] == [
        (FINANCE, "办公室"),
        (FINANCE, "办公室"),
        (FINANCE, "预算处"),
    ]


def test_columns_nobody_names_are_known_by_their_content() -> None:
    rows = [[somebody(n)[3], somebody(n)[5], somebody(n)[6], "办公室", FINANCE] for n in range(1, 30)]
    held = found(book(rows, header=("人", "号", "通信", "部门", "单位")))
    assert [column.meaning for column in held.tables[0].columns] == [
        "name",
        "id_number",
        "mobile",
        "section",
        "unit",
    ]


def test_what_somebody_said_of_a_column_is_heeded() -> None:
    rows = [["别名", *somebody(n)[1:]] for n in range(1, 5)]
    content = book(
        rows, header=("曾用", *("单位", "科室", "姓名", "性别", "身份证号", "手机", "职务", "备注"))
    )
    first = found(content).tables[0]
    said = {column.label: column.meaning for column in first.columns} | {"职务": "other", "备注": "post"}
    again = tables.find(reading.read(content, "x.xlsx"), {first.signature: said})
    assert [column.meaning for column in again.tables[0].columns][-2:] == ["other", "post"]
