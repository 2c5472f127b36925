"""Reading the dates out of the official notice of the State Council's office as it is published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from houqin.foundation.calendar.models import DayKind
from houqin.foundation.errors import Problem

_ASIDE = re.compile(r"[（(][^）)]*[）)]")
_HEADING = re.compile(
    r"^(?:[一二三四五六七八九十]+[、.．]|\d+[、.．])?\s*(?P<name>[^：:。\d]{2,12})[：:](?P<rest>.*)$"
)
_DATE = r"(?:(?P<y{n}>\d{{4}})年)?(?:(?P<m{n}>\d{{1,2}})月)?(?P<d{n}>\d{{1,2}})日"
_RANGE = re.compile(_DATE.format(n=1) + r"(?:\s*[至—~-]\s*" + _DATE.format(n=2) + ")?")
_LONGEST_DAYS = 20


@dataclass(frozen=True)
class NoticeDay:
    """One day that the notice names."""

    on: date
    kind: DayKind
    name: str


def parse_notice(text: str, year: int) -> list[NoticeDay]:
    """The days that the notice for ``year`` names, in order.

    Raises :class:`Problem` when a line cannot be understood or nothing is found: no half
    notice is adopted.
    """
    days: dict[date, NoticeDay] = {}
    for name, sentence in _sentences(text):
        if "放假" in sentence:
            kind = DayKind.HOLIDAY
        elif "上班" in sentence:
            kind = DayKind.WORKDAY
        else:
            continue
        for on in _dates(sentence, year):
            days[on] = NoticeDay(on, kind, name)
    if not any(day.kind == DayKind.HOLIDAY for day in days.values()):
        raise Problem(
            _("没有从文字中读到放假日期，请粘贴通知中“一、元旦：…”起的各条原文。"), code="notice_unreadable"
        )
    return sorted(days.values(), key=lambda day: day.on)


def _sentences(text: str) -> Iterator[tuple[str, str]]:
    """Each sentence below a heading, with the holiday it belongs to; what is no dated line is passed over."""
    for line in text.splitlines():
        heading = _HEADING.match(_ASIDE.sub("", line).strip())
        if heading is None:
            continue
        for sentence in re.split(r"[。；;]", heading["rest"]):
            if sentence.strip():
                yield heading["name"].strip(), sentence


def _dates(sentence: str, year: int) -> Iterator[date]:
    """The dates of a sentence; a bare 日 takes the month before it, a range may cross the new year."""
    month = 0
    for found in _RANGE.finditer(sentence):
        month = int(found["m1"] or month)
        first = _date(found["y1"] or year, month, found["d1"], sentence)
        last = first
        if found["d2"]:
            month = int(found["m2"] or month)
            last = _date(found["y2"] or year, month, found["d2"], sentence)
        if not 0 <= (last - first).days <= _LONGEST_DAYS or abs(last.year - year) > 1:
            raise _unreadable(sentence)
        yield from (first + timedelta(days=n) for n in range((last - first).days + 1))


def _date(year: str | int, month: str | int, day: str | int, sentence: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise _unreadable(sentence) from None


def _unreadable(sentence: str) -> Problem:
    return Problem(
        _("读不懂这一句里的日期：%(sentence)s") % {"sentence": sentence.strip()}, code="notice_unreadable"
    )
