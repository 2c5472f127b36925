"""Input of the page of periods."""

from django import forms
from django.utils.translation import gettext_lazy as _

from houqin.foundation.personal.retention import Kept


class PeriodForm(forms.Form):
    """How long, in days, within the bounds of the kind."""

    days = forms.IntegerField(
        label=_("保存天数"),
        error_messages={"required": _("请填写天数。"), "invalid": _("请填写整数天数。")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "w-date"}),
    )

    def __init__(self, *args: object, kept: Kept, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # Django's own
        self.fields["days"].help_text = _("可设 %(least)s 至 %(most)s 天。默认 %(days)s 天。") % {
            "least": kept.least,
            "most": kept.most,
            "days": kept.days,
        }
