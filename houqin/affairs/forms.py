"""Input of cases and of verbs. Pages and API calls bind the same forms, so both check alike."""

from collections.abc import Callable, Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from houqin.affairs.models import Case
from houqin.foundation.compiled import Compiled
from houqin.foundation.errors import Problem
from houqin.foundation.people.models import BEYOND_THE_NAME, Organisation, Person
from houqin.foundation.people.queries import somebody_here
from houqin.foundation.places.models import Place
from houqin.foundation.trail.actors import Actor


class FileIdsField(forms.Field):
    """Ids of uploaded files. In a JSON Schema its items have ``format: houqin-file``."""

    widget = forms.MultipleHiddenInput

    def __init__(self, *, most: int = 9, **options: Any) -> None:
        options.setdefault("required", False)
        options.setdefault("label", _("照片"))
        super().__init__(**options)
        self.most = most

    def to_python(self, value: Any) -> list[str]:
        ids = [value] if isinstance(value, str) else value or []
        if not isinstance(ids, list | tuple) or not all(isinstance(each, str) for each in ids):
            raise forms.ValidationError(_("应为上传后得到的文件编号列表。"))
        return [each for each in ids if each]

    def validate(self, value: list[str]) -> None:
        super().validate(value)
        if len(value) > self.most:
            raise forms.ValidationError(_("最多 %(most)s 个，请移除多余的。") % {"most": self.most})


class RecordField(forms.ModelChoiceField):
    """A record by its id. What looks it up is put together once, not for each form: a query, or ``kept`` which keeps
    records in the process. A form that narrows ``queryset`` gets Django's own way."""

    def __init__(
        self, queryset: QuerySet[Any], *, kept: Callable[[int], Any] | None = None, **options: Any
    ) -> None:
        super().__init__(queryset, **options)
        self._found: Callable[[int], Any] | None = (
            kept or Compiled(lambda pk: queryset.filter(pk=pk), int).first
        )

    def _set_queryset(self, queryset: QuerySet[Any]) -> None:
        super()._set_queryset(queryset)  # type: ignore[misc]  # not in the stubs
        self._found = None

    queryset = property(lambda field: field._queryset, _set_queryset)

    def __deepcopy__(self, memo: dict[int, Any]) -> "RecordField":
        # Django's own copies the queryset as well, which nobody here asks for rows.
        made: RecordField = forms.Field.__deepcopy__(self, memo)  # type: ignore[attr-defined]  # not in the stubs
        made.widget.choices = made.choices
        return made

    def to_python(self, value: Any) -> Any:
        text = str(value or "")
        if self._found is None or not text.isdecimal() or len(text) > 18:
            return super().to_python(value)
        return self._found(int(text)) or super().to_python(value)


class CaseForm(forms.Form):
    """What an applicant fills in. Subclass with fields; say how a case is titled, placed and categorised.

    File fields are :class:`FileIdsField`; the engine attaches them to the case.
    """

    #: Keys for the new case and its first task, where a service has read them along with something else.
    keys: tuple[int, int] | None = None

    def __init__(self, *args: Any, actor: Actor | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor = actor

    def title(self) -> str:
        """The case in one line, as it stands in lists."""
        raise NotImplementedError

    def place(self) -> Place | None:
        """Where it is about, from the cleaned data."""
        return self.cleaned_data.get("place")

    def category(self) -> str:
        """What routing goes by besides item and place."""
        return ""

    def section(self) -> Organisation | None:
        """Whose it is, where the form knows better than routing."""
        return None

    def kept(self) -> dict[str, Any]:
        """The cleaned data as JSON: records by id, days, moments and amounts as text, files left out."""
        return {
            name: _as_json(value)
            for name, value in self.cleaned_data.items()
            if not isinstance(self.fields[name], FileIdsField)
        }

    def file_ids(self) -> list[str]:
        """Ids of all files given, whichever field asked for them."""
        return [
            identity
            for name, value in self.cleaned_data.items()
            if isinstance(self.fields[name], FileIdsField)
            for identity in value
        ]


def _as_json(value: Any) -> Any:
    match value:
        case Model():
            return value.pk
        case QuerySet() | list() | tuple():
            return [_as_json(each) for each in value]
        case date() | time():
            return value.isoformat()
        case Decimal() | UUID():
            return str(value)
    return value


def check(form: forms.BaseForm) -> None:
    """Raises Problem with what is wrong by field, unless the form is valid."""
    if not form.is_valid():
        errors = {field: [str(text) for text in texts] for field, texts in form.errors.items()}
        raise Problem(_("有几处需要修改，请按提示更正后再提交。"), errors=errors)


class VerbForm(forms.Form):
    """What a verb takes besides its task. ``standard`` fields go to the engine, all others to the item's moments."""

    standard: ClassVar[frozenset[str]] = frozenset({"comment", "photos"})
    comment = forms.CharField(
        label=_("说明"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(
        self, *args: Any, actor: Actor | None = None, case: Case | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.actor, self.case = actor, case

    def split(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Cleaned data for the engine, and for the service."""
        standard = {name: value for name, value in self.cleaned_data.items() if name in self.standard}
        return standard, {
            name: value for name, value in self.cleaned_data.items() if name not in self.standard
        }


class ReasonForm(VerbForm):
    """A verb that owes the applicant or the next one a reason."""

    comment = forms.CharField(
        label=_("原因"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明原因，对方会看到。")},
    )


class DoneForm(VerbForm):
    """Finishing a job: words and photos for the applicant. Services add what they count."""

    photos = FileIdsField()


class ArriveForm(VerbForm):
    """Being there, shown by the code of the place where it can be scanned."""

    standard = frozenset({"comment", "code"})
    code = forms.CharField(label=_("现场二维码"), required=False, max_length=200)


def _somebody(form: VerbForm, section: str) -> dict[str, Any]:
    if not form.cleaned_data.get(section) and not form.cleaned_data.get("person") and not form.errors:
        raise forms.ValidationError(_("请选择转给哪个科室或哪位人员。"))
    return form.cleaned_data


#: Whom a task can go to.
_HERE = Person.objects.filter(ended_on__isnull=True).defer(*BEYOND_THE_NAME)


class TransferForm(ReasonForm):
    """To whom a task goes, a section or a person, and why."""

    standard = frozenset({"comment", "section", "person"})
    section = RecordField(
        Organisation.objects.filter(ended_on__isnull=True),
        label=_("转给科室"),
        required=False,
        error_messages={"invalid_choice": _("没有这个科室，请重新选择。")},
    )
    person = RecordField(
        _HERE,
        kept=somebody_here,
        label=_("转给人员"),
        required=False,
        error_messages={"invalid_choice": _("没有这个人，请重新选择。")},
    )

    def clean(self) -> dict[str, Any]:
        return _somebody(self, "section")


class InOrderField(forms.ModelMultipleChoiceField):
    """Several records in the order they were chosen: the first section leads."""

    def clean(self, value: Any) -> Any:
        if not value and not self.required:
            return []
        found = {str(record.pk): record for record in super().clean(value)}
        return [found[key] for key in dict.fromkeys(map(str, value or ())) if key in found]


class DispatchForm(VerbForm):
    """Who shall do it: a person, or one or several sections under one deadline."""

    standard = frozenset({"comment", "sections", "person"})
    sections = InOrderField(
        Organisation.objects.filter(ended_on__isnull=True),
        label=_("承办科室"),
        required=False,
        error_messages={"invalid_choice": _("没有这个科室，请重新选择。")},
    )
    person = RecordField(
        _HERE,
        kept=somebody_here,
        label=_("承办人"),
        required=False,
        error_messages={"invalid_choice": _("没有这个人，请重新选择。")},
    )

    def clean(self) -> dict[str, Any]:
        return _somebody(self, "sections")


class AddApproverForm(ReasonForm):
    """Who else must agree, and why."""

    standard = frozenset({"comment", "person"})
    person = RecordField(
        _HERE,
        kept=somebody_here,
        label=_("加签人"),
        error_messages={"required": _("请选择加签人。"), "invalid_choice": _("没有这个人，请重新选择。")},
    )


class SupplementForm(VerbForm):
    """What the applicant adds when asked (补正). Whoever asks tells at once all that is missing: 优化营商环境条例
    (国务院令第722号) 第三十六条.
    """

    photos = FileIdsField(label=_("补充材料"))
    comment = forms.CharField(
        label=_("补充说明"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明补充了什么。")},
    )


class ReopenForm(ReasonForm):
    """What is not done well, for whoever did it."""

    photos = FileIdsField()


class RateForm(VerbForm):
    """One to five stars, tags and words, given freely: silence is never counted (评价人自愿自主评价,
    国办发〔2019〕51号).
    """

    standard = frozenset({"stars", "tags", "comment"})
    stars = forms.IntegerField(
        label=_("星级"),
        validators=[MinValueValidator(1, _("请选择一至五星。")), MaxValueValidator(5, _("请选择一至五星。"))],
        error_messages={"required": _("请选择一至五星。")},
    )
    tags = forms.JSONField(label=_("标签"), required=False)

    def clean_tags(self) -> list[str]:
        tags = self.cleaned_data["tags"] or []
        if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags) or len(tags) > 12:
            raise forms.ValidationError(_("标签应为文字列表，最多 12 个。"))
        return tags


VERB_FORMS: Mapping[str, type[VerbForm]] = {
    "approve": VerbForm,
    "refuse": ReasonForm,
    "return_step": ReasonForm,
    "add_approver": AddApproverForm,
    "dispatch": DispatchForm,
    "accept": VerbForm,
    "arrive": ArriveForm,
    "complete": DoneForm,
    "transfer": TransferForm,
    "request_supplement": ReasonForm,
    "supplement": SupplementForm,
    "confirm": VerbForm,
    "reopen": ReopenForm,
    "remind": VerbForm,
    "withdraw": VerbForm,
    "rate": RateForm,
}


def form_of(case: Case, verb: str) -> type[VerbForm]:
    """The form a verb takes on ``case``: the item's own where it has one."""
    return case.item.verb_forms.get(verb) or VERB_FORMS[verb]
