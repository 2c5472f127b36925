"""Planning and sending, apart from delivery in the portal, which waits for neither."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from houqin.foundation.channels import planning, sending
from houqin.foundation.channels.actions import forget_old

#: A job sends for this long and leaves the rest to the next one, so that the worker comes to other things.
BUDGET_S = 40
_LOCK = 0x6871_6368  # any number that nobody else in this database uses


@app.task(name="channels.plan", queue="notices", retry=RetryStrategy(max_attempts=8, exponential_wait=3))
def plan(ids: list[int]) -> None:
    """Put what is to be sent of these notices into the outbox; may run twice without harm."""
    if planning.plan(ids):
        sending.soon()


@app.periodic(cron="* * * * *")
@app.task(name="channels.send", queueing_lock="channels.send")
def send(timestamp: int = 0) -> int:
    """Every minute and after every plan: send what is due, and what a killed worker left.

    One at a time in the whole installation: the other side may let us wait, and must never hold more than one
    of the workers' hands. The lock ends with the connection, so a killed worker leaves none behind.
    """
    planning.plan_lost()
    with _alone() as mine:
        return sending.send_due(until=time.monotonic() + BUDGET_S) if mine else 0


@app.periodic(cron="43 3 * * *")
@app.task(name="channels.forget_old", queueing_lock="channels.forget_old")
def forget(timestamp: int = 0) -> int:
    """Every night: the log of more than a year ago, and the outbox's rows that have come to rest."""
    return forget_old()


@contextmanager
def _alone() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
