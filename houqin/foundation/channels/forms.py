"""Input of the pages of channels, checked; nothing here is stored."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from houqin.foundation.channels.base import CHANNELS
from houqin.foundation.channels.choices import Choice, Choices
from houqin.foundation.channels.models import Group, Pace

#: What each group is, in the words of the page.
HINTS = {
    Group.TODO: _("审批、派单、办理、接班等需要您动手的事。"),
    Group.PROGRESS: _("您提交或关注的办件有了进展。"),
    Group.WARNING: _("即将超时、已超时和各类预警。已超时的不受免打扰和汇总限制。"),
    Group.BRIEF: _("每个工作日 08:00 和 17:30 的简报。"),
    Group.OTHER: _("以上之外的通知。"),
}


class ChoicesForm(forms.Form):
    """For every group: channels to tick and how often; then the quiet hours."""

    quiet_from = forms.TimeField(
        label=_("免打扰开始"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    quiet_to = forms.TimeField(
        label=_("免打扰结束"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )

    def __init__(self, data: Any = None, *, choices: Choices, offered: list[str]) -> None:
        """``offered`` are the channels that can be ticked; those chosen before that are not offered now are kept."""
        self.choices = choices
        self.offered = offered
        initial: dict[str, Any] = {"quiet_from": choices.quiet.starts, "quiet_to": choices.quiet.ends}
        for group, choice in choices.by_group.items():
            initial[f"{group}_channels"] = [code for code in choice.channels if code in offered]
            initial[f"{group}_pace"] = choice.pace
        super().__init__(data, initial=initial)
        names = [(code, CHANNELS[code].name) for code in offered]
        for group in Group:
            self.fields[f"{group}_channels"] = forms.MultipleChoiceField(
                label=_("渠道"), choices=names, required=False, widget=forms.CheckboxSelectMultiple
            )
            self.fields[f"{group}_pace"] = forms.ChoiceField(label=_("频率"), choices=Pace.choices)

    def groups(self) -> list[tuple[Group, Any, forms.BoundField, forms.BoundField]]:
        """Group, its hint, and its two fields."""
        return [(group, HINTS[group], self[f"{group}_channels"], self[f"{group}_pace"]) for group in Group]

    def quiet(self) -> list[forms.BoundField]:
        return [self["quiet_from"], self["quiet_to"]]

    def chosen(self) -> dict[str, Choice]:
        """What was ticked, by group."""
        return {
            group: Choice(
                (*self.cleaned_data[f"{group}_channels"], *self._kept(group)),
                self.cleaned_data[f"{group}_pace"],
            )
            for group in Group
        }

    def _kept(self, group: str) -> list[str]:
        return [code for code in self.choices.by_group[group].channels if code not in self.offered]


class AddressForm(forms.Form):
    """Somebody's name on one channel."""

    username = forms.CharField(label=_("登录名或工号"), max_length=150)
    channel = forms.ChoiceField(label=_("渠道"))
    value = forms.CharField(
        label=_("账号"), max_length=200, required=False, help_text=_("留空即删除；保存后只显示末四位。")
    )

    def __init__(self, data: Any = None, *, channels: list[tuple[str, Any]]) -> None:
        super().__init__(data)
        self.fields["channel"].choices = channels  # type: ignore[attr-defined]  # a ChoiceField
