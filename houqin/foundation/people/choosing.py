"""Organisations as a list to choose from."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from houqin.foundation.choosing import TypedSelect
from houqin.foundation.people.models import Organisation, OrganisationKind


class OrganisationSelect(TypedSelect):
    """Found by name, pinyin, initials, code."""

    def keys(self, record: Organisation) -> str:
        return f"{record.pinyin} {record.initials} {record.code}"


class SectionField(forms.ModelChoiceField):
    """A section that is still there, by its code; shown with the unit it belongs to."""

    def __init__(self, **options: Any) -> None:
        kinds = (OrganisationKind.SECTION, OrganisationKind.CONTRACTOR)
        found = Organisation.objects.filter(kind__in=kinds, ended_on=None).select_related("parent")
        super().__init__(
            found.order_by("parent__pinyin", "pinyin"), to_field_name="code", empty_label=gettext_lazy("请选择"),
            widget=OrganisationSelect(attrs={"data-find": ""}),
            error_messages={
                "required": gettext_lazy("请选择科室。"), "invalid_choice": gettext_lazy("没有这个科室，请重新选择。"),
            }, **options,
        )  # fmt: skip

    def label_from_instance(self, obj: Organisation) -> str:
        return f"{obj.parent.name} {obj.name}" if obj.parent else obj.name
