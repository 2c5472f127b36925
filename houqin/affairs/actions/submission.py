"""Submission: from a filled-in form to a case that somebody has."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from houqin.affairs import clocks, offers, rights
from houqin.affairs.declare import ITEMS, Audience, Item, Kind
from houqin.affairs.forms import CaseForm, check
from houqin.affairs.models import Case, Event, Follower, Task
from houqin.affairs.moves import Move
from houqin.affairs.naming import SOURCE, said
from houqin.affairs.numbers import number_of
from houqin.foundation.errors import NotFound, NotPermitted, Problem
from houqin.foundation.files.actions import attach
from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.people.queries import organisation_of
from houqin.foundation.rows import fresh, next_ids
from houqin.foundation.sealed.scrub import scrubbed
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import Actor, Outsider


class DirectItem(Problem):
    """A direct item opens no case; its own page or call does the work."""

    code = "direct_item"
    status = 409


@transaction.atomic
def submit(
    actor: Actor,
    *,
    item: str,
    data: Mapping[str, Any],
    applicant: Person | Outsider | None = None,
    channel: str = "web",
    session_key: str = "",
) -> Case:
    """Open a case of ``item`` with what the form took, for ``actor`` or for the ``applicant`` whose call a clerk takes.

    A report of something already being dealt with joins that case instead; then the running case comes back. Raises
    NotFound for an unknown item, one switched off or not offered by this channel, DirectItem for a direct one,
    NotPermitted for the wrong audience, Problem with ``errors`` by field for the form.
    """
    declared = ITEMS.get(item)
    if declared is None:
        raise NotFound(_("没有这个服务事项，请从服务目录中选择。"))
    applicant = _applicant(actor, applicant, declared)
    organisation = organisation_of(applicant) if isinstance(applicant, Person) else None
    with translation.override(SOURCE):
        offer = offers.offered(declared, organisation)
    if not offer.enabled or channel not in (declared.channels | {"plan"}):
        raise NotFound(_("“%(name)s”目前未开放办理，请咨询后勤服务热线。") % {"name": said(offer.name)})
    if declared.kind is Kind.DIRECT:
        raise DirectItem(_("“%(name)s”无需受理，请直接到其页面办理。") % {"name": said(offer.name)})
    form = _checked(declared, data, actor)
    if running := declared.moments.existing(form):
        return _join(running, form, actor, applicant, declared, session_key)
    return _open(offer, form, actor, applicant, organisation, channel, session_key)


def _applicant(actor: Actor, applicant: Person | Outsider | None, item: Item) -> Person | Outsider:
    if applicant is not None and applicant != actor:
        from_clerk = isinstance(actor, Person) and rights.scope.holds(actor, item.registering)
        if not from_clerk:
            raise NotPermitted(_("您没有代他人登记的权限。"))
    asks = applicant or actor
    if isinstance(asks, Outsider) and item.audience is not Audience.PUBLIC:
        raise NotPermitted(_("此事项需登录后办理，请先登录。"))
    if not isinstance(asks, Person | Outsider):
        raise NotPermitted
    return asks


def _may_register(actor: Actor, case: Case) -> None:
    """Who registers for others does so for the sections, and a clerk of the people, within their scope."""
    if case.registered_by_id and not rights.scope_grant(actor, case.item.registering, case):
        raise NotPermitted(_("您没有代他人登记的权限。"))


def _checked(item: Item, data: Mapping[str, Any], actor: Actor) -> CaseForm:
    assert item.form is not None
    form = item.form(data, actor=actor)
    check(form)
    return form


def _open(
    offer: offers.Offered,
    form: CaseForm,
    actor: Actor,
    applicant: Person | Outsider,
    organisation: Organisation | None,
    channel: str,
    session_key: str,
) -> Case:
    now, item = timezone.now(), offer.item
    identity, first_task = form.keys or next_ids(Case, Task)
    person = applicant if isinstance(applicant, Person) else None
    case = fresh(
        Case,
        id=identity,
        number=number_of(identity, now),
        item_code=item.code,
        service=item.service,
        item_name=offer.name,
        title=scrubbed(form.title()),
        data=form.kept(),
        category=form.category(),
        flow={**offers.snapshot(offer), "visits": {}},
        version=0,
        channel=channel,
        applicant=person,
        applicant_name=applicant.name,
        applicant_phone=applicant.phone,
        organisation=organisation,
        registered_by=actor if isinstance(actor, Person) and actor != applicant else None,
        place=form.place(),
        section=form.section()
        or offers.section_for(item, category=form.category(), place=form.place(), organisation=organisation),
        submitted_at=now,
    )
    _may_register(actor, case)
    clocks.begin(case, offer.limit, now=now)
    case.open_tasks, case.joined, case.rated = [], False, False
    move = Move(actor, "submit", case, now)
    move.task_ids = [first_task]
    move.writes.insert(case)
    attach(actor, form.file_ids(), record=case, label="submit", session_key=session_key)
    item.moments.submitted(case, form)
    move.data = {"channel": channel}
    move.enter(0)
    move.write()
    return case


def _join(
    case: Case, form: CaseForm, actor: Actor, applicant: Person | Outsider, item: Item, session_key: str
) -> Case:
    """Take another report into the running case: its applicant follows the case from now on."""
    person = applicant if isinstance(applicant, Person) else None
    if not _knows_of(case, applicant):
        Follower.objects.create(
            case=case,
            person=person,
            name=applicant.name,
            phone=applicant.phone,
            text=scrubbed(form.title()),
            at=timezone.now(),
        )
    attach(actor, form.file_ids(), record=case, label="submit", session_key=session_key)
    Event.objects.create(
        case=case,
        at=timezone.now(),
        actor=actor if isinstance(actor, Person) else None,
        actor_name=actor.name,
        verb="join",
        text=scrubbed(form.title()),
        data={} if actor == applicant else {"for": applicant.name},
    )
    trail.record(actor, "affairs.join", case, after={"for": applicant.name}, name=case.number)
    item.moments.joined(case, form)
    case.open_tasks, case.joined, case.rated = list(rights.open_tasks(case)), True, False
    return case


def _knows_of(case: Case, applicant: Person | Outsider) -> bool:
    """Whether the running case is theirs, or they joined it before."""
    if rights.is_applicant(applicant, case):
        return True
    who = (
        {"phone": applicant.phone, "person": None}
        if isinstance(applicant, Outsider)
        else {"person": applicant}
    )
    return case.followers.filter(**who).exists()
