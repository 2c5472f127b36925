"""What a warning becomes where its rule names no item of its own: an errand of the section whose affair it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from houqin.affairs.declare import Category, Item, Moments, Step, StepKind, announce, working_hours
from houqin.affairs.forms import CaseForm
from houqin.affairs.models import Case, Warning
from houqin.affairs.warnings.declare import RULES
from houqin.affairs.who import Holder, heads_over, on_duty_in, who
from houqin.foundation.people.models import Organisation
from houqin.foundation.trail.actors import Actor

ITEM = "affairs.warning"


class ErrandForm(CaseForm):
    """Filled in by :func:`data_of` alone: the item is offered by no channel."""

    what = forms.CharField(label=_("预警"), max_length=500)
    warning = forms.ModelChoiceField(Warning.objects.filter(organisation__isnull=False), label=_("预警编号"))

    def title(self) -> str:
        what: str = self.cleaned_data["what"]
        return what

    def section(self) -> Organisation:
        """Whose affair the warning is."""
        section: Organisation = self.cleaned_data["warning"].organisation
        return section


class ErrandMoments(Moments):
    """The page of an errand leads back to its warning."""

    case_template = "portal/errand_panel.html"

    def case_context(self, case: Case, viewer: Actor) -> dict[str, Any]:
        """The warning, in words, as it stands now."""
        found = Warning.objects.filter(case=case).first()
        rule = RULES.get(found.rule) if found else None
        return {"warning": found, "words": rule.words(found) if found and rule else case.title}


def data_of(warning: Warning) -> dict[str, Any]:
    """What the form takes."""
    return {"what": RULES[warning.rule].words(warning), "warning": warning.pk}


@who("warnings.section")
def of_the_section(case: Case, argument: str) -> Sequence[Holder]:
    """Whoever is on duty in the section; where nobody is (that may be what the warning says), its head."""
    here = on_duty_in(case.section, case, timezone.now())
    if here.person:
        return [here]
    return [Holder(case.section, head) for head in heads_over(case.section)]


announce(
    Item(
        code=ITEM,
        name=_("预警处置"),
        summary=_("预警转来的办件，由所属科室处置"),
        icon="triangle",
        category=Category.MANAGEMENT,
        channels=frozenset(),
        form=ErrandForm,
        flow=(
            Step("mend", StepKind.HANDLE, _("处置"), who="warnings.section", limit=working_hours(16)),
            Step("confirm", StepKind.CONFIRM, _("转办人确认")),
        ),
        limit=working_hours(24),
        moments=ErrandMoments(),
    )
)
