"""Input of the pages of people, checked; nothing here is stored."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from houqin.foundation.errors import Problem
from houqin.foundation.people import queries
from houqin.foundation.people.models import DutyShift, Organisation, Person, RecordKind
from houqin.foundation.personal.fields import PersonalFormField

PASSWORD_HINT = _(
    "至少 10 个字符，含大写字母、小写字母、汉字、数字、符号中的三类；不要用姓名、电话或常见密码。"
)


def add_problem(form: forms.Form, problem: Problem) -> None:
    """Show what an action refused beside its field, or above the form."""
    if not problem.errors:
        form.add_error(None, str(problem.message))
    for field, texts in problem.errors.items():
        form.add_error(field if field in form.fields else None, [str(text) for text in texts])


def _places() -> QuerySet[Any]:
    """People stand below places, so the model is asked of the field that points to it."""
    related: type[Model] = DutyShift._meta.get_field("place").related_model  # type: ignore[assignment]
    return related._default_manager.filter(ended_on__isnull=True)


class SignInForm(forms.Form):
    username = forms.CharField(
        label=_("登录名"),
        max_length=150,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        ),
    )
    password = forms.CharField(
        label=_("密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(forms.Form):
    """A code of the authenticator app, or a recovery code."""

    code = forms.CharField(
        label=_("动态口令"),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "text",
                "autocapitalize": "none",
                "autofocus": True,
            }
        ),
    )


class NewPasswordForm(forms.Form):
    new = forms.CharField(
        label=_("新密码"),
        strip=False,
        max_length=200,
        help_text=PASSWORD_HINT,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("再输一遍新密码"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", _("两次输入的新密码不一致。"))
        return data


class ProfileForm(forms.Form):
    phone = PersonalFormField(
        label=_("手机"),
        required=False,
        help_text=_("维修人员和话务员用这个号码联系您。中间几位不显示；要更换时请填完整号码。"),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    email = forms.EmailField(
        label=_("邮箱"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    usual_place: forms.ModelChoiceField = forms.ModelChoiceField(
        queryset=None,
        to_field_name="code",
        label=_("常用房间"),
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": _("没有这个房间，请重新选择。")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["usual_place"].queryset = _places()  # type: ignore[attr-defined]


class PasswordForm(NewPasswordForm):
    old = forms.CharField(
        label=_("原密码"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ["old", "new", "again"]


class IntegrityForm(forms.Form):
    """One entry of an integrity file."""

    kind = forms.ChoiceField(label=_("类别"), choices=RecordKind.choices)
    on = forms.DateField(label=_("日期"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    note = forms.CharField(
        label=_("说明"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    review_on = forms.DateField(
        label=_("下次审查"),
        required=False,
        help_text=_("到期前一周起提醒您和本人。"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class ShiftForm(forms.Form):
    """One shift by day and clock; an end at or before the start is on the next day."""

    person = forms.ModelChoiceField(
        queryset=Person.objects.none(), label=_("值班人"), empty_label=_("请选择")
    )
    on = forms.DateField(label=_("日期"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    starts = forms.TimeField(label=_("开始"), widget=forms.TimeInput(attrs={"type": "time"}))
    ends = forms.TimeField(
        label=_("结束"),
        widget=forms.TimeInput(attrs={"type": "time"}),
    )
    name = forms.CharField(
        label=pgettext_lazy("duty", "班次"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"placeholder": _("如 早班、夜班")}),
    )
    place: forms.ModelChoiceField = forms.ModelChoiceField(
        queryset=None, label=_("负责场所"), required=False, empty_label=_("不限")
    )

    def __init__(self, *args: Any, section: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = queries.people_for_duty(section)  # type: ignore[attr-defined]
        towers = _places().filter(kind__in=["site", "building"]).order_by("path")
        self.fields["place"].queryset = towers  # type: ignore[attr-defined]

    def span(self) -> tuple[datetime, datetime]:
        """Start and end as moments."""
        data = self.cleaned_data
        start = timezone.make_aware(datetime.combine(data["on"], data["starts"]))
        end = timezone.make_aware(datetime.combine(data["on"], data["ends"]))
        return start, end if end > start else end + timedelta(days=1)


class SubstituteForm(forms.Form):
    substitute = forms.ModelChoiceField(
        queryset=Person.objects.none(), label=_("替班人"), required=False, empty_label=_("不替班，由本人值班")
    )
    reason = forms.CharField(label=_("替班原因"), required=False, max_length=100)

    def __init__(self, *args: Any, shift: DutyShift, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = queries.people_for_duty(shift.section).exclude(pk=shift.person_id)
        self.fields["substitute"].queryset = others  # type: ignore[attr-defined]


class HandOverForm(forms.Form):
    note = forms.CharField(
        label=_("交班事项"),
        required=False,
        max_length=1000,
        help_text=_("没办完的事、要盯的设备、钥匙和工具在哪里。接班人会收到通知。"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
