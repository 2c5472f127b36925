"""Telling people things."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from django.db import connection, models, transaction
from django.utils import timezone, translation
from django.utils.functional import Promise

from houqin.foundation.notices.models import Notice
from houqin.foundation.notices.moments import DELIVERED
from houqin.foundation.people.models import Person
from houqin.foundation.rows import Writes, fresh

#: Plain or lazy text, or a function that makes it: ``lambda: _("%(n)s 已派给您") % {"n": number}``.
Words = str | Promise | Callable[[], str]
#: Notices delivered in one transaction.
AT_ONCE = 1000


def tell(
    people: Iterable[Person],
    *,
    kind: str,
    title: Words,
    body: Words = "",
    url: str = "",
    record: models.Model | None = None,
    writes: Writes | None = None,
) -> None:
    """Tell ``people`` something, each in their language: one INSERT for all of them, in the caller's transaction. If that
    fails, nobody is told; once it is through, the worker lets the notices reach their people (:func:`deliver`).

    ``kind`` is a dotted code as in ``affairs.assigned``; ``record`` is what it is about. A function as ``title`` or
    ``body`` is called in each language that occurs, lazy text is rendered in it. With ``writes`` they are written along
    with what else its owner writes.
    """
    by_language: dict[str, dict[int, None]] = defaultdict(dict)
    for person in people:
        by_language[person.language][person.pk] = None
    together = writes or Writes()
    for language, recipients in by_language.items():
        with translation.override(language):
            words = {"title": _say(title), "body": _say(body)}
        notice = fresh(
            Notice,
            kind=kind,
            url=url,
            record_type=record._meta.label_lower if record else "",
            record_id=record.pk if record else None,
            **words,
        )
        together.insert_each(notice, "person", list(recipients))
    if writes is None:
        together.run()


def _say(words: Words) -> str:
    return str(words()) if callable(words) else str(words)


_ARRIVE = """
WITH waiting AS (
  SELECT id FROM notices_notice WHERE delivered_at IS NULL ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
UPDATE notices_notice SET delivered_at = %(now)s WHERE id IN (SELECT id FROM waiting) RETURNING id
"""


def deliver() -> int:
    """Let the notices that wait reach their people; answers how many did. What several workers do at once is done once.

    The notices are their own queue: nearly every step of a case tells somebody, and a job for each would cost more to
    write, start and end than all that is done here.
    """
    arrived = 0
    while True:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_ARRIVE, {"most": AT_ONCE, "now": timezone.now()})
                ids = [pk for (pk,) in cursor.fetchall()]
            if ids:
                for heard in DELIVERED:
                    heard(ids)
        arrived += len(ids)
        if len(ids) < AT_ONCE:
            return arrived


def read(actor: Person, ids: Sequence[int] | None = None) -> int:
    """Mark one's own notices as read, those of ``ids`` or all; answers how many were unread."""
    unread = Notice.objects.filter(person=actor, read_at__isnull=True, delivered_at__isnull=False)
    if ids is not None:
        unread = unread.filter(pk__in=ids)
    return unread.update(read_at=timezone.now())
