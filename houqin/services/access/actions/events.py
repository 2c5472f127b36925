"""What controllers tell: that they live, and what happened at their doors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.errors import Problem
from houqin.services.access import queries
from houqin.services.access.models import Controller, Direction, Reason

#: Events in one call.
MOST = 1000
#: A clock that is off by less than this is right: the way of the message takes as long.
CLOCK_SLACK = timedelta(seconds=2)
_HOLDER = re.compile(r"((person|visitor|organisation):[0-9]{1,18})?")
_LARGEST = 2**62

# Unknown doors are kept too, refused, so that the controller's numbers have no hole and nothing is lost.
_TAKE = """
WITH came AS (
  SELECT * FROM unnest(%(sequence)s::bigint[], %(door)s::text[], %(at)s::timestamptz[], %(holder)s::text[],
    %(permit)s::bigint[], %(direction)s::text[], %(reason)s::text[], %(window)s::bigint[])
    AS e(sequence, door, at, holder, permit, direction, reason, "window")
)
INSERT INTO access_doorevent (controller_id, sequence, door_id, at, received_at, holder, permit_id, direction, allowed, reason,
  offline, "window", clock_off_seconds)
SELECT %(controller)s, e.sequence, d.id, least(e.at - %(off)s, now()), now(), e.holder, p.id, e.direction,
  e.reason = '' AND d.id IS NOT NULL, CASE WHEN d.id IS NULL THEN 'unknown_door' ELSE e.reason END, true, e."window",
  %(off_seconds)s
FROM came e
LEFT JOIN access_door d ON d.code = e.door AND d.controller_id = %(controller)s
LEFT JOIN access_permit p ON p.id = e.permit
ORDER BY e.at, e.sequence
ON CONFLICT (controller_id, sequence) DO NOTHING
"""

# How far nothing is missing: the first numbers after the known end that follow on each other.
_SPOKEN = """
UPDATE access_controller c SET {more} seen_at = now(), clock_off_seconds = %(off_seconds)s, through = coalesce((
  SELECT max(n.sequence) FROM (
    SELECT e.sequence, c.through + row_number() OVER (ORDER BY e.sequence) AS due FROM access_doorevent e
    WHERE e.controller_id = c.id AND e.sequence > c.through ORDER BY e.sequence LIMIT 20000
  ) n WHERE n.sequence = n.due), c.through)
WHERE c.id = %(controller)s
RETURNING c.through, coalesce((SELECT max(e.sequence) FROM access_doorevent e WHERE e.controller_id = c.id), 0)
"""
_THROUGH = _SPOKEN.format(more="")
_HEARD = _SPOKEN.format(more="synced_version = %(version)s, trusts = %(trusts)s, software = %(software)s,")


@dataclass(frozen=True)
class Told:
    """One event as a controller tells it. ``at`` by the controller's clock; ``reason`` empty where it opened."""

    sequence: int
    door: str
    at: datetime
    direction: str
    holder: str = ""
    permit: int | None = None
    reason: str = ""
    window: int | None = None


@dataclass(frozen=True)
class Taken:
    """What became of a batch: ``stored`` are new, ``repeated`` were known. Numbers up to ``through`` are all here, so the
    controller may forget those."""

    stored: int
    repeated: int
    through: int
    clock_off_seconds: int


@dataclass(frozen=True)
class Heard:
    """Answer to a heartbeat: our time, the latest version of the permits, from where on events are wanted, and the highest number that
    has come: a controller that lost its memory counts on from there."""

    now: datetime
    version: int
    through: int
    last: int
    clock_off_seconds: int


@transaction.atomic
def take_events(controller: Controller, *, events: Sequence[Told], clock: datetime) -> Taken:
    """Store a batch, each event once whatever is repeated and in whatever order; two statements.

    ``clock`` is the controller's time now; what it is off by is taken off its events, and none lies in the future. Raises Problem,
    with the place of each, for events that cannot be read; then none of the batch is stored.
    """
    if not _sane(clock):
        raise Problem(errors={"now": [_("控制器时间无法识别，请先校时。")]})
    if errors := _faults(events):
        raise Problem(_("有通行记录无法识别，本批未保存，请按 errors 更正后重发。"), errors=errors)
    off = _off(clock)
    values: dict[str, Any] = {
        "controller": controller.pk,
        "off": off,
        "off_seconds": _seconds(off),
        **{
            name: [getattr(event, name) for event in events]
            for name in ("sequence", "door", "at", "holder", "permit", "direction", "reason", "window")
        },
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        stored = cursor.rowcount
        cursor.execute(_THROUGH, values)
        through, _last = cursor.fetchone()
    return Taken(stored, len(events) - stored, through, values["off_seconds"])


def hear(
    controller: Controller, *, clock: datetime, version: int, trusts: str = "", software: str = ""
) -> Heard:
    """A heartbeat: one statement, and one for the version."""
    if not _sane(clock):
        raise Problem(errors={"now": [_("控制器时间无法识别，请先校时。")]})
    now, off = timezone.now(), _seconds(_off(clock))
    told: dict[str, Any] = {
        "controller": controller.pk, "off_seconds": off, "version": min(max(version, 0), _LARGEST), "trusts": trusts[:64],
        "software": software[:64],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_HEARD, told)
        through, last = cursor.fetchone()
    return Heard(now, queries.latest_version(), through, last, off)


def is_holder(text: str) -> bool:
    """Whether a text names a holder, or nobody."""
    return bool(_HOLDER.fullmatch(text))


def _off(clock: datetime) -> timedelta:
    off = clock - timezone.now()
    return timedelta(0) if abs(off) < CLOCK_SLACK else off


def _sane(at: datetime) -> bool:
    """A clock without a battery begins at 1970 or 2000; what lies outside a human life is no time at all."""
    return 1969 < at.year < 2150


def _seconds(off: timedelta) -> int:
    """As the column can hold it: 68 years either way."""
    return max(min(round(off.total_seconds()), 2**31 - 1), 1 - 2**31)


def _faults(events: Sequence[Told]) -> dict[str, list[str]]:
    """What is wrong, by the place of the event in the batch (``events.3``); the first twenty."""
    found: dict[str, list[str]] = {}
    if len(events) > MOST:
        found["events"] = [_("一次最多 %(most)s 条，请分批发送。") % {"most": MOST}]
    for place, event in enumerate(events):
        if (words := _fault(event)) and len(found) < 20:
            found[f"events.{place}"] = [words]
    return found


def _fault(event: Told) -> str:
    if not 0 < event.sequence < _LARGEST:
        return _("sequence 应为正整数，每个控制器从 1 起连续编号。")
    if event.direction not in Direction.values:
        return _("direction 应为 in 或 out。")
    if event.reason not in Reason.values:
        return _("reason 不在约定的取值内，放行时为空。")
    if not is_holder(event.holder):
        return _("holder 应形如 person:12 或 visitor:55。")
    if event.at.tzinfo is None or not _sane(event.at):
        return _("at 应带时区，且在 1970 年之后。")
    if not all(value is None or 0 <= value < _LARGEST for value in (event.permit, event.window)):
        return _("permit 和 window 应为非负整数或空。")
    return ""
