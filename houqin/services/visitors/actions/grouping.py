"""A group from a list: entered together, approved together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from houqin.foundation.errors import Problem
from houqin.foundation.people.models import Person
from houqin.foundation.places.models import Place
from houqin.services.visitors import rules
from houqin.services.visitors.actions.inviting import by_case, check, make, may_host
from houqin.services.visitors.models import Group, Kind, Visit, VisitState
from houqin.services.visitors.sheets import Guest

#: Names on one list.
MOST = 300


@transaction.atomic
def invite_group(
    actor: Person, *, name: str, host: Person, guests: Sequence[Guest], from_at: datetime, until_at: datetime, place: Place,
    purpose: str, kind: str = Kind.BUSINESS,
) -> Group:  # fmt: skip
    """Expect everybody on a list. Where so many go beyond the host's own right, one case is opened, in the name of the first, and all
    wait for it. Raises NotPermitted, Problem for an empty list or one of its lines; then nobody is entered.
    """
    may_host(actor, host)
    if not 0 < len(guests) <= MOST:
        raise Problem(errors={"guests": [_("名单应有 1 至 %(most)d 人。") % {"most": MOST}]})
    group = Group.objects.create(name=name.strip(), host=host, made_by=actor)
    common: dict[str, Any] = {
        "kind": kind, "purpose": purpose.strip(), "place": place, "from_at": from_at, "until_at": until_at, "companions": 0,
        "items": "",
    }  # fmt: skip
    told = [{**common, **vars(guest)} for guest in guests]
    for each in told:
        check(each, needs_phone=True)
    exceeds = rules.exceeds(host, place, from_at, until_at, len(told))
    state = VisitState.EXPECTED
    if exceeds:
        lead = by_case(actor, host, {**told.pop(0), "companions": len(guests) - 1}, group)
        Visit.objects.filter(pk=lead.pk).update(companions=0)
        state, exceeds = VisitState.PENDING, lead.exceeds
    for each in told:
        make(actor, host=host, group=group, state=state, exceeds=exceeds, **each)
    return group
