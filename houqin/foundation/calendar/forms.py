"""Input of the calendar's pages, checked; nothing here is stored."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from houqin.foundation.calendar.models import DayKind

_DATE = {"type": "date"}
_TIME = {"type": "time"}


class DayForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("这一天"),
        choices=[("plain", _("按平日（周一至周五上班，周末休息）")), *DayKind.choices],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label=_("名称"), max_length=40, required=False, help_text=_("如 春节、国庆节调休；按平日时不用填。")
    )


class NoticeForm(forms.Form):
    notice_number = forms.CharField(
        label=_("通知文号"), max_length=80, help_text=_("如 国办发明电〔2025〕7号")
    )
    text = forms.CharField(
        label=_("通知原文"),
        max_length=20_000,
        help_text=_("粘贴“一、元旦：…”起的各条，先预览再采用。"),
        widget=forms.Textarea(attrs={"rows": 10}),
    )


class HoursForm(forms.Form):
    from_on = forms.DateField(
        label=_("起用日期"),
        help_text=_("从这一天起按此作息，直到下一条；夏季作息请各录一条。"),
        widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d"),
    )
    morning_from = forms.TimeField(label=_("上午上班"), widget=forms.TimeInput(attrs=_TIME, format="%H:%M"))
    morning_to = forms.TimeField(label=_("上午下班"), widget=forms.TimeInput(attrs=_TIME, format="%H:%M"))
    afternoon_from = forms.TimeField(label=_("下午上班"), widget=forms.TimeInput(attrs=_TIME, format="%H:%M"))
    afternoon_to = forms.TimeField(label=_("下午下班"), widget=forms.TimeInput(attrs=_TIME, format="%H:%M"))
