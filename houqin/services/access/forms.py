"""What is filled in around doors: asking for a permit, granting one, areas and doors."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from houqin.affairs.forms import CaseForm
from houqin.foundation.people.models import Person
from houqin.services.access import hours
from houqin.services.access.models import Area, Permit, PermitState

_MISSING = {"required": gettext_lazy("请填写此项。")}
#: A permit that is asked for holds for a year at most; then it is asked for again, or renewed by the keeper.
LONGEST_DAYS = 366

SPANS: dict[str, hours.Hours | None] = {
    "office": [{"days": hours.WORKDAYS, "from": "07:00", "to": "20:00"}],
    "daily": [{"days": [1, 2, 3, 4, 5, 6, 7], "from": "06:00", "to": "22:00"}],
    "always": None,
}
SPAN_NAMES = (
    ("office", gettext_lazy("工作日 07:00–20:00")),
    ("daily", gettext_lazy("每天 06:00–22:00")),
    ("always", gettext_lazy("全天（需说明理由）")),
)


class PeriodForm(forms.Form):
    """From which day to which, and at which hours."""

    span = forms.ChoiceField(
        label=gettext_lazy("通行时段"), choices=SPAN_NAMES, initial="office", widget=forms.RadioSelect
    )
    from_on = forms.DateField(
        label=gettext_lazy("自哪天起"),
        error_messages=_MISSING,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    until_on = forms.DateField(
        label=gettext_lazy("到哪天止"), error_messages=_MISSING, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("当天有效，最长一年"),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("from_on"), data.get("until_on")
        if first and not 2000 < first.year < 2200:
            self.add_error("from_on", _("生效日期不在合理范围，请核对。"))
        elif last and last < timezone.localdate():
            self.add_error("until_on", _("到期日期不能早于今天。"))
        elif first and last and not first <= last <= first + timedelta(days=LONGEST_DAYS):
            self.add_error("until_on", _("到期日期应在生效日期之后一年以内。"))
        return data

    def period(self) -> dict[str, Any]:
        """``from_at``, ``until_at`` and ``hours`` as a permit has them."""
        data = self.cleaned_data
        return {
            "from_at": midnight(data["from_on"]),
            "until_at": midnight(data["until_on"] + timedelta(days=1)),
            "hours": SPANS[data["span"]],
        }


class PermitForm(PeriodForm, CaseForm):
    """Into which areas, when, and what for. The areas must have one keeper, who decides in the end."""

    areas = forms.ModelMultipleChoiceField(
        Area.objects.filter(on_request=True).select_related("keeper"),
        label=gettext_lazy("要进入的区域"),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("只选您实际要去的区域；途经的外围区域自动包含。"),
        error_messages={
            "required": gettext_lazy("请至少选择一个区域。"),
            "invalid_choice": gettext_lazy("区域 %(value)s 不在可申请之列，请重新选择。"),
            "invalid_list": gettext_lazy("请提供区域编码的列表。"),
        },
    )
    reason = forms.CharField(
        label=gettext_lazy("事由"),
        max_length=200,
        error_messages=_MISSING,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    field_order = ("areas", "span", "from_on", "until_on", "reason")

    def clean_areas(self) -> list[Area]:
        chosen = list(self.cleaned_data["areas"])
        if len({area.keeper_id for area in chosen}) > 1:
            raise forms.ValidationError(_("所选区域由不同科室管理，请按管理科室分开申请。"))
        if isinstance(self.actor, Person) and _running(self.actor, chosen):
            raise forms.ValidationError(_("您对这些区域的申请正在审批，请在“我的办件”查看进度。"))
        return chosen

    def title(self) -> str:
        names = _("、").join(area.name for area in self.cleaned_data["areas"])
        return _("申请进入%(areas)s") % {"areas": names}

    def place(self) -> None:
        """Routing goes by the item alone: who decides is the areas' keeper."""


def _running(person: Person, areas: list[Area]) -> bool:
    wanted = sorted(area.pk for area in areas)
    asked = Permit.objects.filter(person=person, state=PermitState.ASKED)
    return asked.filter(areas=wanted).exists()


class IssueForm(PeriodForm):
    """A keeper gives somebody a permit."""

    person = forms.ModelChoiceField(
        Person.objects.active(),
        label=gettext_lazy("工号"),
        to_field_name="staff_number",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("请填写工号。"),
            "invalid_choice": gettext_lazy("没有这个工号的在职人员，请核对。"),
        },
    )
    areas = forms.ModelMultipleChoiceField(
        Area.objects.none(),
        label=pgettext_lazy("plural", "门禁区域"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("请至少选择一个区域。"),
            "invalid_choice": gettext_lazy("所选区域不在您管理的范围内。"),
        },
    )
    reason = forms.CharField(label=gettext_lazy("事由"), max_length=200, error_messages=_MISSING)
    field_order = ("person", "areas", "span", "from_on", "until_on", "reason")

    def __init__(self, *args: Any, areas: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["areas"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = areas


def midnight(day: date) -> datetime:
    """When a day begins in the compound."""
    return timezone.make_aware(datetime.combine(day, time()))
