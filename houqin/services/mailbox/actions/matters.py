"""Letters about the same are joined by a person into one matter, and get one answer."""

from collections.abc import Sequence

from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from houqin.affairs.actions import perform
from houqin.affairs.declare import StepKind
from houqin.affairs.models import Case, State, Task, TaskState
from houqin.affairs.moves import touching
from houqin.foundation.errors import Conflict, NotFound
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.foundation.trail import actions as trail
from houqin.services.mailbox import queries
from houqin.services.mailbox.actions import letters
from houqin.services.mailbox.models import Letter, Matter

RUNNING = (State.OPEN, State.WAITING_APPLICANT)


@transaction.atomic
def join_letters(actor: Person, *, lead: str, others: Sequence[int]) -> Matter:
    """Answer ``others`` (ids) together with the letter numbered ``lead``.

    Raises NotFound outside the actor's scope, Conflict for letters that are answered or in another matter already.
    """
    first = queries.find_letter(actor, lead)
    found = _locked(first.pk, others)
    if len(found) != len({first.pk, *others}):
        raise NotFound
    first = found.pop(first.pk)
    grant = None
    for letter in (first, *found.values()):
        case = letter.case
        grant = scope.authorise(
            actor,
            "mailbox.sort",
            organisation_path=case.section.path,
            place_path=case.place.path if case.place else "",
            service="mailbox",
        )
    _check(first, list(found.values()))
    matter, _made = Matter.objects.get_or_create(
        lead=first, defaults={"title": first.case.title, "joined_by": actor, "at": timezone.now()}
    )
    Letter.objects.filter(pk__in=[first.pk, *found]).update(matter=matter)
    numbers = [letter.case.number for letter in found.values()]
    trail.record(
        actor, "mailbox.join", first.case, after={"joined": numbers}, grant=grant, name=first.case.number
    )
    first.matter = matter
    if first.category_id:
        sort_along(actor, first)
    return matter


def _locked(lead: int, others: Sequence[int]) -> dict[int, Letter]:
    """Letters with their cases, the leading case locked first, as its answer does. The others are not waited for: whoever
    has one of them may wait for ours. Raises Conflict then."""
    ids = sorted({*others} - {lead})
    list(Case.objects.select_for_update().filter(pk=lead))
    try:
        with transaction.atomic():
            list(Case.objects.select_for_update(nowait=True).filter(pk__in=ids).order_by("pk"))
    except OperationalError as error:
        raise Conflict(_("有来信正在被他人办理，请稍后再合并。"), code="busy") from error
    rows = Letter.objects.select_for_update(of=("self",)).select_related(
        "case__section", "case__place", "category"
    )
    return {letter.pk: letter for letter in rows.filter(pk__in=[lead, *ids]).order_by("pk")}


def _check(lead: Letter, others: Sequence[Letter]) -> None:
    for letter in (lead, *others):
        if letter.answered_at or letter.case.state not in RUNNING:
            raise Conflict(
                _("来信 %(number)s 已答复或已办结，不能合并。") % {"number": letter.case.spoken_number}
            )
    if lead.matter_id and not lead.is_lead:
        raise Conflict(_("这封信已并入另一封信，请到那封信上合并。"))
    for letter in others:
        if letter.matter_id and letter.matter_id != lead.pk:
            raise Conflict(_("来信 %(number)s 已并入别的来信。") % {"number": letter.case.spoken_number})


def sort_along(actor: Person, lead: Letter) -> None:
    """Letters of the matter that wait to be sorted go where the leading one went, to the same person."""
    assert lead.category is not None
    holder = Task.objects.filter(case=lead.case_id, state=TaskState.OPEN, kind=StepKind.HANDLE).first()
    data: dict[str, object] = {"category": lead.category.code, "sections": [lead.case.section_id]}
    if holder and holder.assignee_id:
        data["person"] = holder.assignee_id
    waiting = Task.objects.filter(
        case__letter__matter=lead.pk, state=TaskState.OPEN, kind=StepKind.DISPATCH, case__state=State.OPEN
    ).exclude(case=lead.case_id)
    for task in waiting.select_related("case").order_by("case_id"):
        perform(actor, "dispatch", case=task.case.number, task=task.pk, data=data)


def answer_along(actor: Person, lead: Letter) -> None:
    """The leading letter's answer goes to the writers of all others, wherever their cases stand."""
    others = Letter.objects.filter(matter=lead.pk, answered_at__isnull=True, case__state__in=RUNNING)
    for pk in list(others.exclude(pk=lead.pk).order_by("pk").values_list("pk", flat=True)):
        with touching(actor, "complete", pk) as move:
            if move.case.state not in RUNNING:
                continue
            move.close_rest()
            move.data = {"along": lead.case.number}
            move.enter(letters.index_of(move.case, StepKind.CONFIRM))
            title = format_lazy(gettext_lazy("已办好，请确认：{title}"), title=move.case.title)
            move.tell_applicant("affairs.confirm", title)
            letter = Letter.objects.select_for_update(of=("self",)).get(pk=pk)
            letter.case = move.case
            letter.answer, letter.answer_by = lead.answer, lead.answer_by
            letter.category = letter.category or lead.category
            move.case.category = letter.category.code if letter.category else move.case.category
            letters.mark_sent(letter)
