"""Somebody stands at the gate and nobody has invited them: the guard registers them, the host is asked, and they wait."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from houqin.affairs import actions as affairs
from houqin.affairs.forms import check
from houqin.foundation.errors import Conflict, NotFound
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.foundation.trail.actors import Outsider
from houqin.services.visitors import queries
from houqin.services.visitors.forms_gate import WalkInForm
from houqin.services.visitors.models import Visit, VisitState


@transaction.atomic
def register_walk_in(actor: Person, *, data: Mapping[str, Any]) -> Visit:
    """A visit from now on that waits for its host (``state`` pending), who is told at once; ``data`` as :class:`WalkInForm` takes it.

    Beyond the host's own right whoever keeps visits has to agree as well. Somebody on the list of those not let in is held, as
    with every other visit. Raises NotPermitted, Problem by field.
    """
    scope.authorise(actor, "visitors.gate", organisation_path=None)
    form = WalkInForm(data, actor=actor)
    check(form)
    guest = Outsider(form.cleaned_data["name"], form.cleaned_data["phone"])
    case = affairs.submit(actor, item=queries.WALK_IN, data=data, applicant=guest, channel="gate")
    return Visit.objects.select_related(*queries.RELATED).get(case=case)


@transaction.atomic
def give_up(actor: Person, *, visit: int) -> Visit:
    """Whoever waited has gone again: nobody has to decide any more. Raises NotFound for a visit that another guard registered, Conflict
    for one that has been decided.
    """
    found = queries.visits_at_gate(actor).filter(pk=visit, case__registered_by=actor.pk).first()
    if found is None or found.case is None:
        raise NotFound
    if found.state != VisitState.PENDING:
        raise Conflict(_("这次来访%(state)s，不能再改。") % {"state": found.get_state_display()})
    affairs.perform(actor, "withdraw", case=found.case.number, version=found.case.version, data={})
    found.refresh_from_db()
    return found
