"""The letter beside its case: made with it, promised its answer, marked as answered."""

from typing import Any

from django.utils import timezone

from houqin.affairs import clocks
from houqin.affairs.declare import Limit, StepKind, working_hours
from houqin.affairs.forms import CaseForm
from houqin.affairs.models import Case
from houqin.foundation.calendar import clock as calendar
from houqin.services.mailbox import jobs
from houqin.services.mailbox.models import Letter, LetterCategory

ITEM = "mailbox.letter"
#: For the head to read an answer before it is sent, out of the time for answering.
REVIEW = working_hours(4)
LEAST_MINUTES = 60
#: Keys of the flow's steps.
SORT, ANSWER, APPROVAL, CONFIRM = "sort", "answer", "review", "confirm"


class Sealed(dict[str, Any]):
    """What an anonymous letter is submitted with. Only code can build one, so no caller makes up a receipt."""

    def __init__(self, *, receipt: str, once: str | None, **data: Any) -> None:
        super().__init__(**data)
        self.receipt, self.once = receipt, once


def make_letter(case: Case, form: CaseForm) -> Letter:
    """The letter of a new case; what it may be about is suggested by a job."""
    sealed = form.data if isinstance(form.data, Sealed) else None
    letter = Letter(
        case=case,
        received_at=case.submitted_at,
        anonymous=sealed is not None,
        receipt=sealed.receipt if sealed else None,
        once=sealed.once if sealed else None,
        may_publish=form.cleaned_data["may_publish"],
    )
    letter.save(force_insert=True)
    jobs.suggest_soon()
    return letter


def categorise(case: Case, category: LetterCategory) -> None:
    """Promise the answer within the category's working days (statutory calendar), counted from the letter's receipt.

    The time for the answer is what is left of them, less the time for its review.
    """
    now, case.category = timezone.now(), category.code
    a_day = calendar.load().minutes_a_day(timezone.localdate(case.submitted_at))
    clocks.begin(case, Limit(category.workdays * a_day), now=case.submitted_at)
    assert case.due_at is not None
    left = calendar.load().working_minutes(now, case.due_at) - (REVIEW.minutes if category.reviewed else 0)
    for step in case.flow["steps"]:
        if step["key"] == ANSWER:
            step["limit"] = {"minutes": max(left, LEAST_MINUTES), "clock": "working"}


def mark_sent(letter: Letter) -> None:
    """The writer can read the answer. Whether it was in time is decided by the first one: a clock that stands still
    with its end ahead was."""
    letter.answered_at = timezone.now()
    if letter.in_time is None:
        due = letter.case.due_at
        letter.in_time = due is None or due >= letter.answered_at
    letter.save(update_fields=["answer", "answer_by", "answered_at", "in_time", "category"])


def index_of(case: Case, kind: StepKind) -> int:
    """Where the step of that kind stands in the case's flow."""
    return next(number for number, step in enumerate(case.flow["steps"]) if step["kind"] == kind)
