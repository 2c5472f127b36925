"""Telling managers their brief."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import structlog
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from houqin.foundation.brief import queries
from houqin.foundation.brief.models import Slot
from houqin.foundation.notices.actions import tell
from houqin.foundation.people.models import Person

log = structlog.get_logger(__name__)

#: Red items named in the message itself; the page has more.
NAMED = 5
_ISSUE = """
INSERT INTO brief_issue (person_id, "on", slot, told_at) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id
"""


def send_briefs(now: datetime) -> int:
    """Tell everybody the brief that is due; answers how many were told. A second run tells nobody.

    Each person's stands for itself: one that fails is logged, tried again by the next run, and holds up nobody.
    """
    slot, today = queries.slot_due(now), timezone.localdate(now)
    if not slot:
        return 0
    told = 0
    for person in queries.receivers():
        try:
            told += _send(person, slot, today)
        except Exception:
            log.exception("brief failed", person=person.pk, slot=slot)
    return told


@transaction.atomic
def _send(person: Person, slot: str, today: date) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_ISSUE, [person.pk, today, slot, timezone.now()])
        if cursor.fetchone() is None:
            return False
    with translation.override(person.language):
        brief = queries.brief_of(person, slot=slot, today=today)
        if brief.empty:
            return False
        title, body = words(brief)
    tell([person], kind=f"brief.{slot}", title=title, body=body, url=reverse("brief:today"))
    return True


def words(brief: queries.Brief) -> tuple[str, str]:
    """Title with the first three figures; the worst of what is late and the red warnings, with who has each."""
    figures = [figure for _name, part in brief.parts for figure in part][:3]
    said = _("，").join(
        _("%(name)s %(n)s 件") % {"name": figure.name, "n": figure.value} for figure in figures
    )
    label = Slot(brief.slot).label
    title = _("%(brief)s：%(figures)s") % {"brief": label, "figures": said} if said else str(label)
    lines = [
        _("%(title)s（%(who)s，超时 %(late)s）")
        % {"title": item.title, "who": item.who, "late": lateness(item.late)}
        for item in brief.red[:NAMED]
    ]
    if brief.red_count > len(lines):
        lines.append(_("超时共 %(n)s 件") % {"n": brief.red_count})
    lines = lines or [_("没有超时的办件。")]
    lines += [
        _("红色预警：%(title)s（%(who)s）") % {"title": item.title, "who": item.who}
        for item in brief.warnings.items[:NAMED]
    ]
    if brief.warnings.count > NAMED:
        lines.append(_("红色预警共 %(n)s 条") % {"n": brief.warnings.count})
    return title, "\n".join(lines)


def lateness(late: timedelta) -> str:
    """A duration in one unit: ``3 天``, ``5 小时``, ``20 分钟``."""
    minutes = max(1, int(late.total_seconds() // 60))
    if minutes >= 48 * 60:
        return _("%(n)s 天") % {"n": minutes // (24 * 60)}
    return _("%(n)s 小时") % {"n": minutes // 60} if minutes >= 120 else _("%(n)s 分钟") % {"n": minutes}
