"""Publishing a letter and its answer: edited by one person, approved by another, withdrawn where need be."""

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from houqin.affairs import rights
from houqin.foundation.errors import Conflict, NotFound, NotPermitted, Problem
from houqin.foundation.notices.actions import tell
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.foundation.trail import actions as trail
from houqin.services.mailbox import masking, queries
from houqin.services.mailbox.models import Letter, Publication, PublicationState, UsefulVote
from houqin.services.mailbox.queries.public import writer_of

_EDITABLE = (PublicationState.DRAFT, PublicationState.WAITING, PublicationState.WITHDRAWN)


@transaction.atomic
def edit_publication(actor: Person, *, letter: str, title: str, words: str, answer: str) -> Publication:
    """Keep what is to be published of a letter, and ask others to approve it.

    Raises Problem where the writer has not agreed, or where a number or the writer's name still stands in it; Conflict while it is published.
    """
    found = _letter(actor, letter)
    if found.answered_at is None:
        raise Conflict(_("来信尚未答复，答复后才能公开。"))
    if not found.may_publish:
        raise Problem(_("来信人没有同意公开这封信。"), code="not_agreed")
    _check_masked(found, {"title": title, "words": words, "answer": answer})
    publication = Publication.objects.select_for_update().filter(letter=found).first()
    if publication is None:
        publication = Publication(letter=found)
    elif publication.state not in _EDITABLE:
        raise Conflict(_("这封信正在公开，请先撤下再修改。"))
    publication.title, publication.words, publication.answer = title, words, answer
    publication.edited_by, publication.edited_at = actor, timezone.now()
    publication.approved_by, publication.state = None, PublicationState.WAITING
    publication.save()
    _record(actor, "edit", publication)
    others = [person for person in _approvers(found) if person.pk != actor.pk]
    _tell(others, publication, gettext_lazy("待审核公开：{title}"))
    return publication


@transaction.atomic
def approve_publication(actor: Person, *, letter: str) -> Publication:
    """Publish what another person has edited. Raises NotPermitted for the editor, Conflict when it does not wait."""
    publication = _locked(actor, letter, PublicationState.WAITING)
    if publication.edited_by_id == actor.pk:
        raise NotPermitted(_("您编辑的公开稿须由另一人审核。"))
    publication.approved_by, publication.published_at = actor, timezone.now()
    publication.state, publication.reason = PublicationState.PUBLISHED, ""
    publication.save()
    _record(actor, "publish", publication)
    _tell([publication.edited_by], publication, gettext_lazy("已公开：{title}"))
    return publication


@transaction.atomic
def return_publication(actor: Person, *, letter: str, reason: str) -> Publication:
    """Send what waits back to its editor."""
    publication = _locked(actor, letter, PublicationState.WAITING)
    publication.state, publication.reason = PublicationState.DRAFT, reason
    publication.save()
    _record(actor, "return_publication", publication)
    _tell([publication.edited_by], publication, gettext_lazy("公开稿退回修改：{title}"), reason)
    return publication


@transaction.atomic
def withdraw_publication(actor: Person, *, letter: str, reason: str) -> Publication:
    """Take a published letter down at once; it stays to be edited anew."""
    publication = _locked(actor, letter, PublicationState.PUBLISHED)
    publication.state, publication.reason = PublicationState.WITHDRAWN, reason
    publication.withdrawn_by, publication.withdrawn_at = actor, timezone.now()
    publication.save()
    _record(actor, "withdraw_publication", publication)
    return publication


@transaction.atomic
def find_useful(actor: Person, *, publication: int, useful: bool) -> Publication:
    """Say that a published letter helps, or take it back. Twice the same changes nothing."""
    found = queries.find_published(publication)
    if useful:
        UsefulVote.objects.bulk_create([UsefulVote(publication=found, person=actor)], ignore_conflicts=True)
    else:
        UsefulVote.objects.filter(publication=found, person=actor).delete()
    return queries.find_published(publication)


def _letter(actor: Person, number: str) -> Letter:
    letter = queries.find_letter(actor, number)
    scope.authorise(
        actor,
        "mailbox.publish",
        organisation_path=letter.case.section.path,
        place_path=letter.case.place.path if letter.case.place else "",
        service="mailbox",
    )
    return letter


def _locked(actor: Person, number: str, state: PublicationState) -> Publication:
    letter = _letter(actor, number)
    publication = (
        Publication.objects.select_for_update(of=("self",))
        .select_related("edited_by")
        .filter(letter=letter)
        .first()
    )
    if publication is None:
        raise NotFound
    if publication.state != state:
        raise Conflict(
            _("公开稿现为“%(state)s”，请刷新后再办。") % {"state": publication.get_state_display()}
        )
    publication.letter = letter
    return publication


def _check_masked(letter: Letter, texts: dict[str, str]) -> None:
    """A number, or the writer's name, that is still there is told at its field."""
    errors = {}
    for field, text in texts.items():
        left = [each for each in masking.find(text, writer=writer_of(letter)) if each.hard]
        if left:
            said = _("、").join(f"{each.said} {each.text}" for each in left)
            errors[field] = [_("还有个人信息没有隐去：%(found)s。") % {"found": said}]
    if errors:
        raise Problem(_("公开稿里还有个人信息，请隐去后再提交。"), code="not_masked", errors=errors)


def _approvers(letter: Letter) -> list[Person]:
    case = letter.case
    place = case.place.path if case.place else ""
    return list(
        scope.holders(
            "mailbox.publish", organisation_path=case.section.path, place_path=place, service="mailbox"
        )
    )


def _record(actor: Person, verb: str, publication: Publication) -> None:
    case = publication.letter.case
    grant = rights.scope_grant(actor, "mailbox.publish", case)
    after = {"state": str(publication.state), "reason": publication.reason}
    trail.record(actor, f"mailbox.{verb}", publication, after=after, grant=grant, name=case.number)


def _tell(people: list[Person], publication: Publication, words: Promise, body: str = "") -> None:
    title = format_lazy(words, title=publication.title)
    url = f"/mailbox/letters/{publication.letter.case.number}/publish"
    tell(people, kind="mailbox.publication", title=title, body=body, url=url, record=publication.letter.case)
