"""What becomes of a visit when its case moves."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from houqin.affairs.models import Case
from houqin.foundation.people.models import Person
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import SYSTEM, Actor
from houqin.services.visitors import rules
from houqin.services.visitors.actions.inviting import drop_visit, expect, make, may_host, picture
from houqin.services.visitors.forms import InviteForm, RequestForm
from houqin.services.visitors.forms_gate import WalkInForm
from houqin.services.visitors.models import Visit, VisitState


def ask(case: Case, form: InviteForm) -> Visit:
    """The visit beside a host's new case; where the host's own right is enough, the case has nothing left to do.

    Raises NotPermitted for somebody else's guest.
    """
    told = form.told()
    host: Person = told.pop("host")
    may_host(form.actor or case.applicant or SYSTEM, host)
    return _ask(form.actor or SYSTEM, case, host, told)


def request(case: Case, form: RequestForm) -> Visit:
    """The visit beside a passer-by's case: the host has to agree."""
    told = dict(form.cleaned_data)
    for name in ("host_name", "host_tail"):
        told.pop(name)
    assert form.host is not None
    told |= {"place": case.place, "phone": case.applicant_phone}
    return _ask(SYSTEM, case, form.host, told)


def receive(case: Case, form: WalkInForm) -> Visit:
    """The visit beside the case of somebody whom a guard has registered."""
    told = form.told() | {"place": case.place}
    return _ask(form.actor or SYSTEM, case, told.pop("host"), told)


def _ask(actor: Actor, case: Case, host: Person, told: dict[str, Any]) -> Visit:
    people = 1 + int(str(told["companions"]))
    exceeds = rules.exceeds(host, told["place"], told["from_at"], told["until_at"], people)
    return make(actor, host=host, case=case, state=VisitState.PENDING, exceeds=exceeds, **told)


def approve(case: Case) -> None:
    """All have agreed."""
    for visit in _of(case):
        visit.state = VisitState.EXPECTED
        visit.save(update_fields=["state"])
        trail.record(SYSTEM, "visitors.approve", visit, after=picture(visit))
        expect(visit)


def drop(case: Case, state: VisitState, why: str) -> None:
    """Refused, or taken back."""
    for visit in _of(case):
        drop_visit(SYSTEM, visit, why, state)


def _of(case: Case) -> list[Visit]:
    """What waits for the case: its visit, and with it the others of the same list."""
    own = Visit.objects.get(case=case)
    wanted = Q(pk=own.pk)
    if own.group_id:
        wanted |= Q(group=own.group_id, case=None)
    found = Visit.objects.select_for_update(of=("self",)).filter(wanted, state=VisitState.PENDING)
    return list(found.select_related("host", "place", "section", "case").order_by("pk"))
