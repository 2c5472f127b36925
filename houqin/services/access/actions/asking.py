"""A permit that somebody asks for: a case, and the permit beside it."""

from __future__ import annotations

from houqin.affairs.models import Case
from houqin.foundation.people.models import Person
from houqin.services.access import queries
from houqin.services.access.forms import PermitForm
from houqin.services.access.models import Permit, PermitState


def ask(case: Case, form: PermitForm) -> Permit:
    """The permit beside a new case, for its applicant; it opens nothing yet."""
    assert isinstance(case.applicant, Person)
    return Permit.objects.create(
        case=case,
        source=f"access.permit:{case.pk}",
        holder=queries.person_holder(case.applicant),
        name=case.applicant.name,
        person=case.applicant,
        areas=sorted(area.pk for area in form.cleaned_data["areas"]),
        reason=form.cleaned_data["reason"],
        state=PermitState.ASKED,
        **form.period(),
    )


def approve(case: Case) -> None:
    """All have agreed: it opens doors from its start on."""
    Permit.objects.filter(case=case, state=PermitState.ASKED).update(state=PermitState.ACTIVE)


def drop(case: Case) -> None:
    """Refused or withdrawn; nothing was ever opened by it."""
    Permit.objects.filter(case=case, state=PermitState.ASKED).update(state=PermitState.REFUSED)
