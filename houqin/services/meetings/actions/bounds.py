"""When booking needs approval, and how much a unit may hold: kept by whoever manages all rooms."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from houqin.foundation.errors import NotFound
from houqin.foundation.people import scope
from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.trail import actions as trail
from houqin.services.meetings.models import ApprovalRule, Quota

_RIGHT = "meetings.manage"


@transaction.atomic
def make_rule(actor: Person, **values: Any) -> ApprovalRule:
    """From now on bookings that it fits need approval; those made before stay as they are. Raises NotPermitted."""
    grant = scope.authorise_everywhere(actor, _RIGHT)
    made = ApprovalRule.objects.create(**values)
    trail.record(actor, "meetings.make_rule", made, after=trail.values_of(made), grant=grant)
    return made


@transaction.atomic
def set_rule(actor: Person, *, rule: int, **values: Any) -> ApprovalRule:
    """Change a rule, or switch it off. Raises NotPermitted, NotFound."""
    grant = scope.authorise_everywhere(actor, _RIGHT)
    found = ApprovalRule.objects.select_for_update().filter(pk=rule).first()
    if found is None:
        raise NotFound
    before = trail.values_of(found)
    for name, value in values.items():
        setattr(found, name, value)
    found.save()
    old, new = trail.difference(before, trail.values_of(found))
    if new:
        trail.record(actor, "meetings.set_rule", found, before=old, after=new, grant=grant)
    return found


@transaction.atomic
def set_quota(actor: Person, *, unit: Organisation, minutes_a_month: int) -> Quota:
    """What a unit may hold in a month from now on; one that it has is changed. Raises NotPermitted."""
    grant = scope.authorise_everywhere(actor, _RIGHT)
    before = Quota.objects.select_for_update().filter(unit=unit).first()
    made, _new = Quota.objects.update_or_create(unit=unit, defaults={"minutes_a_month": minutes_a_month})
    trail.record(
        actor, "meetings.set_quota", made, before=trail.values_of(before) if before else None,
        after=trail.values_of(made), grant=grant,
    )  # fmt: skip
    return made


@transaction.atomic
def drop_quota(actor: Person, *, quota: int) -> None:
    """The unit is bound no longer. Raises NotPermitted, NotFound."""
    grant = scope.authorise_everywhere(actor, _RIGHT)
    found = Quota.objects.filter(pk=quota).first()
    if found is None:
        raise NotFound
    trail.record(actor, "meetings.drop_quota", found, before=trail.values_of(found), grant=grant)
    found.delete()
