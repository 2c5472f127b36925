"""From notices that have reached people in the portal to what is to be sent: rows of the outbox, each once."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from houqin.foundation.channels.base import active
from houqin.foundation.channels.choices import Choices, bundled_at, choices_of
from houqin.foundation.channels.models import Address, Sending
from houqin.foundation.channels.notice_kinds import kind_of
from houqin.foundation.notices.models import Notice
from houqin.foundation.people.models import Identity, Person

#: Where a person's own record has the address.
OF_PERSON = {"email": "email", "sms": "phone"}


@transaction.atomic
def plan(ids: Sequence[int]) -> int:
    """Put what people are to get of these notices into the outbox; answers how many rows. A second time adds none."""
    codes = [channel.code for channel in active()]
    notices = list(
        Notice.objects.filter(pk__in=ids, delivered_at__isnull=False).select_related("person").order_by("id")
    )
    people = {notice.person_id: notice.person for notice in notices if notice.person.is_active}
    choices = choices_of(list(people))
    reach = reachable(people.values(), codes)
    now = timezone.now()
    rows = [
        row
        for notice in notices
        if notice.person_id in people
        for row in _rows(notice, choices[notice.person_id], reach[notice.person_id], now)
    ]
    before = Sending.objects.filter(notice__in=notices).count()
    Sending.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    return Sending.objects.filter(notice__in=notices).count() - before


#: Jobs of planning whose worker was killed: they stay "doing" for ever, and nobody else would do them.
_LOST = """
DELETE FROM procrastinate_jobs WHERE id IN (
  SELECT j.id FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
  WHERE j.task_name = 'channels.plan' AND j.status = 'doing'
    AND (w.id IS NULL OR w.last_heartbeat < now() - interval '1 minute')
  FOR UPDATE OF j SKIP LOCKED
)
RETURNING args -> 'ids'
"""


@transaction.atomic
def plan_lost() -> int:
    """Plan what a worker that was killed had begun to; answers how many rows."""
    with connection.cursor() as cursor:
        cursor.execute(_LOST)
        ids = [
            pk
            for (found,) in cursor.fetchall()
            for pk in (json.loads(found) if isinstance(found, str) else found)
        ]
    return plan(ids) if ids else 0


def _rows(notice: Notice, choices: Choices, reach: Collection[str], now: datetime) -> Iterator[Sending]:
    kind = kind_of(notice.kind)
    choice = choices.by_group[kind.group]
    digest_for = None if kind.urgent else bundled_at(choice.pace, now)
    due_at = now if kind.urgent else choices.quiet.until(digest_for or now)
    for code in choice.channels:
        if code in reach:
            yield Sending(
                notice=notice,
                person_id=notice.person_id,
                channel=code,
                digest_for=digest_for,
                due_at=due_at,
                created_at=now,
            )


def reachable(people: Collection[Person], codes: Collection[str]) -> dict[int, set[str]]:
    """By which of the channels each of those people has an address: one query."""
    found: dict[int, set[str]] = {
        person.pk: {code for code, name in OF_PERSON.items() if code in codes and getattr(person, name)}
        for person in people
    }
    others = [code for code in codes if code not in OF_PERSON]
    for person_id, code in (
        Address.objects.filter(person__in=found, channel__in=others)
        .values_list("person_id", "channel")
        .union(
            Identity.objects.filter(person__in=found, provider__in=others).values_list(
                "person_id", "provider"
            )
        )
    ):
        found[person_id].add(code)
    return found


def address_of(person: Person, code: str) -> str:
    """Where the channel reaches this person, as it stands now; empty for nowhere."""
    if code in OF_PERSON:
        return person.phone.clear if code == "sms" else person.email
    if kept := Address.objects.filter(person=person, channel=code).first():
        return kept.value.clear
    # Who comes in by DingTalk or WeChat is known there by the same account.
    linked = Identity.objects.filter(person=person, provider=code).first()
    return linked.subject if linked else ""
