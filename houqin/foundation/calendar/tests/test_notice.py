"""The official notice, pasted as published, gives the very days that were seeded."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from houqin.foundation.calendar.notice import parse_notice
from houqin.foundation.calendar.tests.test_clock import SEED
from houqin.foundation.errors import Problem

OF_2026 = """各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
国务院办公厅
2025年11月4日"""


def _seeded(year: int) -> list[tuple[date, str, str]]:
    with SEED.open(encoding="utf-8", newline="") as file:
        rows = [(date.fromisoformat(row["on"]), row["kind"], row["name"]) for row in csv.DictReader(file)]
    return [row for row in rows if row[0].year == year]


def test_the_notice_of_2026_gives_the_seeded_days() -> None:
    assert [(day.on, str(day.kind), day.name) for day in parse_notice(OF_2026, 2026)] == _seeded(2026)


def test_a_range_may_cross_the_new_year() -> None:
    days = parse_notice("一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。", 2023)
    assert [day.on for day in days] == [date(2022, 12, 31), date(2023, 1, 1), date(2023, 1, 2)]


def test_days_may_leave_out_their_month() -> None:
    days = parse_notice("国庆节：10月1日至7日放假。9月29日（星期日）、10月12日（星期六）上班。", 2024)
    assert [day.on for day in days if day.kind == "workday"] == [date(2024, 9, 29), date(2024, 10, 12)]


@pytest.mark.parametrize("text", ["", "没有任何日期", "元旦：2月31日放假。", "国庆节：10月7日至1日放假。"])
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(Problem) as told:
        parse_notice(text, 2026)
    assert told.value.code == "notice_unreadable"
