"""A dummy service that exercises every extension point of the engine. Its items exist only where a test asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from houqin.affairs.conditions import condition
from houqin.affairs.declare import (
    Audience,
    Category,
    Item,
    Kind,
    Moments,
    Step,
    StepKind,
    wall_minutes,
    working_hours,
)
from houqin.affairs.forms import CaseForm, DoneForm, FileIdsField
from houqin.affairs.models import Case
from houqin.affairs.who import Holder, Who, who
from houqin.foundation.places.models import Place


class RequestForm(CaseForm):
    what = forms.CharField(label="事由", max_length=100, error_messages={"required": "请写明事由。"})
    place = forms.ModelChoiceField(Place.objects.all(), label="地点", required=False)
    kind = forms.CharField(label="类别", required=False)
    photos = FileIdsField()

    def title(self) -> str:
        return str(self.cleaned_data["what"])

    def category(self) -> str:
        return str(self.cleaned_data.get("kind") or "")


class FinishForm(DoneForm):
    minutes = forms.IntegerField(label="工时", min_value=0, required=False)


class Diary(Moments):
    """Remembers every moment it heard of, as ``(moment, case number, extra)``."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, Any]] = []
        self.running: Case | None = None

    def existing(self, form: CaseForm) -> Case | None:
        return self.running

    def joined(self, case: Case, form: CaseForm) -> None:
        self.heard.append(("joined", case.number, None))

    def submitted(self, case: Case, form: CaseForm) -> None:
        self.heard.append(("submitted", case.number, form.cleaned_data["what"]))

    def acted(self, case: Case, verb: str, data: Mapping[str, Any]) -> None:
        self.heard.append((verb, case.number, data.get("minutes")))

    def approved(self, case: Case) -> None:
        self.heard.append(("approved", case.number, None))

    def completed(self, case: Case) -> None:
        self.heard.append(("completed", case.number, None))

    def refused(self, case: Case) -> None:
        self.heard.append(("refused", case.number, None))

    def withdrawn(self, case: Case) -> None:
        self.heard.append(("withdrawn", case.number, None))


@condition("dummy.unsorted")
def unsorted(case: Case) -> bool:
    return case.category == ""


@who("dummy.people")
def named_people(case: Case, argument: str) -> list[Holder]:
    """The people whose ids the case's ``kind`` does not matter for: those named by :func:`agreeing`."""
    return [Holder(person=person) for person in AGREEING]


AGREEING: list[Any] = []
NAMED: Who = named_people
DIARY = Diary()

MEND = Item(
    code="dummy.mend",
    name="修理",
    category=Category.OFFICE,
    audience=Audience.PUBLIC,
    form=RequestForm,
    moments=DIARY,
    limit=working_hours(8),
    verb_forms={"complete": FinishForm},
    flow=(
        Step("sort", StepKind.DISPATCH, "派单", "queue", wall_minutes(10), when="dummy.unsorted"),
        Step("mend", StepKind.HANDLE, "维修", "duty", working_hours(4)),
        Step("confirm", StepKind.CONFIRM, "确认"),
    ),
)
ASK = Item(
    code="dummy.ask",
    name="申请",
    category=Category.MANAGEMENT,
    form=RequestForm,
    moments=DIARY,
    limit=working_hours(16),
    flow=(
        Step("head", StepKind.APPROVE, "处室审批", "head", working_hours(4)),
        Step("joint", StepKind.APPROVE, "会签", "dummy.people", working_hours(8), agree="all"),
        Step("give", StepKind.HANDLE, "办理", "queue", working_hours(4)),
    ),
)
DIRECT = Item(code="dummy.direct", name="直办", category=Category.LIFE, kind=Kind.DIRECT, url="home")
ITEMS = (MEND, ASK, DIRECT)
