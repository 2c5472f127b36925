"""What who books a room fills in; pages, the API and the case of an approval bind the same forms."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from houqin.affairs.forms import CaseForm
from houqin.foundation.people.models import Person
from houqin.foundation.places.models import Place
from houqin.services.meetings.models import Layout, MeetingClass, Room
from houqin.services.meetings.rules import Wish

_MISSING = {"required": gettext_lazy("请填写此项。")}


class BookingForm(CaseForm):
    """A room, a time, what for and how many; ``organiser`` is left empty by whoever books for themselves."""

    room = forms.ModelChoiceField(
        Room.objects.select_related("place", "keeper", "only_for").filter(place__ended_on__isnull=True),
        label=gettext_lazy("会议室"),
        to_field_name="place__code",
        error_messages={
            "required": gettext_lazy("请选择会议室。"),
            "invalid_choice": gettext_lazy("没有这间会议室，请重新选择。"),
        },
    )
    subject = forms.CharField(label=gettext_lazy("会议名称"), max_length=100, error_messages=_MISSING)
    starts_at = forms.DateTimeField(label=gettext_lazy("开始时间"), error_messages=_MISSING)
    ends_at = forms.DateTimeField(label=gettext_lazy("结束时间"), error_messages=_MISSING)
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
