"""What who keeps rooms fills in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from houqin.affairs.naming import said
from houqin.foundation.people.models import Organisation
from houqin.foundation.places.models import Place, PlaceKind
from houqin.foundation.places.queries import in_use
from houqin.services.meetings.forms import MomentField, RoomField
from houqin.services.meetings.models import ApprovalRule, Equipment, Layout, Room
from houqin.services.meetings.naming import sections_named


class RoomForm(forms.ModelForm):
    """What a room holds and how it is booked."""

    layouts = forms.MultipleChoiceField(
        label=gettext_lazy("可摆放形式"),
        choices=Layout.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    equipment = forms.MultipleChoiceField(
        label=gettext_lazy("设备"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Room
        fields: tuple[str, ...] = (
            "capacity", "layouts", "equipment", "opens_at", "closes_at", "setup_minutes", "clearing_minutes",
            "horizon_days", "longest_minutes", "release_minutes", "bookable", "note",
        )  # fmt: skip
        widgets = {
            "opens_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "closes_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "note": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["equipment"].choices = [  # type: ignore[attr-defined]  # a field with choices
            (code, said(name)) for code, name in Equipment.objects.values_list("code", "name")
        ]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        opens, closes = given.get("opens_at"), given.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", gettext_lazy("关闭时间应晚于开放时间。"))
        return given


class RuleForm(forms.ModelForm):
    """When booking needs approval; room by the code of its place, unit by name, short name or code."""

    room = RoomField(label=gettext_lazy("会议室"), max_length=50, required=False)
    unit = forms.CharField(label=gettext_lazy("预订单位"), max_length=50, required=False)

    class Meta:
        model = ApprovalRule
        fields = ("name", "room", "seats_from", "unit", "minutes_over", "after_hours", "external", "active")

    def clean_unit(self) -> Organisation | None:
        return unit_named(self.cleaned_data["unit"])


class NewRoomForm(forms.Form):
    """Which space becomes a meeting room, who keeps it, and for how many."""

    place = forms.ModelChoiceField(
        Place.objects.filter(in_use(), kind=PlaceKind.SPACE),
        to_field_name="code",
        label=gettext_lazy("房间"),
        error_messages={"invalid_choice": gettext_lazy("没有这个房间，请填写房间编号。")},
    )
    keeper = forms.CharField(label=gettext_lazy("管理科室"), max_length=50)
    capacity = forms.IntegerField(label=gettext_lazy("座位数"), min_value=1, max_value=10_000)

    def clean_keeper(self) -> Organisation | None:
        return unit_named(self.cleaned_data["keeper"])


class QuotaForm(forms.Form):
    """How much a unit may hold in a month."""

    unit = forms.CharField(label=gettext_lazy("单位"), max_length=50)
    minutes_a_month = forms.IntegerField(
        label=gettext_lazy("每月时长上限（分钟）"), min_value=0, max_value=10_000_000
    )

    def clean_unit(self) -> Organisation | None:
        return unit_named(self.cleaned_data["unit"])


def unit_named(text: str) -> Organisation | None:
    """The one unit that a name, short name or code means; none for an empty text. Raises ValidationError."""
    found = sections_named(text)
    if len(found) > 1:
        raise forms.ValidationError(gettext_lazy("请只填一个单位。"))
    return found[0] if found else None


class BlockForm(forms.Form):
    """When a room is closed, and why."""

    starts_at = MomentField(label=gettext_lazy("开始时间"))
    ends_at = MomentField(label=gettext_lazy("结束时间"))
    reason = forms.CharField(label=gettext_lazy("停用原因"), max_length=100)


class JoinForm(forms.Form):
    """The rooms between which walls open; none: the room stands for itself."""

    parts = forms.ModelMultipleChoiceField(
        Room.objects.none(), label=gettext_lazy("由哪些会议室合并而成"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("不选表示单独一间"),
    )  # fmt: skip

    def __init__(self, *args: Any, room: Room, **options: Any) -> None:
        super().__init__(*args, **options)
        near = Room.objects.filter(place__parent=room.place.parent_id, bookable=True).exclude(pk=room.pk)
        parts = self.fields["parts"]
        assert isinstance(parts, forms.ModelMultipleChoiceField)
        parts.queryset = near.select_related("place").order_by("place__position")
        self.initial["parts"] = list(room.parts.exclude(part=room).values_list("part", flat=True))
