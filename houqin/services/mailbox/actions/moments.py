"""What the case's moves mean for the letter: sorted, drafted, sent, asked again. All within the transaction of the move."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.affairs.models import Case, State
from houqin.foundation.errors import Problem
from houqin.foundation.people.models import Person
from houqin.services.mailbox.actions import matters
from houqin.services.mailbox.actions.letters import mark_sent
from houqin.services.mailbox.models import FormerAnswer, Letter


def acted(case: Case, verb: str, data: Mapping[str, Any]) -> None:
    """What a verb on the case means for its letter."""
    if verb not in ("dispatch", "complete", "approve", "reopen"):
        return
    letter = Letter.objects.select_for_update(of=("self",)).get(case=case)
    letter.case = case
    if verb == "dispatch":
        _sorted(letter, data)
    elif verb == "reopen":
        _asked_again(letter)
    else:
        if verb == "complete":
            _drafted(letter, data)
        if case.state in (State.CONFIRMING, State.COMPLETED):
            _sent(letter, data["actor"])


def ended_without_answer(case: Case) -> None:
    """The case was refused or withdrawn: letters that waited for its answer go their own way again."""
    letter = Letter.objects.filter(case=case).first()
    if letter and letter.is_lead:
        Letter.objects.filter(matter=case.pk).update(matter=None)


def _sorted(letter: Letter, data: Mapping[str, Any]) -> None:
    letter.category = data["category"]
    letter.sorted_by, letter.sorted_at = data["actor"], timezone.now()
    if letter.suggested_id:
        same_section = letter.suggested_section_id in (None, letter.case.section_id)
        letter.followed = letter.suggested_id == letter.category.pk and same_section
    letter.save(update_fields=["category", "sorted_by", "sorted_at", "followed"])
    if letter.is_lead:
        matters.sort_along(data["actor"], letter)


def _drafted(letter: Letter, data: Mapping[str, Any]) -> None:
    if letter.matter_id and not letter.is_lead:
        lead = Case.objects.get(pk=letter.matter_id)
        raise Problem(
            _("这封信已并入 %(number)s，请在那封信里答复，会一并发给来信人。")
            % {"number": lead.spoken_number},
            code="joined",
        )
    letter.answer, letter.answer_by = data["answer"], data["actor"]
    letter.save(update_fields=["answer", "answer_by"])


def _sent(letter: Letter, actor: Person) -> None:
    mark_sent(letter)
    if letter.is_lead:
        matters.answer_along(actor, letter)


def _asked_again(letter: Letter) -> None:
    if letter.answered_at:
        FormerAnswer.objects.create(
            letter=letter, words=letter.answer, by=letter.answer_by, sent_at=letter.answered_at
        )
    letter.answered_at = None
    letter.matter = None if not letter.is_lead else letter.matter
    letter.save(update_fields=["answered_at", "matter"])
