"""Input of the administrators' and dispatchers' pages."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.forms.models import model_to_dict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from houqin.affairs.declare import ITEMS, ClockKind, Item, StepKind
from houqin.affairs.models import ItemSetting, WarningSetting
from houqin.affairs.offers import Offered
from houqin.affairs.warnings.declare import Rule
from houqin.foundation.people.models import Organisation, OrganisationKind, Person

_DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "w-date"})
_CLOCK = forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "w-short"})
_MOST_MINUTES = 60 * 24 * 366
_PARTS = ("name", "minutes", "clock")


def units() -> Any:
    """Units and sections that items may be set for."""
    kinds = [OrganisationKind.UNIT, OrganisationKind.SECTION]
    return Organisation.objects.filter(kind__in=kinds, ended_on__isnull=True).order_by("path")


class MinutesField(forms.IntegerField):
    """A limit in minutes; empty for "as declared"."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        options.setdefault("error_messages", {"min_value": _("时限应为大于零的分钟数。")})
        super().__init__(min_value=1, max_value=_MOST_MINUTES, **options)


class ItemForm(forms.Form):
    """What may be set of an item. The fields of its steps are named ``<step>__name``, ``__minutes``, ``__clock``."""

    name = forms.CharField(label=_("显示名称"), required=False, max_length=60)
    position = forms.IntegerField(
        label=_("排序"), required=False, min_value=-9999, max_value=9999, help_text=_("小的在前。")
    )
    enabled = forms.BooleanField(label=_("开放办理"), required=False)
    limit_minutes = MinutesField(label=_("承诺时限（分钟）"))

    def __init__(
        self, *args: Any, item: Item, setting: ItemSetting | None, base: Offered, **options: Any
    ) -> None:
        self.item = item
        options["initial"] = _initial(item, setting)
        super().__init__(*args, **options)
        self.fields["name"].help_text = _("留空则用“%(name)s”。") % {"name": item.name}
        if base.limit:
            self.fields["limit_minutes"].help_text = _("留空则按 %(n)s 分钟。") % {"n": base.limit.minutes}
        for step in item.flow:
            self.fields[f"{step.key}__name"] = forms.CharField(
                label=_("名称"),
                required=False,
                max_length=30,
                help_text=_("留空则用“%(name)s”。") % {"name": step.name},
            )
            if step.kind == StepKind.CONFIRM:
                continue  # it waits three workdays for the applicant, whatever anybody sets
            declared = step.limit.minutes if step.limit else None
            self.fields[f"{step.key}__minutes"] = MinutesField(
                label=_("时限（分钟）"),
                help_text=_("留空则按 %(n)s 分钟。") % {"n": declared} if declared else _("留空则不限。"),
            )
            self.fields[f"{step.key}__clock"] = forms.ChoiceField(
                label=_("计时方式"), required=False, choices=[("", _("按事项规定")), *ClockKind.choices]
            )

    def steps(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Each step's declared name with its fields, for the page."""
        return [
            (
                str(step.name),
                [self[f"{step.key}__{part}"] for part in _PARTS if f"{step.key}__{part}" in self.fields],
            )
            for step in self.item.flow
        ]

    def general(self) -> list[forms.BoundField]:
        return [self[name] for name in ("name", "position", "enabled", "limit_minutes")]

    def values(self) -> dict[str, Any]:
        """What ``change_item`` takes; for a valid form."""
        data = self.cleaned_data
        steps: dict[str, dict[str, Any]] = {}
        for step in self.item.flow:
            said = {part: data.get(f"{step.key}__{part}") for part in _PARTS}
            if said := {part: value for part, value in said.items() if value}:
                steps[step.key] = said
        return {
            "name": data["name"],
            "position": data["position"] or 0,
            "enabled": data["enabled"],
            "limit_minutes": data["limit_minutes"],
            "steps": steps,
        }


def _initial(item: Item, setting: ItemSetting | None) -> dict[str, Any]:
    if setting is None:
        return {"enabled": True, "position": 0}
    initial = {name: getattr(setting, name) for name in ("name", "position", "enabled", "limit_minutes")}
    for key, said in setting.steps.items():
        initial |= {f"{key}__{part}": value for part, value in said.items()}
    return initial


class RouteForm(forms.Form):
    """A routing rule: what of an item goes to which section."""

    use_required_attribute = False
    item = forms.ChoiceField(label=_("事项"))
    category = forms.CharField(label=_("类别"), required=False, max_length=60)
    place = forms.CharField(label=_("地点"), required=False)
    unit = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("申请单位"), required=False, empty_label=_("全部单位")
    )
    section = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("承办科室"),
        empty_label=_("请选择"),
        error_messages={"required": _("请选择承办科室。")},
    )

    def __init__(self, *args: Any, item: Item | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["item"].choices = [(each.code, each.name) for each in ITEMS if each.flow]  # type: ignore[attr-defined]
        self.fields["unit"].queryset = units()  # type: ignore[attr-defined]
        sections = Organisation.objects.filter(kind__in=["section", "contractor"], ended_on__isnull=True)
        self.fields["section"].queryset = sections.order_by("path")  # type: ignore[attr-defined]
        if item is not None:
            choices = [("", _("全部类别")), *item.categories().items()]
            self.fields["category"] = forms.ChoiceField(label=_("类别"), required=False, choices=choices)


class DelegationForm(forms.Form):
    """Who has my tasks while I am away, from when to when (whole minutes, office time)."""

    use_required_attribute = False
    delegate = forms.CharField(
        label=_("委托给谁"),
        max_length=60,
        help_text=_("姓名、工号或手机号。"),
        error_messages={"required": _("请填写受托人。")},
    )
    from_on = forms.DateField(label=_("从"), widget=_DAY, error_messages={"required": _("请选择开始日期。")})
    from_at = forms.TimeField(label=_("开始时刻"), widget=_CLOCK, required=False)
    to_on = forms.DateField(label=_("到"), widget=_DAY, error_messages={"required": _("请选择结束日期。")})
    to_at = forms.TimeField(
        label=_("结束时刻"), widget=_CLOCK, required=False, help_text=_("留空为当日结束。")
    )
    reason = forms.CharField(
        label=_("事由"), required=False, max_length=100, help_text=_("如出差、休假、培训。")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.people: list[Person] = []

    def clean_delegate(self) -> Person:
        text = self.cleaned_data["delegate"].strip()
        named = Person.objects.active().filter(username__isnull=False).select_related("organisation")
        for lookup in ("staff_number", "phone", "name"):
            self.people = list(named.filter(**{lookup: text})[:6])
            if len(self.people) == 1:
                return self.people[0]
            if self.people:
                raise forms.ValidationError(
                    _("有 %(n)s 位“%(name)s”，请改填工号：%(who)s"),
                    params={
                        "n": len(self.people),
                        "name": text,
                        "who": _("；").join(
                            f"{each.organisation} {each.staff_number or each.phone}" for each in self.people
                        ),
                    },
                )
        raise forms.ValidationError(_("没有找到这个人，请填完整姓名、工号或手机号。"))

    def span(self) -> tuple[datetime, datetime]:
        """The moments from which and to which it holds; for a valid form."""
        data = self.cleaned_data
        start = timezone.make_aware(datetime.combine(data["from_on"], data["from_at"] or time.min))
        if data["to_at"]:
            return start, timezone.make_aware(datetime.combine(data["to_on"], data["to_at"]))
        return start, timezone.make_aware(datetime.combine(data["to_on"] + timedelta(days=1), time.min))


class QualityForm(forms.Form):
    """What the applicant said when quality control called."""

    use_required_attribute = False
    stars = forms.IntegerField(
        label=_("星级"), min_value=1, max_value=5, error_messages={"required": _("请选择一至五星。")}
    )
    comment = forms.CharField(
        label=_("回访记录"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class WarningRuleForm(forms.Form):
    """A rule of warnings: on or off, and its thresholds. Empty means as declared."""

    enabled = forms.BooleanField(label=_("启用"), required=False)
    amber = forms.DecimalField(
        label=_("黄色起点"), required=False, min_value=0, max_digits=12, decimal_places=2
    )
    red = forms.DecimalField(
        label=_("红色起点"), required=False, min_value=0, max_digits=12, decimal_places=2
    )

    def __init__(self, *args: Any, rule: Rule, setting: WarningSetting | None, **options: Any) -> None:
        kept = model_to_dict(setting, ("enabled", "amber", "red")) if setting else {"enabled": True}
        options["initial"] = kept
        super().__init__(*args, **options)
        words = (
            _("单位：%(unit)s，越小越严重；留空则按 %(n)s。")
            if rule.falling
            else _("单位：%(unit)s；留空则按 %(n)s。")
        )
        for name, declared in (("amber", rule.thresholds.amber), ("red", rule.thresholds.red)):
            self.fields[name].help_text = words % {"unit": rule.unit, "n": f"{declared:f}"}
