"""An item with every verb of approval and dispatch, for the steps that no service's item has yet."""

from __future__ import annotations

from django import forms

from houqin.affairs.declare import Category, Item, Step, StepKind, announce, working_hours
from houqin.affairs.forms import CaseForm

CODE = "bench.ask"


class AskForm(CaseForm):
    """One line of text."""

    what = forms.CharField(max_length=100)

    def title(self) -> str:
        return str(self.cleaned_data["what"])


announce(
    Item(
        code=CODE,
        name="申请",
        category=Category.OFFICE,
        form=AskForm,
        limit=working_hours(16),
        flow=(
            Step("head", StepKind.APPROVE, "处室审批", "head", working_hours(4)),
            Step("sort", StepKind.DISPATCH, "派单", "queue", working_hours(1)),
            Step("give", StepKind.HANDLE, "办理", "duty", working_hours(4)),
        ),
    )
)
