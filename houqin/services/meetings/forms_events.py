"""What who plans a big event fills in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from houqin.foundation.people.models import Person
from houqin.services.meetings.forms import MomentField
from houqin.services.meetings.models import Post, Room
from houqin.services.meetings.naming import people_named, words_of


class EventForm(forms.Form):
    """What it is and when."""

    title = forms.CharField(label=gettext_lazy("活动名称"), max_length=100)
    starts_at = MomentField(label=gettext_lazy("开始时间"))
    ends_at = MomentField(label=gettext_lazy("结束时间"))
    note = forms.CharField(
        label=gettext_lazy("说明"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class VenuesForm(forms.Form):
    """The main venue and the branches, by the codes or names of rooms."""

    main = forms.CharField(
        label=gettext_lazy("主会场"), required=False, help_text=gettext_lazy("填会议室名称或编码")
    )
    branches = forms.CharField(
        label=gettext_lazy("分会场"), required=False, help_text=gettext_lazy("多个会议室用顿号或空格隔开")
    )

    def clean_main(self) -> Room | None:
        found = rooms_named(self.cleaned_data["main"])
        if len(found) > 1:
            raise forms.ValidationError(gettext_lazy("主会场只能有一个。"))
        return found[0] if found else None

    def clean_branches(self) -> list[Room]:
        return rooms_named(self.cleaned_data["branches"])


class PostForm(forms.Form):
    """A post."""

    name = forms.CharField(label=gettext_lazy("岗位"), max_length=50)
    where = forms.CharField(label=gettext_lazy("位置"), max_length=100, required=False)
    task = forms.CharField(label=gettext_lazy("职责"), max_length=200, required=False)
    needed = forms.IntegerField(label=gettext_lazy("需要人数"), min_value=1, max_value=500, initial=1)


class StaffForm(forms.Form):
    """Who stands at a post, and when (default: as long as the event lasts)."""

    post = forms.ModelChoiceField(Post.objects.none(), label=gettext_lazy("岗位"))
    people = forms.CharField(
        label=gettext_lazy("人员"), help_text=gettext_lazy("填姓名或工号，用顿号或空格隔开")
    )
    starts_at = MomentField(label=gettext_lazy("开始时间"), required=False)
    ends_at = MomentField(label=gettext_lazy("结束时间"), required=False)

    def __init__(self, *args: Any, event: int, **options: Any) -> None:
        super().__init__(*args, **options)
        posts = self.fields["post"]
        assert isinstance(posts, forms.ModelChoiceField)
        posts.queryset = Post.objects.filter(event=event)

    def clean_people(self) -> list[Person]:
        return people_named(self.cleaned_data["people"])


class VehicleForm(forms.Form):
    """A vehicle that comes and goes."""

    plate_number = forms.CharField(label=gettext_lazy("车牌"), max_length=12)
    unit = forms.CharField(label=gettext_lazy("单位"), max_length=50, required=False)
    arrives_at = MomentField(label=gettext_lazy("到达时间"))
    leaves_at = MomentField(label=gettext_lazy("离开时间"))
    where = forms.CharField(label=gettext_lazy("停放位置"), max_length=50, required=False)


class CheckForm(forms.Form):
    """A line of the check-list."""

    text = forms.CharField(label=gettext_lazy("检查事项"), max_length=200)
    due_at = MomentField(label=gettext_lazy("何时前"), required=False)


class StepForm(forms.Form):
    """A line of the run sheet."""

    starts_at = MomentField(label=gettext_lazy("时刻"))
    minutes = forms.IntegerField(label=gettext_lazy("时长（分钟）"), min_value=1, max_value=1440, initial=5)
    what = forms.CharField(label=gettext_lazy("环节内容"), max_length=200)
    who = forms.CharField(label=gettext_lazy("负责"), max_length=50, required=False)
    where = forms.CharField(label=gettext_lazy("会场"), max_length=50, required=False)


class MoveEventForm(forms.Form):
    """When it begins instead."""

    starts_at = MomentField(label=gettext_lazy("新的开始时间"))


def rooms_named(text: str) -> list[Room]:
    """The rooms a list names by code or by the end of their name. Raises ValidationError for a word that fits none or several."""
    found, unknown = [], []
    for word in words_of(text):
        rooms = Room.objects.filter(bookable=True).select_related("place", "keeper", "only_for")
        fitting = list(rooms.filter(place__code=word)[:1]) or list(rooms.filter(place__name=word)[:2])
        if len(fitting) == 1:
            found.append(fitting[0])
        else:
            unknown.append(word)
    if unknown:
        names = _("、").join(unknown)
        raise forms.ValidationError(_("%(names)s：没有这间会议室或有重名，请改填编码。") % {"names": names})
    return list(dict.fromkeys(found))
