"""What who books a room fills in; pages, the API and the case of an approval bind the same forms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from houqin.affairs.forms import CaseForm
from houqin.foundation.people.models import Person
from houqin.foundation.people.queries import organisation_of
from houqin.foundation.places.models import Place
from houqin.services.meetings.models import Layout, MeetingClass, Room
from houqin.services.meetings.naming import people_named
from houqin.services.meetings.queries.grid import day_of
from houqin.services.meetings.queries.rooms import bookable_rooms, room_by_code
from houqin.services.meetings.rules import Choice, Wish, in_reason

MISSING = {"required": gettext_lazy("请填写此项。")}


def _moment() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local", "step": 300}, format="%Y-%m-%dT%H:%M")


def day_input() -> forms.DateInput:
    """What a browser picks a day with; it knows days by one notation alone."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class MomentField(forms.DateTimeField):
    """A moment that a meeting can have: within this century, so that reckoning with it never leaves the calendar."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", _moment())
        options.setdefault("error_messages", MISSING)
        super().__init__(**options)

    def to_python(self, value: Any) -> datetime | None:
        try:
            found = super().to_python(value)
        except OverflowError as error:
            raise forms.ValidationError(gettext_lazy("请选择合理的时间。")) from error
        if found is not None and not in_reason(found):
            raise forms.ValidationError(gettext_lazy("请选择合理的时间。"))
        return found


class RoomField(forms.CharField):
    """A room by the code of its place, which is what stands at the door; a Room once it is clean."""

    def clean(self, value: Any) -> Any:
        code = super().clean(value)
        found = room_by_code(code) if code else None
        if code and found is None:
            raise forms.ValidationError(_("没有这间会议室，请重新选择。"))
        return found

    def prepare_value(self, value: Any) -> Any:
        return value.place.code if isinstance(value, Room) else value


class PersonField(forms.CharField):
    """Somebody of ours by name or staff number; a Person once it is clean, None where it is left empty."""

    def clean(self, value: Any) -> Any:
        found = people_named(super().clean(value))
        if len(found) > 1:
            raise forms.ValidationError(_("请只填一个人。"))
        return found[0] if found else None

    def prepare_value(self, value: Any) -> Any:
        return (value.staff_number or value.name) if isinstance(value, Person) else value


class BookingForm(CaseForm):
    """A room, a time, what for and how many; ``organiser`` is left empty by whoever books for themselves.

    With ``rule`` (RFC 5545) it is a series; what was chosen for its clashes comes along under :data:`CHOICE` names.
    """

    room = RoomField(
        label=gettext_lazy("会议室"), max_length=50,
        error_messages={"required": gettext_lazy("请选择会议室。")},
    )  # fmt: skip
    subject = forms.CharField(label=gettext_lazy("会议名称"), max_length=100, error_messages=MISSING)
    starts_at = MomentField(label=gettext_lazy("开始时间"))
    ends_at = MomentField(label=gettext_lazy("结束时间"))
    expected = forms.IntegerField(
        label=gettext_lazy("预计人数"), min_value=1, max_value=100_000, error_messages=MISSING
    )
    layout = forms.ChoiceField(
        label=gettext_lazy("摆放形式"),
        required=False,
        choices=[("", gettext_lazy("保持现状")), *Layout.choices],
    )
    organiser = PersonField(
        label=gettext_lazy("为谁预订"), max_length=50, required=False,
        help_text=gettext_lazy("填姓名或工号；为自己预订请留空"),
    )  # fmt: skip
    external_organiser = forms.CharField(
        label=gettext_lazy("外部主办方"), max_length=100, required=False,
        help_text=gettext_lazy("由院区外单位主办时填写"),
    )  # fmt: skip
    private = forms.BooleanField(label=gettext_lazy("不公开会议名称"), required=False)
    meeting_class = forms.ChoiceField(
        label=gettext_lazy("会议类别"), required=False, choices=MeetingClass.choices
    )
    yuan_a_head_day = forms.DecimalField(
        label=gettext_lazy("预算（元/人·天）"), required=False, min_value=0, max_digits=8, decimal_places=2
    )
    exceeds = forms.CharField(
        label=gettext_lazy("超出规定的理由"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    rule = forms.CharField(
        label=gettext_lazy("重复规则"), required=False, max_length=500, widget=forms.HiddenInput
    )
    skip_holidays = forms.BooleanField(
        label=gettext_lazy("跳过节假日和休息日"), required=False, widget=forms.HiddenInput
    )

    def offer_rooms(self) -> None:
        """Offer all rooms there are, for who did not come from one."""
        rooms = [
            (room.place.code, _("%(room)s（%(n)d 座）") % {"room": room, "n": room.capacity})
            for room in bookable_rooms()
        ]
        self.fields["room"].widget = forms.Select(choices=[("", ""), *rooms])

    def offer_layouts(self, room: Room | None) -> None:
        """Offer the layouts that the room can have."""
        if room:
            offered = [(value, label) for value, label in Layout.choices if value in room.layouts]
            layout = self.fields["layout"]
            assert isinstance(layout, forms.ChoiceField)
            layout.choices = [("", gettext_lazy("保持现状")), *offered]

    def title(self) -> str:
        begins = timezone.localtime(self.cleaned_data["starts_at"])
        form = (
            _("%(title)s（%(room)s，%(when)s 起的系列会议）")
            if self.cleaned_data["rule"]
            else _("%(title)s（%(room)s，%(when)s）")
        )
        return form % {
            "title": self.cleaned_data["subject"],
            "room": self.cleaned_data["room"],
            "when": f"{begins:%m-%d %H:%M}",
        }

    def place(self) -> Place | None:
        room: Room = self.cleaned_data["room"]
        return room.place

    def wish(self) -> Wish:
        """What the filled-in form asks for; the actor organises unless somebody else is named."""
        data = self.cleaned_data
        assert isinstance(self.actor, Person)
        organiser = data["organiser"] or self.actor
        organisation_of(organiser)
        return Wish(
            room=data["room"],
            organiser=organiser,
            starts_at=data["starts_at"],
            ends_at=data["ends_at"],
            expected=data["expected"],
            layout=data["layout"],
            meeting_class=data["meeting_class"],
            exceeds=data["exceeds"],
            external_organiser=data["external_organiser"],
            fen_a_head_day=int((data["yuan_a_head_day"] or Decimal(0)) * 100),
        )

    def named(self) -> dict[str, Any]:
        """The rest of what :func:`actions.book` takes."""
        return {"title": self.cleaned_data["subject"], "private": self.cleaned_data["private"]}

    def repeated(self) -> dict[str, Any]:
        """The rest of what :func:`actions.book_series` takes."""
        return {
            "rule": self.cleaned_data["rule"], "skip_holidays": self.cleaned_data["skip_holidays"],
            "choices": choices_of(self.data),
        }  # fmt: skip


#: Names of the fields by which a clash of a series is solved: ``choice-`` and the original start.
CHOICE = "choice-"
DROP = "drop"


def choices_of(given: Mapping[str, Any]) -> dict[datetime, Choice]:
    """What was chosen for each clash: drop the date, or ``room@start``."""
    found = {}
    for name, value in given.items():
        start = moment_of(name.removeprefix(CHOICE)) if name.startswith(CHOICE) else None
        if start is None or not value:
            continue
        room, _at, at = str(value).partition("@")
        if value == DROP:
            found[start] = Choice()
        elif room.isdecimal() and (begins := moment_of(at)):
            found[start] = Choice(
                room=Room.objects.select_related("place", "keeper", "only_for").filter(pk=int(room)).first(),
                starts_at=begins,
            )
    return found


def moment_of(text: str | None) -> datetime | None:
    """A moment as an address or a choice says it; none for what is none, or lies outside what meetings are reckoned in."""
    try:
        found = parse_datetime(text or "")
    except ValueError:
        return None
    if found is None or not in_reason(found):
        return None
    return timezone.make_aware(found) if timezone.is_naive(found) else found


class RepeatForm(forms.Form):
    """How often a meeting comes back; put together into an RFC 5545 rule by :meth:`rule`."""

    HOW = (
        ("", gettext_lazy("不重复")),
        ("DAILY", gettext_lazy("每天")),
        ("WEEKLY", gettext_lazy("每周")),
        ("BIWEEKLY", gettext_lazy("每两周")),
        ("MONTHLY", gettext_lazy("每月同一天")),
        ("MONTHLY_WEEKDAY", gettext_lazy("每月同一个星期几")),
    )
    repeat = forms.ChoiceField(label=gettext_lazy("重复"), choices=HOW, required=False)
    until = forms.DateField(
        label=gettext_lazy("重复到"), required=False, widget=day_input(),
        help_text=gettext_lazy("含当天，最长一年"),
    )  # fmt: skip
    skip_holidays = forms.BooleanField(label=gettext_lazy("跳过节假日和休息日"), required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("repeat") and not given.get("until") and "until" not in self.errors:
            self.add_error("until", gettext_lazy("请选择重复到哪一天。"))
        return given

    def rule(self, starts_at: datetime) -> str:
        """The rule for a series from ``starts_at`` on; empty for a meeting that does not come back."""
        how, until = self.cleaned_data["repeat"], self.cleaned_data["until"]
        if not how:
            return ""
        local = timezone.localtime(starts_at)
        rule = {
            "DAILY": "FREQ=DAILY",
            "WEEKLY": "FREQ=WEEKLY",
            "BIWEEKLY": "FREQ=WEEKLY;INTERVAL=2",
            "MONTHLY": "FREQ=MONTHLY",
            "MONTHLY_WEEKDAY": f"FREQ=MONTHLY;BYDAY={(local.day - 1) // 7 + 1}{_WEEKDAYS[local.weekday()]}",
        }[how]
        return f"{rule};UNTIL={until:%Y%m%d}T235959"


def repeat_of(rule: str) -> dict[str, Any]:
    """The answers of :class:`RepeatForm` that come nearest to a rule of somebody else's; none for one it cannot say."""
    parts = dict(part.split("=", 1) for part in rule.upper().split(";") if "=" in part)
    how = {
        ("DAILY", "1"): "DAILY",
        ("WEEKLY", "1"): "WEEKLY",
        ("WEEKLY", "2"): "BIWEEKLY",
        ("MONTHLY", "1"): "MONTHLY",
    }.get((parts.get("FREQ", ""), parts.get("INTERVAL", "1")), "")
    if how == "MONTHLY" and "BYDAY" in parts:
        how = "MONTHLY_WEEKDAY"
    until = re.match(r"(\d{4})(\d\d)(\d\d)", parts.get("UNTIL", ""))
    return {"repeat": how, "until": "-".join(until.groups()) if until else None, "skip_holidays": True}


_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class MoveForm(forms.Form):
    """Another room or another time; ``seen`` is the change the page showed."""

    room = forms.ModelChoiceField(
        Room.objects.select_related("place", "keeper", "only_for").filter(
            place__ended_on__isnull=True, bookable=True
        ),
        label=gettext_lazy("会议室"),
    )
    starts_at = MomentField(label=gettext_lazy("开始时间"))
    ends_at = MomentField(label=gettext_lazy("结束时间"))
    seen = forms.IntegerField(widget=forms.HiddenInput)


class FindForm(forms.Form):
    """What to look for: how many, how long, when, with what, and who must be there."""

    seats = forms.IntegerField(
        label=gettext_lazy("人数"), min_value=1, max_value=100_000, error_messages=MISSING
    )
    minutes = forms.TypedChoiceField(
        label=gettext_lazy("时长"), coerce=int, initial=60,
        choices=[(30, gettext_lazy("半小时")), (60, gettext_lazy("1 小时")), (90, gettext_lazy("1 个半小时")),
                 (120, gettext_lazy("2 小时")), (180, gettext_lazy("3 小时")), (240, gettext_lazy("半天"))],
    )  # fmt: skip
    first = forms.DateField(label=gettext_lazy("从哪天"), widget=day_input(), error_messages=MISSING)
    last = forms.DateField(label=gettext_lazy("到哪天"), widget=day_input(), error_messages=MISSING)
    equipment = forms.MultipleChoiceField(
        label=gettext_lazy("需要的设备"), required=False, widget=forms.CheckboxSelectMultiple
    )
    layout = forms.ChoiceField(
        label=gettext_lazy("摆放形式"), required=False, choices=[("", gettext_lazy("不限")), *Layout.choices]
    )
    people = forms.CharField(
        label=gettext_lazy("谁必须在场"),
        required=False,
        help_text=gettext_lazy("填姓名或工号，用顿号或空格隔开，避开他们已有的会议"),
    )

    def __init__(self, *args: Any, equipment: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["equipment"].choices = equipment  # type: ignore[attr-defined]  # a field with choices

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        first, last = given.get("first"), given.get("last")
        if (first and not in_reason(first)) or (last and not in_reason(last)):
            self.add_error("first", gettext_lazy("请选择合理的日期。"))
        elif first and last and not first <= last <= first + timedelta(days=30):
            self.add_error("last", gettext_lazy("结束日期应在开始日期之后一个月内。"))
        return given

    def wanted(self) -> dict[str, Any]:
        """What ``queries.find`` is asked."""
        given = dict(self.cleaned_data)
        first, last = given.pop("first"), given.pop("last")
        return {**given, "starts_from": day_of(first)[0], "ends_by": day_of(last)[1], "now": timezone.now()}

    def clean_people(self) -> list[Person]:
        """The people named. Every name must fit exactly one person."""
        return people_named(self.cleaned_data["people"])
