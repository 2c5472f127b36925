"""What a guard fills in for somebody who stands at the gate without an invitation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from houqin.affairs.declare import ITEMS
from houqin.affairs.offers import section_for
from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.people.queries import organisation_of
from houqin.foundation.places.models import Place
from houqin.foundation.standards import resident_id
from houqin.services.visitors.forms import NumberField, VisitForm, phone_field

_REQUIRED = {"required": gettext_lazy("请填写此项。")}
#: How long somebody without an invitation stays, in minutes.
STAYS = (
    (30, gettext_lazy("30 分钟")),
    (60, gettext_lazy("1 小时")),
    (120, gettext_lazy("2 小时")),
    (240, gettext_lazy("4 小时")),
)


class WalkInForm(VisitForm):
    """Somebody unexpected: who they are by phone or ID number, whom they want to see, how long. It begins now."""

    host = forms.ModelChoiceField(
        Person.objects.active().select_related("organisation", "usual_place"), label=gettext_lazy("找谁"),
        error_messages={
            "required": gettext_lazy("请输入姓名或首字母，选择要找的人。"),
            "invalid_choice": gettext_lazy("没有这个人，请重新选择。"),
        },
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("来访人姓名"), max_length=50, error_messages=_REQUIRED)
    phone = phone_field(required=False, help_text=gettext_lazy("手机号、身份证号至少填一项"))
    id_number = NumberField(resident_id, label=gettext_lazy("身份证号"), required=False)
    organisation = forms.CharField(label=gettext_lazy("来访单位"), required=False, max_length=100)
    minutes = forms.TypedChoiceField(
        label=gettext_lazy("停留多久"), choices=STAYS, coerce=int, empty_value=60,  # type: ignore[arg-type]  # the stubs think it is text
        required=False, initial=60,
        widget=forms.RadioSelect,
    )  # fmt: skip
    gate = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    field_order = (
        "host",
        "name",
        "companions",
        "phone",
        "id_number",
        "purpose",
        "minutes",
    )  # as the page asks
    from_at = None  # type: ignore[assignment]  # Django takes declared fields off the class
    until_at = None  # type: ignore[assignment]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not (data.get("phone") or data.get("id_number") or {"phone", "id_number"} & set(self.errors)):
            self.add_error("phone", _("请填写手机号或身份证号，至少一项。"))
        return data

    def title(self) -> str:
        data = self.cleaned_data
        named = {"name": data["name"], "gate": data["gate"] or _("门岗"), "purpose": data["purpose"]}
        return _("%(name)s在%(gate)s等候：%(purpose)s") % named

    def place(self) -> Place | None:
        """The host's usual room; where none is known, the compound."""
        host: Person = self.cleaned_data["host"]
        return host.usual_place or Place.objects.filter(parent=None).order_by("pk").first()

    def section(self) -> Organisation:
        """Whoever looks after all other visits there looks after these."""
        organisation = organisation_of(self.cleaned_data["host"])
        return section_for(
            ITEMS["visitors.invite"], category="", place=self.place(), organisation=organisation
        )

    def told(self) -> dict[str, Any]:
        """What the record of the visit keeps."""
        data, now = dict(self.cleaned_data), timezone.now()
        data.pop("gate")
        until = now + timedelta(minutes=data.pop("minutes"))
        return {**data, "from_at": now, "until_at": until}
