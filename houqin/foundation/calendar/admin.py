"""The calendar in the back office; the year's page is the comfortable way."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from houqin.foundation.calendar import actions
from houqin.foundation.calendar.models import Day, WorkingHours, Year
from houqin.foundation.people.backoffice import BackOfficeAdmin, Values
from houqin.foundation.people.models import Person


def _set_day(actor: Person, values: Values) -> Day:
    actions.set_day(actor, on=values["on"], kind=values["kind"], name=values["name"])
    return Day.objects.get(pk=values["on"])


def _change_day(actor: Person, day: Day, changed: Values) -> Day:
    return _set_day(actor, {"on": day.on, "kind": day.kind, "name": day.name, **changed})


def _set_hours(actor: Person, values: Values) -> WorkingHours:
    return actions.set_hours(actor, **values)


def _change_hours(actor: Person, row: WorkingHours, changed: Values) -> WorkingHours:
    times = ("morning_from", "morning_to", "afternoon_from", "afternoon_to")
    return actions.set_hours(
        actor, from_on=row.from_on, **{name: getattr(row, name) for name in times} | dict(changed)
    )


class _CalendarAdmin(BackOfficeAdmin):
    permission = actions.PERMISSION
    key = ""

    def get_readonly_fields(self, request: Any, obj: Any = None) -> list[str]:
        return [self.key] if obj else []


@admin.register(Year)
class YearAdmin(_CalendarAdmin):
    key = "year"
    list_display = ["year", "notice_number"]
    add_action = staticmethod(lambda actor, values: actions.set_notice_number(actor, **values))
    change_action = staticmethod(
        lambda actor, row, changed: actions.set_notice_number(actor, year=row.year, **changed)
    )


@admin.register(Day)
class DayAdmin(_CalendarAdmin):
    key = "on"
    list_display = ["on", "kind", "name"]
    list_filter = ["kind"]
    search_fields = ["name"]
    date_hierarchy = "on"
    add_action = staticmethod(_set_day)
    change_action = staticmethod(_change_day)


@admin.register(WorkingHours)
class WorkingHoursAdmin(_CalendarAdmin):
    key = "from_on"
    list_display = ["from_on", "morning_from", "morning_to", "afternoon_from", "afternoon_to"]
    add_action = staticmethod(_set_hours)
    change_action = staticmethod(_change_hours)
