"""Setting periods, and erasing what is due."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.errors import Problem
from houqin.foundation.people.scope import authorise_everywhere
from houqin.foundation.personal.retention import KEPT
from houqin.foundation.retention import queries
from houqin.foundation.retention.models import Erasure, Period
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import SYSTEM, Actor

#: Rows erased in one transaction, and batches of one kind in one night: the rest follows in the next.
BATCH, MOST_BATCHES = 500, 400


@transaction.atomic
def set_period(actor: Actor, *, kind: str, days: int) -> Period:
    """Keep ``kind`` for so many days from now on; what that makes due goes with the next run."""
    kept = queries.find(kind)
    grant = authorise_everywhere(actor, queries.MANAGE)
    if not kept.least <= days <= kept.most:
        message = _("可设 %(least)s 至 %(most)s 天。") % {"least": kept.least, "most": kept.most}
        raise Problem(message, code="period_out_of_bounds", errors={"days": [message]})
    before = queries.days_of(kind)
    period, _made = Period.objects.select_for_update().get_or_create(kind=kind, defaults={"days": days})
    if days != before or _made:
        period.days = days
        period.save(update_fields=["days"])
        trail.record(
            actor,
            "retention.set_period",
            period,
            before={"days": before},
            after={"days": days},
            grant=grant,
            name=str(kept.name),
        )
    return period


def erase_due(kind: str) -> int:
    """Erase what is due of ``kind``, batch by batch, each in a transaction with its entry in the trail; answers how many."""
    kept, days, before, total = KEPT[kind], queries.days_of(kind), queries.due_before(kind), 0
    for _batch in range(MOST_BATCHES):
        with transaction.atomic():
            model = kept.due(before).model
            keys = list(
                kept.due(before)
                .order_by("pk")
                .select_for_update(of=("self",), skip_locked=True)
                .values_list("pk", flat=True)[:BATCH]
            )
            if not keys:
                break
            count = kept.erase(model._default_manager.filter(pk__in=keys))
            run = Erasure.objects.create(kind=kind, days=days, count=count, at=timezone.now())
            after = {"kind": kind, "days": days, "count": count}
            trail.record(SYSTEM, "retention.erase", run, after=after, name=str(kept.name))
            total += count
        if len(keys) < BATCH:
            break
    return total
