"""Everything that changes the calendar. Limits already computed stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from houqin.foundation.calendar import clock
from houqin.foundation.calendar.models import Day, DayKind, WorkingHours, Year
from houqin.foundation.calendar.notice import NoticeDay
from houqin.foundation.errors import Problem
from houqin.foundation.people.scope import authorise_everywhere
from houqin.foundation.trail.actions import record
from houqin.foundation.trail.actors import Actor

PERMISSION = "calendar.manage"
#: From here on the last days of a year belong to the next year's notice.
_NEXT_NOTICE_FROM = (12, 21)


def _forget() -> None:
    """Now for the rest of this transaction, and again when others can see it."""
    clock.forget()
    transaction.on_commit(clock.forget)


def _day_facts(day: Day | None) -> dict[str, Any] | None:
    return {"kind": day.kind, "name": day.name} if day else None


@transaction.atomic
def set_day(actor: Actor, *, on: date, kind: str, name: str = "") -> None:
    """Make ``on`` a holiday, a worked day, or (``kind=""``) a plain day of the week again."""
    grant = authorise_everywhere(actor, PERMISSION)
    if kind and kind not in DayKind.values:
        raise Problem(errors={"kind": [_("请选择放假、上班或恢复平日。")]})
    before = Day.objects.select_for_update().filter(on=on).first()
    after = Day(on=on, kind=kind, name=name.strip()) if kind else None
    if _day_facts(before) == _day_facts(after):
        return
    if after:
        Day.objects.bulk_create(
            [after], update_conflicts=True, unique_fields=["on"], update_fields=["kind", "name"]
        )
    else:
        Day.objects.filter(on=on).delete()
    record(
        actor,
        "calendar.set_day",
        Day(on=on),
        before=_day_facts(before),
        after=_day_facts(after),
        grant=grant,
        name=f"{on:%Y-%m-%d}",
    )
    _forget()


@transaction.atomic
def set_notice_number(actor: Actor, *, year: int, notice_number: str) -> Year:
    """Say which official notice ``year`` follows; empty says that none has come out."""
    grant = authorise_everywhere(actor, PERMISSION)
    row, _created = Year.objects.select_for_update().get_or_create(year=year)
    before, row.notice_number = row.notice_number, notice_number.strip()
    if before == row.notice_number:
        return row
    row.save(update_fields=["notice_number"])
    record(
        actor,
        "calendar.set_notice_number",
        row,
        before={"notice_number": before},
        after={"notice_number": row.notice_number},
        grant=grant,
    )
    _forget()
    return row


@transaction.atomic
def adopt_notice(actor: Actor, *, year: int, notice_number: str, days: Sequence[NoticeDay]) -> Year:
    """Replace the days of ``year`` by those of its notice, which may reach into the December before."""
    grant = authorise_everywhere(actor, PERMISSION)
    if not notice_number.strip():
        raise Problem(errors={"notice_number": [_("请填写通知文号，如 国办发明电〔2025〕7号。")]})
    if any(not date(year - 1, *_NEXT_NOTICE_FROM) <= day.on <= date(year, 12, 31) for day in days):
        raise Problem(errors={"text": [_("通知中的日期不在 %(year)s 年内，请核对年份。") % {"year": year}]})
    replaced = Day.objects.filter(on__gte=date(year, 1, 1), on__lt=date(year, *_NEXT_NOTICE_FROM))
    before = [[day.on, day.kind, day.name] for day in replaced.select_for_update()]
    replaced.delete()
    Day.objects.bulk_create(
        [Day(on=day.on, kind=day.kind, name=day.name) for day in days],
        update_conflicts=True,
        unique_fields=["on"],
        update_fields=["kind", "name"],
    )
    row, _created = Year.objects.update_or_create(
        year=year, defaults={"notice_number": notice_number.strip()}
    )
    after = [[day.on, day.kind, day.name] for day in days]
    record(
        actor,
        "calendar.adopt_notice",
        row,
        before={"days": before},
        after={"notice_number": row.notice_number, "days": after},
        grant=grant,
    )
    _forget()
    return row


@transaction.atomic
def set_hours(
    actor: Actor,
    *,
    from_on: date,
    morning_from: time,
    morning_to: time,
    afternoon_from: time,
    afternoon_to: time,
) -> WorkingHours:
    """Working hours from ``from_on`` on, until the next entry: twice a year where summer has its own."""
    grant = authorise_everywhere(actor, PERMISSION)
    times = [morning_from, morning_to, afternoon_from, afternoon_to]
    if not (morning_from < morning_to <= afternoon_from < afternoon_to):
        raise Problem(
            errors={"morning_from": [_("四个时间须由早到晚：上午上班、上午下班、下午上班、下午下班。")]}
        )
    before = WorkingHours.objects.select_for_update().filter(pk=from_on).first()
    row, _created = WorkingHours.objects.update_or_create(
        from_on=from_on,
        defaults={
            "morning_from": morning_from,
            "morning_to": morning_to,
            "afternoon_from": afternoon_from,
            "afternoon_to": afternoon_to,
        },
    )
    record(
        actor,
        "calendar.set_hours",
        row,
        before=_hours_facts(before),
        after={"times": times},
        grant=grant,
    )
    _forget()
    return row


@transaction.atomic
def remove_hours(actor: Actor, *, from_on: date) -> None:
    """Take back an entry of working hours; the one before it holds again. The last one stays."""
    grant = authorise_everywhere(actor, PERMISSION)
    rows = list(WorkingHours.objects.select_for_update().order_by("from_on"))
    row = next((row for row in rows if row.from_on == from_on), None)
    if row is None:
        return
    if len(rows) == 1:
        raise Problem(_("至少要保留一条作息时间，请改为修改它。"), code="last_hours")
    record(actor, "calendar.remove_hours", row, before=_hours_facts(row), grant=grant)
    row.delete()
    _forget()


def _hours_facts(row: WorkingHours | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {"times": [row.morning_from, row.morning_to, row.afternoon_from, row.afternoon_to]}
