"""Input of the portal's own pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from houqin.affairs.numbers import heard
from houqin.foundation import standards
from houqin.foundation.trail.actors import Outsider


class PhoneField(forms.CharField):
    """A phone number as people type it, in its normal form."""

    def __init__(self, **options: object) -> None:
        options.setdefault("label", _("手机号"))
        options.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel", "class": "w-date"})
        )
        options.setdefault("error_messages", {"required": _("请填写手机号，便于维修人员联系和您查询进度。")})
        super().__init__(max_length=30, **options)  # type: ignore[arg-type]  # Django's own options

    def clean(self, value: str) -> str:
        try:
            return standards.phone(super().clean(value))
        except standards.Unfit as unfit:
            raise forms.ValidationError(str(unfit.message), code=unfit.code) from unfit


class CallerForm(forms.Form):
    """Who a passer-by is, as far as we must know."""

    use_required_attribute = False
    caller_name = forms.CharField(
        label=_("怎么称呼您"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("请填写称呼，如“王女士”。")},
    )
    caller_phone = PhoneField(help_text=_("只用于联系您和查询进度。"))

    def outsider(self) -> Outsider:
        """The actor; for a valid form."""
        return Outsider(name=self.cleaned_data["caller_name"], phone=self.cleaned_data["caller_phone"])


class TrackForm(forms.Form):
    """Number and phone of a case somebody wants to follow without signing in."""

    use_required_attribute = False
    number = forms.CharField(
        label=_("办件编号"),
        max_length=30,
        help_text=_("提交后给您的 10 位数字，如 2600-421-737。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "w-date"}),
        error_messages={"required": _("请填写办件编号。")},
    )
    phone = PhoneField(help_text=_("提交时填写的手机号。"))

    def clean_number(self) -> str:
        number = heard(self.cleaned_data["number"])
        if number is None:
            raise forms.ValidationError(_("编号有误：应为 10 位数字，请对照短信或提交页再输一次。"))
        return number
