"""What keepers fill in: people not let in, contractors and their people, hosting rules, a group's list."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy

from houqin.foundation.people.models import Person
from houqin.foundation.standards import resident_id
from houqin.services.visitors.forms import NumberField, PlaceField, VisitForm, phone_field
from houqin.services.visitors.models import Level, Rank

_MISSING = {"required": gettext_lazy("请填写此项。")}


def day_field(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        error_messages=_MISSING,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        **options,
    )


def time_field(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, error_messages=_MISSING, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )


def initial_of(record: models.Model, form: type[forms.Form]) -> dict[str, Any]:
    """What stands in the fields of ``form`` for a record."""
    return {name: getattr(record, name) for name in form.base_fields if hasattr(record, name)}


class StaffField(forms.ModelChoiceField):
    """Somebody of ours by staff number."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            Person.objects.active(), to_field_name="staff_number", widget=forms.TextInput(attrs={"autocomplete": "off"}),
            error_messages={
                "required": gettext_lazy("请填写工号。"), "invalid_choice": gettext_lazy("没有这个工号的在职人员，请核对。"),
            }, **options,
        )  # fmt: skip

    def prepare_value(self, value: Any) -> Any:
        return value.staff_number if isinstance(value, Person) else value


class DenialForm(forms.Form):
    """Whom not to let in, and why."""

    name = forms.CharField(label=gettext_lazy("姓名"), max_length=50, error_messages=_MISSING)
    phone = phone_field(required=False)
    id_number = NumberField(resident_id, label=gettext_lazy("身份证号"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("原因"), max_length=500, error_messages=_MISSING, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("只有管理此名单的人能看到；门岗只显示“请联系值班室”"),
    )  # fmt: skip
    until_on = day_field(gettext_lazy("有效至"), required=False, help_text=gettext_lazy("不填为长期"))


class ContractorForm(forms.Form):
    """A company whose people come again and again."""

    name = forms.CharField(label=gettext_lazy("单位名称"), max_length=100, error_messages=_MISSING)
    work = forms.CharField(label=gettext_lazy("作业内容"), max_length=100, error_messages=_MISSING)
    place = PlaceField()
    host = StaffField(label=gettext_lazy("责任人"), help_text=gettext_lazy("工号；到期时由其办理续期"))
    insured_until = day_field(gettext_lazy("保险有效至"))
    from_time = time_field(gettext_lazy("每天从"))
    until_time = time_field(gettext_lazy("每天到"))
    ended = forms.BooleanField(label=gettext_lazy("已结束，人员不能再进入"), required=False)


class WorkerForm(forms.Form):
    """One of a company's people."""

    name = forms.CharField(label=gettext_lazy("姓名"), max_length=50, error_messages=_MISSING)
    phone = phone_field()
    id_number = NumberField(resident_id, label=gettext_lazy("身份证号"), required=False)
    inducted_until = day_field(gettext_lazy("安全培训有效至"))


class WorkerChangeForm(forms.Form):
    """Another induction, or the end."""

    inducted_until = day_field(gettext_lazy("安全培训有效至"))
    ended = forms.BooleanField(label=gettext_lazy("已离场，不能再进入"), required=False)


class RuleForm(forms.Form):
    """Whom hosts may receive without approval."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=100, error_messages=_MISSING)
    place = PlaceField(required=False, help_text=gettext_lazy("不选为全院；多条规则以最内层区域的为准"))
    rank = forms.ChoiceField(label=gettext_lazy("接待人"), choices=Rank.choices)
    level = forms.ModelChoiceField(
        Level.objects.order_by("position"), label=gettext_lazy("职级不低于"), required=False,
        empty_label=gettext_lazy("不限"), help_text=gettext_lazy("按接待人的职务认定，见“职级”"),
    )  # fmt: skip
    workdays_only = forms.BooleanField(label=gettext_lazy("仅工作日"), required=False)
    from_time = time_field(gettext_lazy("从"))
    until_time = time_field(gettext_lazy("到"))
    most_people = forms.IntegerField(
        label=gettext_lazy("一次最多人数"), min_value=1, max_value=1000, error_messages=_MISSING
    )
    active = forms.BooleanField(label=gettext_lazy("启用"), required=False)


class LevelForm(forms.Form):
    """A level of office and the posts that count as it."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=50, error_messages=_MISSING)
    position = forms.IntegerField(
        label=gettext_lazy("次序"), min_value=1, max_value=9999, error_messages=_MISSING,
        help_text=gettext_lazy("数小的级别高"),
    )  # fmt: skip
    words = forms.CharField(
        label=gettext_lazy("职务、职级"), max_length=2000, error_messages=_MISSING, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("用顿号隔开；人员的职务含有其中一个词就算这一级，几个词都符合的以最长的为准"),
    )  # fmt: skip

    def clean_words(self) -> list[str]:
        return [word for word in re.split(r"[\s、，,;；]+", self.cleaned_data["words"]) if word]


class GroupForm(VisitForm):
    """What all on a list have in common. The list comes as a file, or sealed from the preview."""

    name = forms.CharField(label=gettext_lazy("团组名称"), max_length=100, error_messages=_MISSING)
    place = PlaceField()  # type: ignore[assignment]  # Django takes declared fields off the class
    file = forms.FileField(
        label=gettext_lazy("名单"), required=False,
        help_text=gettext_lazy("Excel 或 CSV，表头含“姓名”“手机”，可有“单位”“身份证”“车牌”"),
    )  # fmt: skip
    companions = None  # type: ignore[assignment]  # everybody is on the list
    plate = None  # type: ignore[assignment]
    items = None  # type: ignore[assignment]
    field_order = ("name", "kind", "purpose", "place", "from_at", "until_at", "file")

    def title(self) -> str:
        return str(self.cleaned_data["name"])
