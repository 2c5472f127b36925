"""What whoever sets up car parks fills in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from houqin.foundation.people.choosing import SectionField
from houqin.foundation.people.models import Organisation
from houqin.foundation.places.models import Place, SpaceKind
from houqin.foundation.places.queries import in_use
from houqin.services.parking.models import Camera, ChargeState, Lot, Space
from houqin.services.parking.models import SpaceKind as BayKind

_MISSING = {"required": gettext_lazy("请填写此项。")}
_ON = pgettext_lazy("switch", "启用")


class LotForm(forms.Form):
    """What a lot holds, who keeps it, how it is guided to."""

    keeper = SectionField(label=gettext_lazy("管理科室"))
    capacity = forms.IntegerField(
        label=gettext_lazy("车位数"), min_value=1, max_value=100_000, error_messages=_MISSING
    )
    reservable = forms.IntegerField(
        label=gettext_lazy("可预留车位数"), min_value=0, max_value=100_000, initial=0, error_messages=_MISSING,
        help_text=gettext_lazy("同一时刻最多为会议、来访等预留多少个"),
    )  # fmt: skip
    longest_hours = forms.IntegerField(
        label=gettext_lazy("停放超过多少小时算超时"), min_value=1, max_value=10_000, initial=24, error_messages=_MISSING
    )  # fmt: skip
    position = forms.IntegerField(
        label=gettext_lazy("引导顺序"), min_value=0, max_value=1000, initial=1, error_messages=_MISSING,
        help_text=gettext_lazy("小的先引导"),
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("入口提示"), max_length=100, required=False, help_text=gettext_lazy("如：限高 2.2 米")
    )  # fmt: skip
    visitors = forms.BooleanField(label=gettext_lazy("引导访客车辆"), required=False, initial=True)
    open = forms.BooleanField(label=gettext_lazy("开放"), required=False, initial=True)

    @staticmethod
    def initial_of(lot: Lot) -> dict[str, Any]:
        """As it is."""
        names = ("capacity", "reservable", "longest_hours", "position", "note", "visitors", "open")
        return {"keeper": lot.keeper.code, **{name: getattr(lot, name) for name in names}}


class NewLotForm(LotForm):
    """A place that becomes a lot."""

    place = forms.ModelChoiceField(
        Place.objects.filter(in_use(), space_kind=SpaceKind.PARKING, parking_lot__isnull=True).order_by("path"),
        label=gettext_lazy("场所"), to_field_name="code",
        help_text=gettext_lazy("用途为“停车场”的场所；没有的，请先由系统管理员新增"),
        error_messages={"required": gettext_lazy("请选择场所。"), "invalid_choice": gettext_lazy("这个场所不是停车用途，或已是停车场。")},
    )  # fmt: skip
    field_order = ("place",)


class SpacesForm(forms.Form):
    """Numbered spaces of one kind, in a row."""

    kind = forms.ChoiceField(
        label=gettext_lazy("类别"), choices=BayKind.choices, initial=BayKind.EV, widget=forms.RadioSelect
    )
    letters = forms.CharField(
        label=gettext_lazy("编号前缀"), max_length=20, required=False, help_text=gettext_lazy("如：C")
    )
    first = forms.IntegerField(
        label=gettext_lazy("起始号"), min_value=1, max_value=99_999, initial=1, error_messages=_MISSING
    )
    many = forms.IntegerField(
        label=gettext_lazy("数量"), min_value=1, max_value=500, initial=1, error_messages=_MISSING
    )


class SpaceForm(forms.Form):
    """One numbered space."""

    kind = forms.ChoiceField(label=gettext_lazy("类别"), choices=BayKind.choices, widget=forms.RadioSelect)
    charge = forms.ChoiceField(
        label=gettext_lazy("充电桩状态"), choices=ChargeState.choices[1:], required=False, widget=forms.RadioSelect,
        help_text=gettext_lazy("只用于充电车位；充电桩下次上报时更新"),
    )  # fmt: skip
    active = forms.BooleanField(label=_ON, required=False)

    @staticmethod
    def initial_of(space: Space) -> dict[str, Any]:
        """As it is."""
        return {"kind": space.kind, "charge": space.charge, "active": space.active}


class NewCameraForm(forms.Form):
    """A camera that reports for the lot."""

    code = forms.SlugField(
        label=gettext_lazy("编码"), max_length=40, help_text=gettext_lazy("相机上报时用的编码，以后不能改"),
        error_messages={**_MISSING, "invalid": gettext_lazy("编码只能用字母、数字、连字符和下划线。")},
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("名称"), max_length=100, required=False)


class CameraForm(forms.Form):
    """A camera that there is."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=100, required=False)
    active = forms.BooleanField(label=_ON, required=False)

    @staticmethod
    def initial_of(camera: Camera) -> dict[str, Any]:
        """As it is."""
        return {"name": camera.name, "active": camera.active}


class QuotaForm(forms.Form):
    """How many permits a unit may have; without a unit, all together."""

    unit = forms.ModelChoiceField(
        Organisation.objects.filter(kind="unit").order_by("pinyin"),
        label=gettext_lazy("单位"),
        required=False,
        empty_label=gettext_lazy("全部单位合计"),
    )
    most = forms.IntegerField(
        label=gettext_lazy("通行证上限"), min_value=0, max_value=1_000_000, error_messages=_MISSING
    )


class PartnerForm(forms.Form):
    """Another compound."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=100, error_messages=_MISSING)
    code = forms.CharField(
        label=gettext_lazy("编码"), max_length=200, error_messages=_MISSING, help_text=gettext_lazy("对方“停车设置”里写明的本院区编码")
    )  # fmt: skip
    public_key = forms.CharField(
        label=gettext_lazy("公钥（Ed25519，base64）"), max_length=100, error_messages=_MISSING
    )


class TokenForm(forms.Form):
    """What a partner signed: a permit, or that one ended."""

    token = forms.CharField(
        label=gettext_lazy("通行证文本"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}), error_messages=_MISSING,
        help_text=gettext_lazy("以 HQP1. 开头，由车主或对方院区提供"),
    )  # fmt: skip


class WhyForm(forms.Form):
    """Why a permit of a partner is good here no more."""

    why = forms.CharField(label=gettext_lazy("撤销原因"), max_length=200, error_messages=_MISSING)


class DisplayForm(forms.Form):
    """A screen at a gate."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=100, error_messages=_MISSING)
    camera = forms.ModelChoiceField(
        Camera.objects.filter(active=True), label=gettext_lazy("相机"), required=False,
        empty_label=gettext_lazy("不引导单车，只显示空位"),
    )  # fmt: skip
