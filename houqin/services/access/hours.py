"""Weekly hours: ``[{"days": [1, 2, 3, 4, 5], "from": "07:00", "to": "20:00"}]``, Monday is 1, compound's time.

``to`` not after ``from`` reaches into the next day; no list at all means always.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

Hours = Sequence[Mapping[str, Any]]

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
WORKDAYS = [1, 2, 3, 4, 5]


def holds(hours: Hours | None, at: datetime) -> bool:
    """Whether a moment lies within."""
    if hours is None:
        return True
    local = timezone.localtime(at)
    day, minute = local.isoweekday(), local.hour * 60 + local.minute
    return any(_within(span, day, minute) for span in hours)


def _within(span: Mapping[str, Any], day: int, minute: int) -> bool:
    begins, ends = _minutes(span["from"]), _minutes(span["to"])
    if begins < ends:
        return day in span["days"] and begins <= minute < ends
    yesterday = (day - 2) % 7 + 1
    return (day in span["days"] and minute >= begins) or (yesterday in span["days"] and minute < ends)


def fault(hours: Any) -> str:
    """What is wrong with hours that came from outside, in words; nothing where they are right."""
    if hours is None:
        return ""
    if not isinstance(hours, list) or not hours:
        return _("通行时段应为列表，如 [{days: [1,2,3,4,5], from: 07:00, to: 20:00}]；不限时段请留空。")
    return (
        "" if all(_is_span(each) for each in hours) else _("通行时段应写明星期（1–7）和起止时间（HH:MM）。")
    )


def _is_span(span: Any) -> bool:
    if not isinstance(span, dict) or set(span) != {"days", "from", "to"}:
        return False
    days = span["days"]
    return (
        isinstance(days, list)
        and bool(days)
        and all(type(day) is int and 1 <= day <= 7 for day in days)
        and all(isinstance(span[end], str) and _CLOCK.fullmatch(span[end]) for end in ("from", "to"))
    )


def in_words(hours: Hours | None) -> str:
    """As people read it: 周一至周五 07:00–20:00."""
    if hours is None:
        return _("全天")
    return _("；").join(f"{_days(span['days'])} {span['from']}–{span['to']}" for span in hours)


def _days(days: Sequence[int]) -> str:
    names = [_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日")]
    chosen = sorted(set(days))
    if len(chosen) == 7:
        return _("每天")
    if len(chosen) > 2 and chosen == list(range(chosen[0], chosen[-1] + 1)):
        return _("%(first)s至%(last)s") % {"first": names[chosen[0] - 1], "last": names[chosen[-1] - 1]}
    return _("、").join(names[day - 1] for day in chosen)


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])
