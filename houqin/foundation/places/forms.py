"""Input of the pages of places, checked; nothing here is stored."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from houqin.foundation.errors import NotFound
from houqin.foundation.places import queries
from houqin.foundation.places.actions import BELOW
from houqin.foundation.places.models import Place, PlaceKind, SpaceKind


class PlaceForm(forms.Form):
    """A new place below ``parent``, or (``place``) what is known of one."""

    kind = forms.ChoiceField(label=_("类别"), widget=forms.RadioSelect)
    name = forms.CharField(label=_("名称"), max_length=60, help_text=_("门牌上的写法，如 0312 会议室。"))
    code = forms.CharField(
        label=_("编码"), max_length=40, help_text=_("全系统唯一，如 A-03-12；可以报给话务员。")
    )
    space_kind = forms.ChoiceField(label=_("用途"), required=False, choices=[("", "—"), *SpaceKind.choices])
    area_m2 = forms.DecimalField(
        label=_("面积（平方米）"), required=False, min_value=0.01, max_digits=9, decimal_places=2
    )
    capacity = forms.IntegerField(label=_("容纳人数"), required=False, min_value=0, max_value=1_000_000)
    position = forms.IntegerField(
        label=_("排序"),
        required=False,
        help_text=_("小的在前；相同时按拼音。"),
        min_value=-1_000_000,
        max_value=1_000_000,
    )

    def __init__(
        self, *args: Any, parent: Place | None = None, place: Place | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if place is not None:
            del self.fields["kind"]
        else:
            kinds = [(kind.value, kind.label) for kind in BELOW[parent.kind if parent else None]]
            field = self.fields["kind"]
            field.choices = kinds  # type: ignore[attr-defined]  # it is a choice field
            field.initial = kinds[0][0]
        if place is not None and place.kind != PlaceKind.SPACE:
            del self.fields["space_kind"]

    def clean_position(self) -> int:
        return self.cleaned_data["position"] or 0


class MoveForm(forms.Form):
    parent = forms.CharField(label=_("新的上级"), max_length=60, help_text=_("填上级的编码，如楼层 A-03。"))

    def clean_parent(self) -> Place:
        try:
            return queries.by_code(self.cleaned_data["parent"].strip())
        except NotFound as problem:
            raise forms.ValidationError(str(problem.message)) from problem
