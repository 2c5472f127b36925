"""What the mailbox offers: a letter, on one line from the writer to the answer and its rating."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from houqin.affairs.conditions import condition
from houqin.affairs.declare import Audience, Category, Item, Moments, Step, StepKind, announce, working_hours
from houqin.affairs.forms import CaseForm
from houqin.affairs.models import Case
from houqin.affairs.who import Holder, heads_over, who
from houqin.foundation.trail.actors import Actor
from houqin.services.mailbox import queries
from houqin.services.mailbox.actions import letters, moments
from houqin.services.mailbox.forms import AnswerForm, LetterForm, SortForm


@condition("mailbox.reviewed")
def reviewed(case: Case) -> bool:
    """The head reads the answer before it is sent, where the category says so."""
    return queries.is_reviewed(case.category)


@who("mailbox.head")
def head_of_answering_section(case: Case, argument: str) -> Sequence[Holder]:
    """The head of the section that answers; an answer of the head's own goes one head up."""
    drafted_by = queries.drafted_by(case)
    heads = heads_over(case.section, applicant_id=drafted_by)
    return [Holder(case.section, head) for head in heads if head.pk != case.applicant_id]


class LetterMoments(Moments):
    """A letter beside every case of the mailbox."""

    case_template = "mailbox/case_panel.html"
    item_template = "mailbox/doors.html"
    phone_template = "mailbox/phone.html"

    def case_context(self, case: Case, viewer: Actor) -> dict[str, Any]:
        """For the case's page: the answer, and for those inside the suggestion, likeness and publication."""
        return {"letter": queries.panel(viewer, case)}

    def item_context(self, request: HttpRequest, form: CaseForm) -> dict[str, Any]:
        """For the letter's page: nothing; it leads to the other doors."""
        return {}

    def submitted(self, case: Case, form: CaseForm) -> None:
        letters.make_letter(case, form)

    def dispatching(self, case: Case, data: Mapping[str, Any]) -> None:
        letters.categorise(case, data["category"])

    def acted(self, case: Case, verb: str, data: Mapping[str, Any]) -> None:
        moments.acted(case, verb, data)

    def refused(self, case: Case) -> None:
        moments.ended_without_answer(case)

    def withdrawn(self, case: Case) -> None:
        moments.ended_without_answer(case)


announce(
    Item(
        code=letters.ITEM,
        name=_("服务信箱"),
        summary=_("意见、建议、投诉、表扬，件件有答复；可以匿名"),
        keywords="意见 建议 投诉 表扬 反馈 来信 信箱 yijian jianyi tousu",
        icon="mail",
        category=Category.OFFICE,
        audience=Audience.PUBLIC,
        form=LetterForm,
        flow=(
            Step(letters.SORT, StepKind.DISPATCH, _("分办"), who="queue", limit=working_hours(4)),
            Step(letters.ANSWER, StepKind.HANDLE, _("答复"), who="duty", limit=working_hours(32)),
            Step(
                letters.APPROVAL,
                StepKind.APPROVE,
                _("审核答复"),
                who="mailbox.head",
                when="mailbox.reviewed",
                limit=letters.REVIEW,
                inside=True,
            ),
            Step(letters.CONFIRM, StepKind.CONFIRM, _("来信人确认")),
        ),
        limit=working_hours(40),
        moments=LetterMoments(),
        verb_forms={"dispatch": SortForm, "complete": AnswerForm},
        categories=queries.category_names,
        rating_tags=(
            _("答复及时"), _("说得清楚"), _("问题解决了"), _("态度诚恳"), _("答非所问"), _("没有解决"),
        ),
        reopens=1,
    )
)  # fmt: skip
