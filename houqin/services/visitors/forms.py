"""What hosts, visitors, guards and keepers fill in. Pages and API calls bind the same forms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from houqin.affairs.forms import CaseForm
from houqin.foundation.people.models import Person
from houqin.foundation.places.models import Place
from houqin.foundation.places.queries import in_use
from houqin.foundation.standards import Unfit, mask_id, mask_phone, mask_plate, mobile, plate, resident_id
from houqin.portal.questions import place_named
from houqin.services.visitors import rules
from houqin.services.visitors.models import Kind

_MISSING = {"required": gettext_lazy("请填写此项。")}
_MOMENT = "%Y-%m-%dT%H:%M"


class NumberField(forms.CharField):
    """A text in the normal form that ``check`` makes of it, however it was typed."""

    def __init__(self, check: Any, **options: Any) -> None:
        options.setdefault("error_messages", _MISSING)
        options.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(max_length=40, **options)
        self.check_number = check

    def clean(self, value: Any) -> str:
        given = super().clean(value)
        try:
            return str(self.check_number(given)) if given else ""
        except Unfit as unfit:
            raise forms.ValidationError(str(unfit.message), code=unfit.code) from unfit


def phone_field(**options: Any) -> NumberField:
    widget = forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"})
    options.setdefault("label", gettext_lazy("手机号"))
    return NumberField(mobile, widget=widget, **options)


def plate_field() -> NumberField:
    widget = forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"})
    return NumberField(
        plate, label=gettext_lazy("车牌号"), required=False, widget=widget,
        help_text=gettext_lazy("开车来的填写，为其预留访客车位"),
    )  # fmt: skip


class MomentField(forms.DateTimeField):
    """Day and time as a phone's picker gives them, in the compound's time."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("error_messages", _MISSING)
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT)
        super().__init__(widget=widget, **options)

    def clean(self, value: Any) -> datetime | None:
        found: datetime | None = super().clean(value)
        if found and not rules.in_reason(found):
            raise forms.ValidationError(_("时间不在合理范围，请核对。"))
        return found


class PlaceField(forms.ModelChoiceField):
    """A place by its code, picked or scanned."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", gettext_lazy("到访地点"))
        super().__init__(
            Place.objects.filter(in_use()), to_field_name="code",
            error_messages={
                "required": gettext_lazy("请选择地点。"), "invalid_choice": gettext_lazy("没有找到这个地点，请重新选择。"),
            }, **options,
        )  # fmt: skip

    def to_python(self, value: Any) -> Any:
        """By its code, or by the code that stands on its door."""
        return super().to_python(place_named(value) or value)


class PeriodForm(forms.Form):
    """From when to when."""

    from_at = MomentField(label=gettext_lazy("何时到"))
    until_at = MomentField(label=gettext_lazy("何时离开"))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        start, end = data.get("from_at"), data.get("until_at")
        if not start or not end:
            return data
        if end <= start:
            self.add_error("until_at", _("离开时间应晚于到达时间。"))
        elif end < timezone.now():
            self.add_error("until_at", _("离开时间已经过去，请核对日期。"))
        elif end - start > rules.LONGEST:
            self.add_error("until_at", _("一次来访最长 14 天，长期进出请登记为承包单位人员。"))
        elif start > timezone.now() + rules.HORIZON:
            self.add_error("from_at", _("最多提前半年登记。"))
        return data


class VisitForm(PeriodForm, CaseForm):
    """What is told of a visit, by whoever tells it."""

    kind = forms.ChoiceField(label=gettext_lazy("来访类别"), choices=Kind.choices, initial=Kind.BUSINESS)
    purpose = forms.CharField(label=gettext_lazy("事由"), max_length=200, error_messages=_MISSING)
    companions = forms.IntegerField(
        label=gettext_lazy("随行人数"), min_value=0, max_value=200, required=False, initial=0
    )
    plate = plate_field()
    items = forms.CharField(
        label=gettext_lazy("携带物品"), required=False, max_length=200,
        help_text=gettext_lazy("如：笔记本电脑、样品；门岗据此查验"),
    )  # fmt: skip

    def clean_companions(self) -> int:
        return self.cleaned_data["companions"] or 0

    def kept(self) -> dict[str, Any]:
        """As other forms, but the numbers masked: the visit itself keeps them for whom they concern."""
        masks = {"phone": mask_phone, "id_number": mask_id, "plate": mask_plate, "host_tail": lambda text: ""}
        kept = super().kept()
        return {
            name: masks[name](value) if name in masks and value else value for name, value in kept.items()
        }


class InviteForm(VisitForm):
    """A host invites somebody."""

    host = forms.ModelChoiceField(
        Person.objects.active().select_related("organisation"), label=gettext_lazy("接待人"), required=False,
        widget=forms.HiddenInput, error_messages={"invalid_choice": gettext_lazy("没有这个人，请重新选择。")},
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("来访人姓名"), max_length=50, error_messages=_MISSING)
    phone = phone_field(help_text=gettext_lazy("通行码链接发到这个手机"))
    organisation = forms.CharField(label=gettext_lazy("来访单位"), required=False, max_length=100)
    id_number = NumberField(
        resident_id,
        label=gettext_lazy("身份证号"),
        required=False,
        help_text=gettext_lazy("进入机要区域时填写"),
    )
    place = PlaceField()  # type: ignore[assignment]  # Django takes declared fields off the class
    field_order = (
        "host", "name", "phone", "organisation", "kind", "purpose", "place", "from_at", "until_at", "companions", "plate",
        "items", "id_number",
    )  # fmt: skip

    def title(self) -> str:
        data = self.cleaned_data
        start = timezone.localtime(data["from_at"])
        named = {"name": data["name"], "place": data["place"], "when": f"{start:%m-%d %H:%M}"}
        return _("邀请%(name)s来访（%(place)s，%(when)s）") % named

    def told(self) -> dict[str, Any]:
        """What :func:`actions.invite` takes."""
        data = dict(self.cleaned_data)
        data["host"] = data["host"] or self.actor
        return data


class RequestForm(VisitForm):
    """Somebody from outside asks to come. The host is named by name and the last four digits of their phone, so that nobody can
    look through the staff.
    """

    name = forms.CharField(label=gettext_lazy("您的姓名"), max_length=50, error_messages=_MISSING)
    organisation = forms.CharField(label=gettext_lazy("您的单位"), required=False, max_length=100)
    host_name = forms.CharField(label=gettext_lazy("找谁"), max_length=50, error_messages=_MISSING)
    host_tail = forms.RegexField(
        r"^[0-9]{4}$", label=gettext_lazy("对方手机号后四位"),
        error_messages={**_MISSING, "invalid": gettext_lazy("请填写 4 位数字。")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    id_number = NumberField(resident_id, label=gettext_lazy("身份证号"), required=False)
    field_order = (
        "name", "organisation", "host_name", "host_tail", "kind", "purpose", "from_at", "until_at", "companions", "plate",
        "items", "id_number",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        name, last = data.get("host_name"), data.get("host_tail")
        if name and last:
            found = Person.objects.active().select_related("organisation", "usual_place")
            self.host = found.filter(name=name.strip(), phone__tail=last).first()
            if self.host is None:
                self.add_error("host_name", _("姓名和手机尾号对不上，请与对方核对后再填。"))
        return data

    def title(self) -> str:
        data = self.cleaned_data
        start = timezone.localtime(data["from_at"])
        return _("%(name)s申请来访（%(when)s）") % {"name": data["name"], "when": f"{start:%m-%d %H:%M}"}

    def place(self) -> Place | None:
        """The host's usual room; where none is known, the compound."""
        assert self.host is not None
        return self.host.usual_place or Place.objects.filter(parent=None).order_by("pk").first()
