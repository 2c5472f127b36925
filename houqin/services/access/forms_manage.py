"""What whoever sets up doors fills in. Codes stand for records: of sections, places, areas, controllers."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from houqin.foundation.people.choosing import SectionField
from houqin.foundation.places.models import Place
from houqin.services.access.models import Area, Controller, Door, Way

_MISSING = {"required": gettext_lazy("请填写此项。")}


def _by_code(
    model: type[Any], label: Any, *, required: bool = False, **options: Any
) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        model.objects.all(),
        label=label,
        required=required,
        to_field_name="code",
        empty_label=gettext_lazy("无"),
        # Places are too many for a list.
        widget=forms.TextInput(attrs={"autocomplete": "off"})
        if model is Place
        else forms.Select(attrs={"data-find": ""}),
        error_messages={**_MISSING, "invalid_choice": gettext_lazy("没有这个编码，请核对。")},
        **options,
    )


class _Named(forms.Form):
    code = forms.SlugField(label=gettext_lazy("编码"), max_length=40, error_messages={
        **_MISSING, "invalid": gettext_lazy("编码只能用字母、数字、连字符和下划线。"),
    })  # fmt: skip
    name = forms.CharField(label=gettext_lazy("名称"), max_length=100, error_messages=_MISSING)

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        return dict(self.cleaned_data)


class AreaForm(_Named):
    """An area: who keeps it, what is around it, which places lie in it."""

    keeper = SectionField(label=gettext_lazy("管理科室"))
    parent = _by_code(Area, gettext_lazy("外围区域"), help_text=gettext_lazy("进入本区域前先经过的区域"))
    places = forms.CharField(
        label=gettext_lazy("包含场所"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("楼、层、房间的编码，用空格或逗号隔开"),
    )  # fmt: skip
    passback_minutes = forms.IntegerField(
        label=gettext_lazy("防反传（分钟）"), min_value=0, max_value=100_000, initial=0,
        help_text=gettext_lazy("进入后未离开，在此时间内不能再次进入；0 为不限制"),
    )  # fmt: skip
    on_request = forms.BooleanField(label=gettext_lazy("可在线申请"), required=False, initial=True)

    @staticmethod
    def initial_of(area: Area) -> dict[str, Any]:
        """As it is."""
        return {
            "code": area.code,
            "name": area.name,
            "keeper": area.keeper.code,
            "parent": area.parent.code if area.parent else "",
            "places": " ".join(area.places.order_by("path").values_list("code", flat=True)),
            "passback_minutes": area.passback_minutes,
            "on_request": area.on_request,
        }

    def clean_places(self) -> list[Place]:
        codes = set(filter(None, re.split(r"[\s,，、]+", self.cleaned_data["places"])))
        found = list(Place.objects.filter(code__in=codes))
        if missing := sorted(codes - {place.code for place in found}):
            raise forms.ValidationError(_("没有编码为 %(code)s 的场所。") % {"code": missing[0]})
        return found


class DoorForm(_Named):
    """A door: where it leads, who drives it."""

    area = forms.ModelChoiceField(
        Area.objects.none(), label=gettext_lazy("通向区域"), error_messages=_MISSING
    )
    controller = _by_code(Controller, gettext_lazy("控制器"), help_text=gettext_lazy("选“无”则不联网"))
    place = _by_code(Place, gettext_lazy("位置"), help_text=gettext_lazy("场所编码"))
    way = forms.ChoiceField(label=gettext_lazy("方向"), choices=Way.choices, initial=Way.BOTH)
    gate = forms.BooleanField(label=gettext_lazy("有门岗值守"), required=False)
    active = forms.BooleanField(label=pgettext_lazy("switch", "启用"), required=False, initial=True)

    def __init__(self, *args: Any, areas: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["area"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = areas.select_related("keeper")

    @staticmethod
    def initial_of(door: Door) -> dict[str, Any]:
        """As it is."""
        return {
            "code": door.code,
            "name": door.name,
            "area": door.area_id,
            "controller": door.controller.code if door.controller else "",
            "place": door.place.code if door.place else "",
            "way": door.way,
            "gate": door.gate,
            "active": door.active,
        }


class ControllerForm(_Named):
    """A controller: what it is called and where it hangs."""

    place = _by_code(Place, gettext_lazy("安装位置"), help_text=gettext_lazy("场所编码"))
    active = forms.BooleanField(label=pgettext_lazy("switch", "启用"), required=False, initial=True)

    @staticmethod
    def initial_of(controller: Controller) -> dict[str, Any]:
        """As it is."""
        return {
            "code": controller.code,
            "name": controller.name,
            "place": controller.place.code if controller.place else "",
            "active": controller.active,
        }
