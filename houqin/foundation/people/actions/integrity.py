"""Adding to integrity files."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from houqin.foundation.errors import NotPermitted, Problem
from houqin.foundation.people import integrity, scope
from houqin.foundation.people.actions import writing
from houqin.foundation.people.models import Appointment, IntegrityRecord
from houqin.foundation.trail.actors import Actor


@transaction.atomic
def record_integrity(
    actor: Actor,
    *,
    appointment: Appointment,
    kind: str,
    on: date,
    note: str = "",
    review_on: date | None = None,
) -> IntegrityRecord:
    """Add an entry to the file of a post of integrity risk; nobody keeps their own."""
    if actor.pk is not None and appointment.person_id == actor.pk:
        raise NotPermitted(_("不能登记自己的廉政档案，请由他人登记。"))
    grant = scope.authorise(actor, integrity.KEEP, organisation_path=appointment.organisation.path)
    if not appointment.high_risk:
        raise Problem(_("这个任职没有标为廉政风险岗位，没有廉政档案。"))
    if review_on is not None and review_on <= on:
        raise Problem(errors={"review_on": [_("下次审查须晚于本次日期。")]})
    record = IntegrityRecord(
        appointment=appointment,
        kind=kind,
        on=on,
        note=note.strip(),
        review_on=review_on,
        recorded_by_id=actor.pk,
    )
    return writing.add(actor, "people.record_integrity", record, grant=grant)
