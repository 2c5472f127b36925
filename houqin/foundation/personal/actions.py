"""Showing a number to somebody who needs it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from houqin.foundation.errors import NotFound, Problem
from houqin.foundation.limits.actions import spend
from houqin.foundation.personal.showing import SHOWN, Shown
from houqin.foundation.sealed.value import Personal
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import Actor

#: Numbers one person is shown in an hour; a clerk at the telephone needs some forty.
MOST, PER_SECONDS = 90, 3600
LONGEST_REASON = 200


class ReasonNeeded(Problem):
    """The value is shown, but only for a reason that the trail keeps."""

    code = "reason_needed"
    status = 422


def find(actor: Actor, what: str, key: str) -> Shown:
    """What ``actor`` would be shown. Raises NotFound or NotPermitted as whoever announced ``what`` says."""
    finder = SHOWN.get(what)
    if finder is None or actor.pk is None:
        raise NotFound
    return finder(actor, key)


def reveal(actor: Actor, *, what: str, key: str, reason: str = "") -> Personal:
    """The number that ``what`` and ``key`` stand for, for ``actor`` to see; the trail keeps who saw which and what for.

    Raises NotFound, NotPermitted, ReasonNeeded, and TooMany after :data:`MOST` in an hour. An empty value is no news to the trail.
    """
    shown = find(actor, what, key)
    given = " ".join(reason.split())[:LONGEST_REASON]
    if not (given or shown.why):
        raise ReasonNeeded(errors={"reason": [_("请填写查看事由，将记入操作留痕。")]})
    value: Personal = getattr(shown.record, shown.field)
    if not value:
        return value
    spend(f"reveal:{actor.pk}", limit=MOST, per_seconds=PER_SECONDS)
    with transaction.atomic():
        trail.record(
            actor,
            "personal.reveal",
            shown.record,
            after={"field": shown.field, "reason": given or shown.why},
            grant=shown.grant,
            name=shown.name,
        )
        value.clear  # noqa: B018 - what cannot be decrypted was not shown, and leaves no entry
    return value
