"""The applicant's part of the home page: cases that wait for my word, and my latest ones, in one statement.

The same as ``affairs.queries.to_answer`` and ``my_cases`` (a test holds them together). Written out because the home
page is opened more often than any other: put together by the ORM it took longer to build than to run.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.affairs.models import State
from houqin.affairs.rights import RATING_DAYS
from houqin.foundation.people.models import Person
from houqin.portal.rows import CaseRow, level_of

_CASES = """
WITH latest AS (
  (SELECT id FROM affairs_case WHERE applicant_id = %(me)s ORDER BY id DESC LIMIT %(latest)s)
  UNION
  (SELECT case_id FROM affairs_follower WHERE person_id = %(me)s ORDER BY id DESC LIMIT %(latest)s)
), waiting AS (
  SELECT c.id FROM affairs_case c
  WHERE c.applicant_id = %(me)s AND (c.state IN ('waiting_applicant', 'confirming') OR (
    c.state = 'completed' AND c.ended_at > %(rated_since)s AND NOT EXISTS (
      SELECT 1 FROM affairs_rating r WHERE r.case_id = c.id AND r.person_id = %(me)s AND r.kind = 'applicant')))
  ORDER BY c.state DESC, c.id DESC LIMIT %(waiting)s
)
SELECT c.number, c.title, c.state, c.due_at, c.amber_at, c.confirm_by, c.submitted_at, c.applicant_name, p.full_name,
  w.id IS NOT NULL, l.id IS NOT NULL,
  (SELECT string_agg(coalesce(a.name, s.name), %(comma)s ORDER BY t.id) FROM affairs_task t
    LEFT JOIN people_person a ON a.id = t.assignee_id LEFT JOIN people_organisation s ON s.id = t.section_id
    WHERE t.case_id = c.id AND t.state = 'open')
FROM (SELECT id FROM latest UNION SELECT id FROM waiting) wanted
  JOIN affairs_case c ON c.id = wanted.id
  LEFT JOIN places_place p ON p.id = c.place_id LEFT JOIN latest l ON l.id = c.id LEFT JOIN waiting w ON w.id = c.id
ORDER BY c.id DESC
"""
_ANSWERS = {State.WAITING_APPLICANT: "supplement", State.CONFIRMING: "confirm", State.COMPLETED: "rate"}


def for_home(person: Person, *, latest: int = 5, waiting: int = 5) -> tuple[list[CaseRow], list[CaseRow]]:
    """Cases that wait for my word (each with ``answer``, the verb to give it by) and my latest ones. One query."""
    now = timezone.now()
    parameters: dict[str, Any] = {
        "me": person.pk,
        "latest": latest,
        "comma": _("、"),
        "waiting": waiting,
        "rated_since": now - timedelta(days=RATING_DAYS),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CASES, parameters)
        rows = [(_row(values, now), values[10]) for values in cursor.fetchall()]
    return [row for row, _mine in rows if row.answer], [row for row, mine in rows if mine][:latest]


def _row(values: tuple[Any, ...], now: datetime) -> CaseRow:
    number, title, state, due_at, amber_at, confirm_by, at, applicant, place, waits, _latest, holders = values
    running = state == State.OPEN
    level = level_of(due_at, amber_at, None, now) if running else ""
    waiting = state in (State.CONFIRMING, State.WAITING_APPLICANT)
    return CaseRow(
        number=f"{number[:4]}-{number[4:7]}-{number[7:]}",
        url=f"/cases/{number}",
        title=title,
        state=state,
        state_word=str(State(state).label),
        who=(holders or "") if running else applicant if waiting else "",
        due=due_at if running else confirm_by,
        level=level,
        paused=state == State.WAITING_APPLICANT,
        place=place or "",
        at=at,
        answer=_ANSWERS[State(state)] if waits else "",
    )
