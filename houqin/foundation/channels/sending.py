"""Sending what is due: rows are taken, sent outside of any transaction, and marked.

Whoever takes rows moves their ``due_at`` by :data:`LEASE`; if that worker dies, they come up again then and are sent once
more under the same key. So each is sent at least once, and the other side shows it once.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import ngettext
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from houqin.foundation.channels.base import Channel, Message, Outcome, Result, active
from houqin.foundation.channels.models import Attempt, ChannelState, Sending, State
from houqin.foundation.channels.planning import address_of
from houqin.foundation.errors import TooMany
from houqin.foundation.limits.actions import spend
from houqin.foundation.sealed.scrub import scrubbed

log = structlog.get_logger(__name__)

#: Rows that a dead worker had taken are taken again after this time; longer than one sending can last.
LEASE = timedelta(minutes=3)
#: Rows of one channel that are taken at once, and how many messages are on their way at the same time.
BATCH, AT_ONCE = 20, 8
#: A message that is turned down for now is tried this often; a channel that is down may be so for three days.
MOST_ATTEMPTS = 8
GIVE_UP_AFTER = timedelta(days=3)
_FIRST_WAIT_S, _LONGEST_WAIT_S = 30, 6 * 3600
_LONGEST_PAUSE_S = 600
#: Titles that a bundle names; of more it tells the number.
NAMED = 10


@dataclass(frozen=True)
class Parcel:
    """One message on its way and the rows that it stands for. Empty ``to``: there is no address any more."""

    channel: Channel
    rows: tuple[Sending, ...]
    message: Message
    language: str


def soon() -> None:
    """Let the next free worker send what is due; one such job waiting is enough."""
    try:
        with transaction.atomic():
            app.configure_task("channels.send", queueing_lock="channels.send").defer()
    except AlreadyEnqueued:
        pass


def send_due(*, until: float | None = None) -> int:
    """Send everything that is due on every channel; answers how many messages were taken by the other side.

    Ends when nothing is due, or at ``until`` (of the monotonic clock). Several may run at once.
    """
    sent = 0
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="channels") as pool:
        while until is None or time.monotonic() < until:
            parcels = [parcel for channel in active() for parcel in take(channel)]
            if not parcels:
                break
            outcomes = list(pool.map(_send, parcels))
            for parcel, (outcome, took_ms) in zip(parcels, outcomes, strict=True):
                mark(parcel, outcome, took_ms)
                sent += outcome.result == Result.SENT
    return sent


@transaction.atomic
def take(channel: Channel) -> list[Parcel]:
    """Take rows that are due, so that no other worker does. A channel that failed gets one to try after its pause."""
    now = timezone.now()
    state, _created = ChannelState.objects.get_or_create(channel=channel.code)
    if state.paused_until and state.paused_until > now:
        return []
    heads = list(
        _due(channel.code, now)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("notice", "person")[: 1 if state.failures else BATCH]
    )
    allowed = [row for row in heads if _may_send(channel)]
    Sending.objects.filter(pk__in=[row.pk for row in allowed]).update(
        due_at=now + LEASE, attempts=F("attempts") + 1
    )
    return [_parcel(channel, row) for row in allowed]


def _due(code: str, now: datetime) -> QuerySet[Sending]:
    """The rows of a channel that are due, of a bundle the first one alone: whoever holds it has the bundle."""
    waiting = Sending.objects.filter(state=State.WAITING, channel=code)
    earlier = waiting.filter(
        person=OuterRef("person"), digest_for=OuterRef("digest_for"), pk__lt=OuterRef("pk")
    )
    alone = Q(digest_for__isnull=True) | ~Exists(earlier)
    return waiting.filter(alone, due_at__lte=now).order_by("due_at", "pk")


def _may_send(channel: Channel) -> bool:
    try:
        spend(f"channels.{channel.code}", limit=channel.per_minute, per_seconds=60)
    except TooMany:
        return False
    return True


def _parcel(channel: Channel, head: Sending) -> Parcel:
    rows = [head]
    if head.digest_for:
        rows += Sending.objects.filter(
            state=State.WAITING,
            channel=channel.code,
            person=head.person_id,
            digest_for=head.digest_for,
            pk__gt=head.pk,
        ).select_related("notice")
    head.attempts += 1
    with translation.override(head.person.language):
        title, body, path = _words(rows)
        message = Message(
            key=head.key,
            to=address_of(head.person, channel.code),
            title=scrubbed(title),
            body=scrubbed(body),
            url=settings.BASE_URL + path if path.startswith("/") else "",
            when=f"{timezone.localtime(head.notice.created_at):%Y-%m-%d %H:%M}",
        )
    return Parcel(channel, tuple(rows), message, head.person.language)


def _words(rows: Sequence[Sending]) -> tuple[str, str, str]:
    """Title, text and path: of the one notice, or of the bundle without what was read meanwhile."""
    unread = [row.notice for row in rows if row.notice.read_at is None] or [rows[0].notice]
    if len(unread) == 1:
        return unread[0].title, unread[0].body, unread[0].url
    title = ngettext("您有 %(n)s 条通知", "您有 %(n)s 条通知", len(unread)) % {"n": len(unread)}
    lines = [f"· {notice.title}" for notice in unread[:NAMED]]
    if len(unread) > NAMED:
        more = len(unread) - NAMED
        lines.append(ngettext("另有 %(n)s 条", "另有 %(n)s 条", more) % {"n": more})
    return title, "\n".join(lines), "/notices"


def _send(parcel: Parcel) -> tuple[Outcome, int]:
    """In a thread of its own, without the database. What fails here for a reason of ours is tried again, not for ever."""
    began = time.monotonic()
    if parcel.rows[0].digest_for and all(row.notice.read_at for row in parcel.rows):
        return Outcome(Result.NEVER, "read"), 0
    if not parcel.message.to:
        return Outcome(Result.NEVER, "no_address"), 0
    try:
        with translation.override(parcel.language):
            outcome = parcel.channel.send(parcel.message)
    except Exception as error:
        log.exception("channel failed", channel=parcel.channel.code, key=str(parcel.message.key))
        outcome = Outcome(Result.LATER, f"error:{type(error).__name__}")
    return outcome, round((time.monotonic() - began) * 1000)


@transaction.atomic
def mark(parcel: Parcel, outcome: Outcome, took_ms: int) -> None:
    """Write what became of a message into the outbox, the log and the state of its channel."""
    now, head = timezone.now(), parcel.rows[0]
    Attempt.objects.create(
        at=now,
        channel=parcel.channel.code,
        person_id=head.person_id,
        key=head.key,
        result=outcome.result,
        code=outcome.code,
        took_ms=took_ms,
        notices=len(parcel.rows),
    )
    rows = Sending.objects.filter(pk__in=[row.pk for row in parcel.rows], state=State.WAITING)
    ended = _ended(head, outcome, now)
    if ended:
        rows.update(state=ended, code=outcome.code, finished_at=now)
    else:
        rows.update(code=outcome.code)
        rows.filter(pk=head.pk).update(due_at=now + timedelta(seconds=_wait_s(head.attempts)))
    _note(parcel.channel.code, outcome, now)


def _ended(head: Sending, outcome: Outcome, now: datetime) -> str:
    """The state in which a row comes to rest; empty while it is to be tried again."""
    if outcome.result == Result.SENT:
        return State.SENT
    if outcome.code == "read":
        return State.DROPPED
    hopeless = outcome.result == Result.NEVER or now - head.created_at > GIVE_UP_AFTER
    worn_out = outcome.result == Result.LATER and head.attempts >= MOST_ATTEMPTS
    return State.DEAD if hopeless or worn_out else ""


def _wait_s(attempts: int) -> int:
    return int(min(_FIRST_WAIT_S * 4 ** max(attempts - 1, 0), _LONGEST_WAIT_S))


def _note(code: str, outcome: Outcome, now: datetime) -> None:
    state = ChannelState.objects.select_for_update().get(channel=code)
    if outcome.result == Result.SENT:
        state.failures, state.paused_until, state.last_sent_at = 0, None, now
    elif outcome.code != "read":
        state.last_failed_at, state.last_code = now, outcome.code
    if outcome.result == Result.BLOCKED:
        state.failures += 1
        pause_s = max(min(15 * 2**state.failures, _LONGEST_PAUSE_S), outcome.wait_s)
        state.paused_until = now + timedelta(seconds=pause_s)
    state.save()
