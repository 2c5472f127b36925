"""What writers, sorters, answerers and editors fill in. Pages and API calls bind the same forms."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from houqin.affairs.forms import CaseForm, DispatchForm, FileIdsField, VerbForm
from houqin.foundation.people.models import Organisation
from houqin.foundation.places.models import Place
from houqin.foundation.places.queries import in_use
from houqin.services.mailbox.models import Letter, LetterCategory

MOST_WORDS = 3000
#: So many characters of the words stand as the title of the case.
TITLE = 24


def in_short(words: str) -> str:
    """The first sentence, as a title."""
    line = " ".join(words.split())
    return f"{line[:TITLE]}…" if len(line) > TITLE else line


class PlaceField(forms.ModelChoiceField):
    """A place by its code; left out where a letter is about no place."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("error_messages", {"invalid_choice": _("没有找到这个地点，请重新选择，或留空。")})
        super().__init__(
            Place.objects.filter(in_use()),
            to_field_name="code",
            required=False,
            label=_("说的是哪里"),
            help_text=_("与地点无关可以不选。"),
            **options,
        )


def _words() -> forms.CharField:
    return forms.CharField(
        label=_("您想说什么"),
        max_length=MOST_WORDS,
        min_length=4,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("意见、建议、投诉、表扬都可以；写明时间、地点和经过，答复更快。"),
        error_messages={
            "required": _("请写下您的意见或建议。"),
            "min_length": _("请再多写几个字，说清是什么事。"),
            "max_length": _("最多 %(limit_value)d 字，请精简后再提交。"),
        },
    )


def _may_publish() -> forms.BooleanField:
    return forms.BooleanField(
        label=_("同意隐去个人信息后公开这封信和答复"),
        required=False,
        help_text=_("公开前由工作人员隐去姓名、电话、证件号、车牌、房间号，并经另一人审核。"),
    )


class LetterForm(CaseForm):
    """A letter: what about, where, and whether it may be published."""

    words = _words()
    place = PlaceField()  # type: ignore[assignment]  # Django takes declared fields off the class
    photos = FileIdsField(most=6)
    may_publish = _may_publish()

    def title(self) -> str:
        return in_short(self.cleaned_data["words"])


class ManyFilesField(forms.FileField):
    """Several files in one request: for those who leave no session to which an upload could belong."""

    def __init__(self, *, most: int, **options: Any) -> None:
        super().__init__(**options)
        self.most = most

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = [each for each in (data if isinstance(data, list) else [data]) if each]
        if len(given) > self.most:
            raise forms.ValidationError(_("最多 %(most)s 个，请移除多余的。") % {"most": self.most})
        return [super(ManyFilesField, self).clean(each, initial) for each in given]


class _ManyFiles(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class AnonymousForm(forms.Form):
    """The same letter without anything that says whose it is."""

    use_required_attribute = False
    words = _words()
    place = PlaceField()
    photos = ManyFilesField(
        most=3, required=False, label=_("照片"), widget=_ManyFiles(attrs={"accept": "image/*"}),
        help_text=_("最多 3 张；拍摄时间和位置会自动去除。画面里请不要有您自己。"),
    )  # fmt: skip
    may_publish = _may_publish()
    name = forms.CharField(
        label=_("怎么称呼您"), required=False, max_length=30,
        help_text=_("不填就是匿名。填了，办理的人能看到；电话不用留，同样凭回执码看答复。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class ReceiptForm(forms.Form):
    """The code that the writer of an anonymous letter was given."""

    use_required_attribute = False
    receipt = forms.CharField(
        label=_("回执码"),
        max_length=40,
        help_text=_("写信后给您的 16 位字母和数字，如 k7mq-3fd9-x2hp-8wtn。"),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": _("请输入回执码。")},
    )


class SortForm(DispatchForm):
    """What a letter is about, and which section answers it: by default the category's own."""

    category = forms.ModelChoiceField(
        LetterCategory.objects.filter(active=True).select_related("section"),
        to_field_name="code",
        label=_("类别"),
        empty_label=_("请选择"),
        error_messages={
            "required": _("请选择来信类别。"),
            "invalid_choice": _("没有这个类别，请重新选择。"),
        },
    )
    field_order = ("category", "sections", "person", "comment")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["sections"].help_text = _("不选则交给类别的默认科室。")
        letter = Letter.objects.filter(case=self.case).first() if self.case else None
        if letter and letter.suggested_id and not self.is_bound:
            self.initial.setdefault("category", letter.suggested.code)  # type: ignore[union-attr]  # there is one

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        category = data.get("category")
        if category and not data.get("sections") and not data.get("person"):
            if category.section is None:
                raise forms.ValidationError(
                    _("“%(name)s”没有默认承办科室，请选择承办科室。") % {"name": category.name}
                )
            data["sections"] = [category.section]
        return data


class AnswerForm(VerbForm):
    """The answer to the writer. It is shown to them when it is sent: after its review, where the category has one."""

    standard = frozenset()
    comment = None  # type: ignore[assignment]  # what is written here is the answer alone
    answer = forms.CharField(
        label=_("答复"),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("写给来信人：查了什么、怎么办、何时办好。"),
        error_messages={"required": _("请写下给来信人的答复。")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        letter = Letter.objects.filter(case=self.case).first() if self.case else None
        if letter and letter.answer and not self.is_bound:
            self.initial.setdefault("answer", letter.answer)


class SpotForm(forms.Form):
    """Stars, tags, and words if somebody has any: three taps where the code hangs."""

    use_required_attribute = False
    stars = forms.IntegerField(
        min_value=1, max_value=5,
        error_messages={
            "required": _("请选择一至五星。"), "min_value": _("请选择一至五星。"),
            "max_value": _("请选择一至五星。"), "invalid": _("请选择一至五星。"),
        },
    )  # fmt: skip
    tags = forms.MultipleChoiceField(required=False)
    words = forms.CharField(
        label=_("想说的话"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    photo = forms.ImageField(
        label=_("照片"), required=False, widget=forms.FileInput(attrs={"accept": "image/*"})
    )

    def __init__(self, *args: Any, tags: tuple[str, ...], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["tags"].choices = [(tag, tag) for tag in tags]  # type: ignore[attr-defined]  # a choice field


class PublicationForm(forms.Form):
    """What everybody will read, with personal data taken out."""

    use_required_attribute = False
    title = forms.CharField(label=_("标题"), max_length=60, error_messages={"required": _("请写一个标题。")})
    words = forms.CharField(
        label=_("来信（公开稿）"), max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": _("公开稿不能为空。")},
    )  # fmt: skip
    answer = forms.CharField(
        label=_("答复（公开稿）"), max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": _("公开稿不能为空。")},
    )  # fmt: skip


class ReasonForm(forms.Form):
    """Why something is sent back or taken down."""

    use_required_attribute = False
    reason = forms.CharField(label=_("原因"), max_length=300, error_messages={"required": _("请写明原因。")})


class JoinForm(forms.Form):
    """Letters to be answered together with one of them."""

    use_required_attribute = False
    others = forms.ModelMultipleChoiceField(
        Letter.objects.filter(Q(answered_at__isnull=True)),
        error_messages={
            "required": _("请勾选要合并的来信。"),
            "invalid_choice": _("有来信已答复或不存在，请刷新后再选。"),
        },
    )


class FilterForm(forms.Form):
    """Period, category and section of the ledger; sent by GET."""

    since = forms.DateField(label=_("从"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    until = forms.DateField(label=_("到"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    category = forms.ModelChoiceField(
        LetterCategory.objects.all(),
        label=_("类别"),
        required=False,
        empty_label=_("全部类别"),
        to_field_name="code",
    )
    section = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("科室"), required=False, empty_label=_("全部科室")
    )
    q = forms.CharField(label=_("找"), required=False, max_length=40)

    def __init__(self, *args: Any, sections: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["section"].queryset = sections  # type: ignore[attr-defined]  # a choice of records
