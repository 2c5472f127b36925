"""What the audit administrator looks for in the trail."""

from __future__ import annotations

import ipaddress
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from houqin.foundation.trail.queries import Search
from houqin.portal import trail_words

#: Without dates the last month is looked through; at most so many days at once keep any search quick.
USUAL_DAYS, MOST_DAYS = 30, 731


class SearchForm(forms.Form):
    """Every field may stay empty. Dates that make no sense are refused with words."""

    since = forms.DateField(
        label=gettext_lazy("从"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("到"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    person = forms.CharField(label=gettext_lazy("操作人"), required=False, max_length=60)
    action = forms.ChoiceField(label=gettext_lazy("操作"), required=False)
    record_type = forms.ChoiceField(label=gettext_lazy("记录类型"), required=False)
    record = forms.CharField(label=gettext_lazy("记录名称或编号"), required=False, max_length=100)
    address = forms.CharField(label=gettext_lazy("来源地址或网段"), required=False, max_length=50)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        action = str(data.get("action", ""))
        verbs = [(code, str(words)) for code, words in trail_words.VERBS.items()]
        given = [(action, trail_words.code_words(action))] if "." in action and len(action) < 80 else []
        self._choose("action", [("", _("全部操作")), *given, *verbs])
        self._choose("record_type", [("", _("全部类型")), *trail_words.record_types()])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_address(self) -> str:
        text: str = self.cleaned_data["address"].strip()
        try:
            return str(ipaddress.ip_network(text, strict=False)) if text else ""
        except ValueError:
            raise forms.ValidationError(_("请写成 10.0.0.5 或 10.0.0.0/24。")) from None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and since > until:
            self.add_error("until", _("结束日期应不早于开始日期。"))
        return data

    def wanted(self) -> Search:
        """What to look for; what was refused counts as not given."""
        data = self.cleaned_data
        since, until = period(data.get("since"), data.get("until"))
        fields = ("person", "action", "record_type", "record", "address")
        return Search(since, until, **{name: data.get(name, "") for name in fields})


def period(since: date | None, until: date | None) -> tuple[datetime, datetime]:
    """A period as moments, the end excluded; the last month where nothing is said, two years at the most."""
    until = until or max(timezone.localdate(), since or date.min)
    since = max(since or until - timedelta(days=USUAL_DAYS), until - timedelta(days=MOST_DAYS))
    start = timezone.make_aware(datetime.combine(since, time.min))
    return start, timezone.make_aware(datetime.combine(until + timedelta(days=1), time.min))
