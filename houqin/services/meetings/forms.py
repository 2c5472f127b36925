"""What who books a room fills in; pages, the API and the case of an approval bind the same forms."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from houqin.affairs.forms import CaseForm
from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.places.models import Place
from houqin.services.meetings.guests import Guest
from houqin.services.meetings.models import Layout, Meeting, MeetingClass, NeedKind, Room
from houqin.services.meetings.rules import Wish, in_reason

_MISSING = {"required": gettext_lazy("请填写此项。")}


def _moment() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local", "step": 300}, format="%Y-%m-%dT%H:%M")


class MomentField(forms.DateTimeField):
    """A moment that a meeting can have: within this century, so that reckoning with it never leaves the calendar."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", _moment())
        options.setdefault("error_messages", _MISSING)
        super().__init__(**options)

    def to_python(self, value: Any) -> datetime | None:
        try:
            found = super().to_python(value)
        except OverflowError as error:
            raise forms.ValidationError(gettext_lazy("请选择合理的时间。")) from error
        if found is not None and not in_reason(found):
            raise forms.ValidationError(gettext_lazy("请选择合理的时间。"))
        return found


class RoomField(forms.ModelChoiceField):
    """A room by the code of its place, which is what stands at the door."""

    def prepare_value(self, value: Any) -> Any:
        return value.place.code if isinstance(value, Room) else value


class BookingForm(CaseForm):
    """A room, a time, what for and how many; ``organiser`` is left empty by whoever books for themselves."""

    room = RoomField(
        Room.objects.select_related("place", "keeper", "only_for").filter(place__ended_on__isnull=True),
        label=gettext_lazy("会议室"),
        to_field_name="place__code",
        error_messages={
            "required": gettext_lazy("请选择会议室。"),
            "invalid_choice": gettext_lazy("没有这间会议室，请重新选择。"),
        },
    )
    subject = forms.CharField(label=gettext_lazy("会议名称"), max_length=100, error_messages=_MISSING)
    starts_at = MomentField(label=gettext_lazy("开始时间"))
    ends_at = MomentField(label=gettext_lazy("结束时间"))
    expected = forms.IntegerField(
        label=gettext_lazy("预计人数"), min_value=1, max_value=100_000, error_messages=_MISSING
    )
    layout = forms.ChoiceField(
        label=gettext_lazy("摆放形式"),
        required=False,
        choices=[("", gettext_lazy("保持现状")), *Layout.choices],
    )
    organiser = forms.ModelChoiceField(
        Person.objects.active().select_related("organisation"),
        label=gettext_lazy("组织者"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("没有这个人，请重新选择。")},
    )
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

    def offer_layouts(self, room: Room | None) -> None:
        """Offer the layouts that the room can have."""
        if room:
            offered = [(value, label) for value, label in Layout.choices if value in room.layouts]
            layout = self.fields["layout"]
            assert isinstance(layout, forms.ChoiceField)
            layout.choices = [("", gettext_lazy("保持现状")), *offered]

    def title(self) -> str:
        begins = timezone.localtime(self.cleaned_data["starts_at"])
        return _("%(title)s（%(room)s，%(when)s）") % {
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
        return Wish(
            room=data["room"],
            organiser=data["organiser"] or self.actor,
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


class NeedForm(CaseForm):
    """What a meeting needs: kind, words, how many, when. The meeting comes with the call."""

    kind = forms.ChoiceField(label=gettext_lazy("需求"), choices=NeedKind.choices, error_messages=_MISSING)
    text = forms.CharField(
        label=gettext_lazy("说明"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("如：桌型、用餐标准、语种、直播平台"),
    )  # fmt: skip
    quantity = forms.IntegerField(label=gettext_lazy("数量"), required=False, min_value=1, max_value=100_000)
    wanted_at = MomentField(label=gettext_lazy("何时要"), required=False)

    def title(self) -> str:
        meeting: Meeting = self.data.meeting  # type: ignore[attr-defined]  # the engine passes what actions.needs asked with
        kind = NeedKind(self.cleaned_data["kind"]).label
        return _("%(kind)s：%(title)s") % {"kind": kind, "title": meeting.title}

    def place(self) -> Place | None:
        place: Place = self.data.meeting.room.place  # type: ignore[attr-defined]  # as above
        return place

    def category(self) -> str:
        return str(self.cleaned_data["kind"])


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
        label=gettext_lazy("重复到"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
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
        label=gettext_lazy("人数"), min_value=1, max_value=100_000, error_messages=_MISSING
    )
    minutes = forms.TypedChoiceField(
        label=gettext_lazy("时长"), coerce=int, initial=60,
        choices=[(30, gettext_lazy("半小时")), (60, gettext_lazy("1 小时")), (90, gettext_lazy("1 个半小时")),
                 (120, gettext_lazy("2 小时")), (180, gettext_lazy("3 小时")), (240, gettext_lazy("半天"))],
    )  # fmt: skip
    first = forms.DateField(
        label=gettext_lazy("从哪天"), widget=forms.DateInput(attrs={"type": "date"}), error_messages=_MISSING
    )
    last = forms.DateField(
        label=gettext_lazy("到哪天"), widget=forms.DateInput(attrs={"type": "date"}), error_messages=_MISSING
    )
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

    def clean_people(self) -> list[Person]:
        """The people named. Every name must fit exactly one person."""
        return people_named(self.cleaned_data["people"])


class InviteForm(forms.Form):
    """Whom to ask: whole organisations, people by name or staff number, guests from outside one a line."""

    sections = forms.CharField(
        label=gettext_lazy("整个科室"),
        required=False,
        help_text=gettext_lazy("填科室名称，用顿号或空格隔开，邀请科室全部人员"),
    )
    people = forms.CharField(
        label=gettext_lazy("本院区人员"),
        required=False,
        help_text=gettext_lazy("填姓名或工号，用顿号或空格隔开"),
    )
    guests = forms.CharField(
        label=gettext_lazy("院区外人员"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("每行一人：姓名 单位 职务 手机，可从表格粘贴"),
    )  # fmt: skip

    def clean_people(self) -> list[Person]:
        return people_named(self.cleaned_data["people"])

    def clean_sections(self) -> list[Organisation]:
        """The sections named; every name must fit exactly one."""
        found, unknown = [], []
        for word in words_of(self.cleaned_data["sections"]):
            fitting = list(
                Organisation.objects.filter(
                    Q(name=word) | Q(short_name=word) | Q(code=word), ended_on__isnull=True
                )[:2]
            )
            (found.append(fitting[0]) if len(fitting) == 1 else unknown.append(word))
        if unknown:
            raise forms.ValidationError(
                _("%(names)s：没有这个科室或有重名，请改填科室编码。") % {"names": _("、").join(unknown)}
            )
        return found

    def clean_guests(self) -> list[Guest]:
        """One guest a line; a mobile number is known by its shape."""
        found = []
        for line in self.cleaned_data["guests"].splitlines():
            cells = [cell for cell in re.split(r"[\t,，;；]|\s{1,}", line.strip()) if cell]
            if not cells:
                continue
            phones = [cell for cell in cells if re.fullmatch(r"\+?[\d-]{7,}", cell)]
            words = [cell for cell in cells if cell not in phones]
            if not words:
                raise forms.ValidationError(_("“%(line)s”缺少姓名，请补上。") % {"line": line.strip()})
            name, organisation, post = [*words, "", ""][:3]
            found.append(Guest(name, organisation, post, phones[0] if phones else ""))
        return found

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if not self.errors and not any(given.get(name) for name in ("sections", "people", "guests")):
            raise forms.ValidationError(_("请填写要邀请的人或科室。"))
        return given

    def everybody(self) -> list[Person]:
        """The people named and all of the sections named, each once."""
        below = Q(pk__in=[])
        for section in self.cleaned_data["sections"]:
            below |= Q(organisation__path__startswith=section.path)
        members = Person.objects.active().filter(below).select_related("organisation")
        return list({person.pk: person for person in [*self.cleaned_data["people"], *members]}.values())


class FeedbackForm(forms.Form):
    """How a meeting was, in three taps."""

    room_stars = forms.TypedChoiceField(
        label=gettext_lazy("会议室"), coerce=int, choices=[(n, "★" * n) for n in range(5, 0, -1)],
        widget=forms.RadioSelect, error_messages={"required": gettext_lazy("请选择一至五星。")},
    )  # fmt: skip
    service_stars = forms.TypedChoiceField(
        label=gettext_lazy("会务服务"), coerce=int, choices=[(n, "★" * n) for n in range(5, 0, -1)],
        widget=forms.RadioSelect, error_messages={"required": gettext_lazy("请选择一至五星。")},
    )  # fmt: skip
    words = forms.CharField(
        label=gettext_lazy("还想说的"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def words_of(text: str) -> list[str]:
    """The words of a list typed by hand."""
    return [word for word in re.split(r"[\s、，,;；]+", text.strip()) if word]


def people_named(text: str) -> list[Person]:
    """The people a list names by name or staff number. Raises ValidationError for a word that fits nobody, or several."""
    found, unknown = [], []
    for word in words_of(text):
        fitting = list(
            Person.objects.active()
            .filter(Q(name=word) | Q(staff_number=word))
            .select_related("organisation")[:2]
        )
        (found.append(fitting[0]) if len(fitting) == 1 else unknown.append(word))
    if unknown:
        names = _("、").join(unknown)
        raise forms.ValidationError(_("%(names)s：没有这个人或有重名，请改填工号。") % {"names": names})
    return found
