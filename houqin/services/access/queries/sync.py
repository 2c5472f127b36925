"""The list of permits as controllers fetch it: signed, and only what is new."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection, transaction

from houqin.services.access import keys
from houqin.services.access.models import Area, Controller
from houqin.services.access.passes import as_text

#: So many permits at most in one answer; ``more`` says that others follow.
MOST = 5000

_PERMITS = """
SELECT p.id, p.version, p.state = 'active' AND p.areas && %(areas)s::bigint[], p.holder, p.areas, p.hours,
       extract(epoch FROM p.from_at)::bigint, extract(epoch FROM p.until_at)::bigint
FROM access_permit p
WHERE p.version > %(since)s AND (%(since)s > 0 OR (p.state = 'active' AND p.areas && %(areas)s::bigint[]))
ORDER BY p.version LIMIT %(most)s
"""


def permit_list(controller: Controller, since: int = 0) -> dict[str, str]:
    """What changed after version ``since`` (0: all that holds), as ``list`` (JSON text) and ``signature`` over exactly that text.

    A permit that ended, or no longer opens a door of this controller, comes as ``{"id", "ended": true}``. Versions are drawn before
    their transactions commit; the lock waits for those, so that none turns up below the version handed out here. It is given back before
    the list is put together and signed: fifty controllers ask at once when the power comes back.
    """
    doors = list(controller.doors.filter(active=True).select_related("area").order_by("code"))
    areas = list(Area.objects.order_by("path"))
    opened_by = {
        door.code: [area for area in areas if area.path.startswith(door.area.path)] for door in doors
    }
    wanted = sorted({area.pk for within in opened_by.values() for area in within})
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(728, 0)")
        cursor.execute(_PERMITS, {"areas": wanted, "since": since, "most": MOST + 1})
        rows = cursor.fetchall()
        newest = rows[MOST - 1][1] if len(rows) > MOST else latest_version()
    codes = {area.pk: area.code for area in areas}
    text = json.dumps(
        {
            "controller": controller.code,
            "since": since,
            "version": newest,
            "more": len(rows) > MOST,
            "doors": [
                {"code": door.code, "way": door.way, "areas": [area.code for area in opened_by[door.code]]}
                for door in doors
            ],
            "permits": [_permit(row, codes) for row in rows[:MOST]],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return {"list": text, "signature": as_text(keys.sign(text.encode()))}


def latest_version() -> int:
    """The version of the last change of a permit; 0 before the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(version), 0) FROM access_permit")
        return int(cursor.fetchone()[0])


def _permit(row: tuple[Any, ...], codes: dict[int, str]) -> dict[str, Any]:
    pk, _version, holds, holder, areas, hours, begins, ends = row
    if not holds:
        return {"id": pk, "ended": True}
    return {
        "id": pk,
        "holder": holder,
        "areas": [codes[area] for area in areas],
        "hours": json.loads(hours) if isinstance(hours, str) else hours,
        "from": begins,
        "until": ends,
    }
