"""What is filled in around a meeting: what it needs, who is asked, who comes instead, where they park, how it was."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from houqin.affairs.forms import CaseForm
from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.places.models import Place
from houqin.services.meetings.forms import MISSING, MomentField, PersonField
from houqin.services.meetings.guests import Guest
from houqin.services.meetings.models import GroupMember, Meeting, NeedKind, ParticipantGroup
from houqin.services.meetings.naming import people_named, sections_named


class NeedForm(CaseForm):
    """What a meeting needs: kind, words, how many, when. The meeting comes with the call."""

    kind = forms.ChoiceField(label=gettext_lazy("需求"), choices=NeedKind.choices, error_messages=MISSING)
    text = forms.CharField(
        label=gettext_lazy("说明"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("如：桌型、语种、直播平台、忌口"),
    )  # fmt: skip
    quantity = forms.IntegerField(label=gettext_lazy("数量"), required=False, min_value=1, max_value=100_000)
    wanted_at = MomentField(label=gettext_lazy("何时要"), required=False)
    yuan_a_head = forms.DecimalField(
        label=gettext_lazy("用餐标准（元/人）"), required=False, min_value=1, max_digits=7, decimal_places=2,
        help_text=gettext_lazy("仅会议用餐填写"),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A meal needs a head count and a standard, else nobody can cook for it."""
        given = self.cleaned_data
        if given.get("kind") == NeedKind.MEALS:
            if not given.get("quantity") and "quantity" not in self.errors:
                self.add_error("quantity", _("请填写用餐人数。"))
            if not given.get("yuan_a_head") and "yuan_a_head" not in self.errors:
                self.add_error("yuan_a_head", _("请填写用餐标准。"))
        return given

    def title(self) -> str:
        meeting: Meeting = self.data.meeting  # type: ignore[attr-defined]  # the engine passes what actions.needs asked with
        kind = NeedKind(self.cleaned_data["kind"]).label
        return _("%(kind)s：%(title)s") % {"kind": kind, "title": meeting.title}

    def place(self) -> Place | None:
        place: Place = self.data.meeting.room.place  # type: ignore[attr-defined]  # as above
        return place

    def category(self) -> str:
        return str(self.cleaned_data["kind"])


class InviteForm(forms.Form):
    """Whom to ask: saved groups, whole organisations, people by name or staff number, guests from outside one a line."""

    groups = forms.ModelMultipleChoiceField(
        ParticipantGroup.objects.none(), label=gettext_lazy("已保存的分组"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    sections = forms.CharField(
        label=gettext_lazy("整个科室"),
        required=False,
        help_text=gettext_lazy("填科室名称，用顿号或空格隔开，邀请科室全部人员"),
    )
    people = forms.CharField(
        label=gettext_lazy("本院区人员"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("填姓名或工号，用顿号或空格隔开"),
    )
    guests = forms.CharField(
        label=gettext_lazy("院区外人员"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("每行一人：姓名 单位 职务 手机，可从表格粘贴"),
    )  # fmt: skip

    def __init__(self, *args: Any, groups: QuerySet[ParticipantGroup], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["groups"].queryset = groups  # type: ignore[attr-defined]  # a field with records
        if not groups:
            del self.fields["groups"]

    def clean_people(self) -> list[Person]:
        return people_named(self.cleaned_data["people"])

    def clean_sections(self) -> list[Organisation]:
        return sections_named(self.cleaned_data["sections"])

    def clean_guests(self) -> list[Guest]:
        """One guest a line; a mobile number is known by its shape."""
        found = []
        for line in self.cleaned_data["guests"].splitlines():
            between = r"\t" if "\t" in line else r"[,，;；\s]"
            cells = [cell.strip() for cell in re.split(between, line.strip()) if cell.strip()]
            if not cells:
                continue
            phones = [cell for cell in cells if re.fullmatch(r"\+?[\d-]{7,}", cell)]
            words = [cell for cell in cells if cell not in phones]
            if not words:
                raise forms.ValidationError(_("“%(line)s”缺少姓名，请补上。") % {"line": line.strip()})
            name, organisation, post = [*words, "", ""][:3]
            found.append(Guest(name, organisation, post, phones[0] if phones else ""))
        return found

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if not self.errors and not any(
            given.get(name) for name in ("groups", "sections", "people", "guests")
        ):
            raise forms.ValidationError(_("请填写要邀请的人或科室。"))
        return given

    def everybody(self) -> list[Person]:
        """The people named, all of the sections named and those of the groups, each once."""
        below = Q(pk__in=[each.person_id for each in self._members() if each.person_id])
        for section in self.cleaned_data["sections"]:
            below |= Q(organisation__path__startswith=section.path)
        members = Person.objects.active().filter(below).select_related("organisation")
        return list({person.pk: person for person in [*self.cleaned_data["people"], *members]}.values())

    def strangers(self) -> list[Guest]:
        """The guests named and those of the groups."""
        return [*self.cleaned_data["guests"], *self.of_groups()]

    def of_groups(self) -> list[Guest]:
        """The guests of the groups."""
        return [
            Guest(each.name, each.organisation, each.post, each.phone.clear if each.phone else "")
            for each in self._members()
            if not each.person_id
        ]

    def _members(self) -> list[GroupMember]:
        return list(GroupMember.objects.filter(group__in=self.cleaned_data.get("groups") or ()))


class FeedbackForm(forms.Form):
    """How a meeting was, in three taps."""

    room_stars = forms.TypedChoiceField(
        label=gettext_lazy("会议室"), coerce=int, choices=[(n, "★" * n) for n in range(5, 0, -1)],
        widget=forms.RadioSelect, error_messages={"required": gettext_lazy("请选择一至五星。")},
    )  # fmt: skip
    service_stars = forms.TypedChoiceField(
        label=gettext_lazy("会务服务"), coerce=int, choices=[(n, "★" * n) for n in range(5, 0, -1)],
        widget=forms.RadioSelect, error_messages={"required": gettext_lazy("请选择一至五星。")},
    )  # fmt: skip
    words = forms.CharField(
        label=gettext_lazy("还想说的"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class SubstituteForm(forms.Form):
    """Who comes in one's place."""

    substitute = PersonField(
        label=gettext_lazy("请谁代会"),
        max_length=50,
        help_text=gettext_lazy("填姓名或工号"),
        error_messages=MISSING,
    )
    note = forms.CharField(label=gettext_lazy("说明"), required=False, max_length=200)


class ParkingForm(forms.Form):
    """How many spaces are kept for a meeting; none gives them back."""

    spaces = forms.IntegerField(
        label=gettext_lazy("预留车位数"), min_value=0, max_value=2000, error_messages=MISSING,
        help_text=gettext_lazy("填 0 为全部退回"),
    )  # fmt: skip
