"""What who wants to park, and who keeps the lots, fills in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from houqin.affairs.forms import CaseForm
from houqin.foundation.places.models import Place
from houqin.foundation.standards import Unfit, mask_plate, plate
from houqin.services.parking import queries
from houqin.services.parking.models import Lot

_MISSING = {"required": gettext_lazy("请填写此项。")}
#: A permit is asked for anew at least once a year.
LONGEST = timedelta(days=366)


class LotField(forms.ModelChoiceField):
    """A lot by the code of its place."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            Lot.objects.select_related("place", "keeper").filter(place__ended_on__isnull=True, open=True),
            to_field_name="place__code",
            label=gettext_lazy("停车场"),
            error_messages={
                "required": gettext_lazy("请选择停车场。"),
                "invalid_choice": gettext_lazy("没有这个停车场，或已停用，请重新选择。"),
            },
            **options,
        )

    def prepare_value(self, value: Any) -> Any:
        return value.place.code if isinstance(value, Lot) else value


class PlateField(forms.CharField):
    """A plate, any way people type it, in its normal form."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", gettext_lazy("车牌号"))
        options.setdefault("help_text", gettext_lazy("如：浙A12345；新能源车 8 位"))
        widget = forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"})
        super().__init__(max_length=20, widget=widget, error_messages=_MISSING, **options)

    def clean(self, value: Any) -> str:
        given = super().clean(value)
        try:
            return plate(given) if given else ""
        except Unfit as unfit:
            raise forms.ValidationError(str(unfit.message), code=unfit.code) from unfit


class PermitForm(CaseForm):
    """A permit for one plate in one lot, for some days."""

    plate = PlateField()
    lot = LotField()
    from_on = forms.DateField(
        label=gettext_lazy("起始日期"),
        error_messages=_MISSING,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    until_on = forms.DateField(
        label=gettext_lazy("截止日期"), error_messages=_MISSING, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("最长一年，到期前可再申请"),
    )  # fmt: skip
    accessible = forms.BooleanField(
        label=gettext_lazy("需要无障碍车位"),
        required=False,
        help_text=gettext_lazy("入口屏会引导到有空余无障碍车位的停车场，只有停车管理人员看得到"),
    )
    reason = forms.CharField(
        label=gettext_lazy("事由"),
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def title(self) -> str:
        return _("车辆通行证 %(plate)s（%(lot)s）") % {
            "plate": mask_plate(self.cleaned_data["plate"]),
            "lot": self.cleaned_data["lot"],
        }

    def place(self) -> Place | None:
        lot: Lot = self.cleaned_data["lot"]
        return lot.place

    def kept(self) -> dict[str, Any]:
        """As other forms, but the plate masked and without the bay: the permit itself keeps those for whom they concern."""
        kept = {name: value for name, value in super().kept().items() if name != "accessible"}
        return {**kept, "plate": mask_plate(self.cleaned_data["plate"])}

    def clean_plate(self) -> str:
        number: str = self.cleaned_data["plate"]
        held = queries.holding(number)
        if held:
            raise forms.ValidationError(_("这个车牌已有通行证或正在申请，一个车牌只能有一张。"))
        return number

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        from_on, until_on = data.get("from_on"), data.get("until_on")
        if isinstance(from_on, date) and isinstance(until_on, date):
            if until_on < from_on or until_on < timezone.localdate():
                self.add_error("until_on", _("截止日期不能早于起始日期，也不能早于今天。"))
            elif until_on - from_on > LONGEST:
                self.add_error("until_on", _("一次最长申请一年。"))
        return data


class CountForm(forms.Form):
    """What somebody counted."""

    lot = LotField()
    counted = forms.IntegerField(
        label=gettext_lazy("清点到的车辆数"), min_value=0, max_value=100_000, error_messages=_MISSING
    )
    note = forms.CharField(label=gettext_lazy("说明"), required=False, max_length=200)


class ReserveForm(forms.Form):
    """Spaces that a keeper promises by hand."""

    lot = LotField()
    from_at = forms.DateTimeField(
        label=gettext_lazy("开始"), error_messages=_MISSING,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    until_at = forms.DateTimeField(
        label=gettext_lazy("结束"), error_messages=_MISSING,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    spaces = forms.IntegerField(
        label=gettext_lazy("车位数"), min_value=1, max_value=10_000, initial=1, error_messages=_MISSING
    )
    plate = PlateField(required=False, help_text=gettext_lazy("填了车牌只预留一个，入口屏会引导这辆车"))
    note = forms.CharField(
        label=gettext_lazy("用途"), max_length=200, error_messages=_MISSING, help_text=gettext_lazy("为谁、为什么预留")
    )  # fmt: skip


class CorrectForm(forms.Form):
    """Whose plate it was, and how the keeper knows."""

    plate = PlateField()
    note = forms.CharField(label=gettext_lazy("更正依据"), max_length=200, error_messages=_MISSING)


class EnterForm(forms.Form):
    """With which plate somebody takes part in a rotation."""

    plate = PlateField()


class RotationForm(forms.Form):
    """A rotation as it is announced."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=100, error_messages=_MISSING)
    lot = LotField()
    places = forms.IntegerField(
        label=gettext_lazy("车位数"), min_value=1, max_value=100_000, error_messages=_MISSING
    )
    enter_until = forms.DateTimeField(
        label=gettext_lazy("报名截止"), error_messages=_MISSING,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    from_on = forms.DateField(
        label=gettext_lazy("使用期从"),
        error_messages=_MISSING,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    until_on = forms.DateField(
        label=gettext_lazy("使用期至"),
        error_messages=_MISSING,
        widget=forms.DateInput(attrs={"type": "date"}),
    )


class DrawForm(forms.Form):
    """The public number of after the closing."""

    beacon = forms.CharField(
        label=gettext_lazy("公开数"), max_length=200, error_messages=_MISSING,
        help_text=gettext_lazy("报名截止后才产生、任何人都能查到的数，如当晚的彩票开奖号码，请写明出处和期号"),
    )  # fmt: skip
