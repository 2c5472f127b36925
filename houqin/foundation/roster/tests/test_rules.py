"""What a row, a remark, a unit's name and a number mean."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from houqin.foundation import standards
from houqin.foundation.roster import entries
from houqin.foundation.roster.remarks import has_left, is_second_post
from houqin.foundation.roster.tables import Line
from houqin.foundation.roster.tests.samples import id_number
from houqin.foundation.roster.text import organisation_name, person_name
from houqin.foundation.roster.units import Directory, Unit, full_names, is_nickname

OCTOBER = date(2026, 10, 28)


@pytest.mark.parametrize(
    "remark",
    [
        "退休",
        "已退休",
        "2026年8月退休",
        "已调至省厅",
        "2026年9月调出至市数据局",
        "8月调出至外市",
        "调离",
        "辞职",
        "去世",
        "因病去世",
        "离职",
        "已办理退休手续",
        "返聘期满，已离开",
        "退休，不再返聘",
        "借调期满调离",
        "达到退休年龄，已办理退休手续",
        "2026.8退休",
        "解除劳动合同",
    ],
)
def test_who_has_left(remark: str) -> None:
    assert has_left(remark, OCTOBER)


@pytest.mark.parametrize(
    "remark",
    ["", "退休返聘", "借调省厅（2027年6月止）", "借调至省厅", "由市财政局调入", "外单位调入", "拟于2026年12月退休", "2026年12月退休",
     "2027年1月到龄退休", "产假", "病休", "挂职，编制在原单位", "借调上级部门，编制未动", "兼任", "新录用", "未退休", "拟调出",
     "退休手续办理中", "待退休", "援藏", "原规划财务处更名", "延迟退休"],
)  # fmt: skip
def test_who_is_still_here(remark: str) -> None:
    assert not has_left(remark, OCTOBER)


def test_second_posts_are_said_in_remark_or_post() -> None:
    assert is_second_post("兼任", "副主任")
    assert is_second_post("", "兼副主任")
    assert not is_second_post("", "副主任")
    assert not is_second_post("兼顾信访", "科员")


@pytest.mark.parametrize(
    ("written", "stored"),
    [("王　伟", "王伟"), ("冯  丽", "冯丽"), (" 郭艳\u200b", "郭艳"), ("买买提•艾力", "买买提·艾力"), ("John  Smith", "John Smith")],
)  # fmt: skip
def test_names_as_they_are_stored(written: str, stored: str) -> None:
    assert person_name(written) == stored


def test_sections_as_they_are_stored() -> None:
    assert organisation_name("机关党委(机关纪委)") == organisation_name(" 机关党委（机关纪委）\n")
    assert organisation_name("对外合作\u3000处") == "对外合作处"


@pytest.mark.parametrize(
    "written",
    ["13912345678", "139 1234 5678", "139-1234-5678", "１３９１２３４５６７８", "+8613912345678", "0086-13912345678", "86 13912345678",
     "13912345678/13812345678", "13912345678（微信同号）", "13912345678、88880001", "1391234567813812345678", "'13912345678"],
)  # fmt: skip
def test_the_first_mobile_number_of_a_cell(written: str) -> None:
    assert entries.mobile(written) == "13912345678"


@pytest.mark.parametrize("written", ["1.39E+10", "1391234567", "139123O5678", "无", "139123456789", "abc"])
def test_bad_mobile_numbers(written: str) -> None:
    with pytest.raises(standards.Unfit) as refused:
        entries.mobile(written)
    assert refused.value.code == "bad_phone"


def test_no_mobile_number_is_none() -> None:
    assert {entries.mobile(text) for text in ("", " ", "-", "/", "——"[:1])} == {""}


GOOD = id_number(1)


@pytest.mark.parametrize(
    ("written", "is_number", "code"),
    [
        (GOOD, False, ""),
        (f"'{GOOD}", False, ""),
        (f"{GOOD[:6]} {GOOD[6:14]} {GOOD[14:]}", False, ""),
        (f"\xa0{GOOD}\u200b", False, ""),
        ("".join(chr(ord(digit) + 0xFEE0) for digit in GOOD), False, ""),
        (GOOD[:17] + str((int(GOOD[17].replace("X", "0")) + 1) % 10), False, "bad_id_checksum"),
        (GOOD[:15] + "000", True, "bad_id_checksum"),
        ("5.20202E+17", False, "bad_id_checksum"),
        (GOOD[:6] + GOOD[8:17], False, "bad_id_length"),
        (GOOD[:17], False, "bad_id_length"),
        (id_number(1, born="19900230"), False, "bad_id_birth_date"),
    ],
)
def test_id_numbers(written: str, is_number: bool, code: str) -> None:
    line = Line("名册", 3, "王伟", "江城市财政局", "办公室", written, id_is_number=is_number)
    entry = entries.checked(line, OCTOBER, OCTOBER)
    assert (entry.reason, entry.id_number) == (code, "" if code else GOOD)


def test_the_faults_of_a_row_in_their_order() -> None:
    worst = Line("名册", 3, "", "", "办公室", "1", "1")
    assert entries.checked(worst, OCTOBER, OCTOBER).reason == "missing_name"
    worst.name = "王伟"
    assert entries.checked(worst, OCTOBER, OCTOBER).reason == "missing_unit"
    worst.unit = "江城市财政局"
    assert entries.checked(worst, OCTOBER, OCTOBER).reason == "bad_id_length"
    worst.id_number = ""
    assert entries.checked(worst, OCTOBER, OCTOBER).reason == "bad_phone"


CITY = [
    "江城市财政局", "江城市临江区财政局", "江城市望湖区财政局", "江城市财政局国库支付中心", "江城市发展和改革委员会", "江城市卫生健康委员会",
    "江城市市场监督管理局", "江城市人民政府办公室", "江城市科学技术协会", "江城市综合行政执法局一支队", "江城市综合行政执法局二支队",
    "江城市民政局", "江城市政务服务中心",
]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("市财政局", "江城市财政局"),
        ("财政局", "江城市财政局"),
        ("江城市 财政局", "江城市财政局"),
        ("临江区财政局", "江城市临江区财政局"),
        ("市发改委", "江城市发展和改革委员会"),
        ("市卫健委", "江城市卫生健康委员会"),
        ("市市场监督管理局", "江城市市场监督管理局"),
        ("市场监督管理局", "江城市市场监督管理局"),
        ("市政府办", "江城市人民政府办公室"),
        ("市科协", "江城市科学技术协会"),
        ("市政务服务中心", "江城市政务服务中心"),
        ("江城市发展和改革委园会", None),
        ("江城市财政居", None),
        ("区财政局", None),
    ],
)
def test_units_by_their_names(written: str, meant: str | None) -> None:
    directory = Directory([Unit(name, pk) for pk, name in enumerate(CITY, start=1)], ["江城市"])
    found = directory.find(written)
    assert (found.name if found else None) == meant


def test_near_names_are_offered_for_an_unknown_one() -> None:
    directory = Directory([Unit(name, pk) for pk, name in enumerate(CITY, start=1)], ["江城市"])
    assert directory.near("江城市发展和改革委园会")[0].name == "江城市发展和改革委员会"


def test_the_units_of_a_county_that_is_written_in_short() -> None:
    directory = Directory([Unit("清水县财政局", 1), Unit("清水县教育局", 2)], ["清水县"])
    assert directory.find("县财政局").name == "清水县财政局"  # type: ignore[union-attr]


def test_nicknames_leave_out_more_than_a_letter() -> None:
    assert is_nickname("发改委", "发展和改革委员会")
    assert not is_nickname("退役军人事局", "退役军人事务局")
    assert not is_nickname("财政局", "临江区财政局")
    assert not is_nickname("第1医院", "第11人民医院")


def test_a_first_roster_groups_what_is_one_unit_and_doubts_what_is_misspelt() -> None:
    names = Counter({"江城市财政局": 20, "市财政局": 9, "江城市财政居": 1, "市发改委": 5, "江城市发展和改革委员会": 12, "市审计局": 6,
                     "江城市执法局一支队": 2, "江城市执法局二支队": 20})  # fmt: skip
    meant, misspelt = full_names(names, Directory([], ["江城市"]))
    assert meant["市财政局"] == "江城市财政局"
    assert meant["市发改委"] == "江城市发展和改革委员会"
    assert meant["市审计局"] == "江城市审计局"
    assert misspelt == {"江城市财政居"}
