"""Telling people things."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from django.db import connection, models, transaction
from django.utils import timezone, translation
from django.utils.functional import Promise

from houqin.foundation.notices.models import Notice
from houqin.foundation.notices.moments import DELIVERED
from houqin.foundation.people.models import Person
from houqin.foundation.rows import Writes, fresh

#: Plain or lazy text, or a function that makes it: ``lambda: _("%(n)s 已派给您") % {"n": number}``.
Words = str | Promise | Callable[[], str]
#: A notice that no job delivered within this time is swept up.
OVERLOOKED = timedelta(minutes=2)
#: Notices written by one statement, and delivered by one job.
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
    """Tell ``people`` something, each in their language: one INSERT and one deferred job for all of them.

    Both stand in the caller's transaction: if it fails, nobody is told. ``kind`` is a dotted code as in
    ``affairs.assigned``; ``record`` is what it is about. A function as ``title`` or ``body`` is called in each
    language that occurs, lazy text is rendered in it. With ``writes`` they are written along with what else its owner
    writes.
    """
    by_language: dict[str, dict[int, Person]] = defaultdict(dict)
    for person in people:
        by_language[person.language][person.pk] = person
    notices, now = [], timezone.now()
    for language, recipients in by_language.items():
        with translation.override(language):
            words = {"title": _say(title), "body": _say(body)}
        for pk in recipients:
            notices.append(
                fresh(
                    Notice,
                    person_id=pk,
                    kind=kind,
                    url=url,
                    record_type=record._meta.label_lower if record else "",
                    record_id=record.pk if record else None,
                    created_at=now,
                    **words,
                )
            )
    for start in range(0, len(notices), AT_ONCE):
        _write(notices[start : start + AT_ONCE], writes if len(notices) <= AT_ONCE else None)


def _write(notices: Sequence[Notice], writes: Writes | None) -> None:
    """The notices and the job that delivers them, in one statement; in that of ``writes`` where given."""
    together = writes or Writes()
    together.insert(*notices)
    together.after(_DEFERRED)
    if writes is None:
        together.run()


#: As ``notices.jobs.deliver.defer(ids=…)`` writes it; put together here because nearly every step of a case tells somebody.
_DEFERRED = """
INSERT INTO procrastinate_jobs (queue_name, task_name, args)
SELECT 'notices', 'notices.deliver', jsonb_build_object('ids', jsonb_agg(id)) FROM new_notices_notice
"""


def _say(words: Words) -> str:
    return str(words()) if callable(words) else str(words)


#: Jobs of the same kind that wait are done along with the one that runs, this many at most.
TAKEN_ALONG = 500
_WAITING = """
WITH waiting AS (
  SELECT id, args FROM procrastinate_jobs WHERE task_name = 'notices.deliver' AND status = 'todo' AND attempts = 0
  ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED
), taken AS (
  DELETE FROM procrastinate_jobs WHERE id IN (SELECT id FROM waiting)
)
SELECT (jsonb_array_elements(args -> 'ids'))::bigint FROM waiting
"""


@transaction.atomic
def deliver(ids: Sequence[int]) -> int:
    """Let notices reach their people; answers how many did. A second time finds nothing to do.

    Under load many such jobs wait, each for a notice or two: the one that runs does their work too and takes them
    away in the same transaction, for starting a job costs more than all that this one does.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, {"most": TAKEN_ALONG})
        more = [pk for (pk,) in cursor.fetchall()]
    return _arrived([*ids, *more])


@transaction.atomic
def deliver_overlooked() -> int:
    """Deliver what has waited too long: its job was lost or has failed for good."""
    long_ago = timezone.now() - OVERLOOKED
    waiting = Notice.objects.filter(delivered_at__isnull=True, created_at__lt=long_ago)
    return _arrived(list(waiting.values_list("pk", flat=True)))


def _arrived(ids: Sequence[int]) -> int:
    """They are in the portal now; whoever does more with them hears of it."""
    waiting = Notice.objects.filter(pk__in=ids, delivered_at__isnull=True)
    arrived = waiting.update(delivered_at=timezone.now())
    if arrived:
        for heard in DELIVERED:
            heard(ids)
    return arrived


def read(actor: Person, ids: Sequence[int] | None = None) -> int:
    """Mark one's own notices as read, those of ``ids`` or all; answers how many were unread."""
    unread = Notice.objects.filter(person=actor, read_at__isnull=True, delivered_at__isnull=False)
    if ids is not None:
        unread = unread.filter(pk__in=ids)
    return unread.update(read_at=timezone.now())
