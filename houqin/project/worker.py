"""The worker: does the jobs that wait, and those whose hour has come."""

from __future__ import annotations

import asyncio
import logging
import sys

logger = logging.getLogger(__name__)

CONCURRENCY = 2
LOOK_EVERY = (
    1.0  # seconds; jobs and notices are looked for, not announced (see the second migration of notices)
)
LONGEST_REST = 60.0  # seconds after deliveries that failed
CONNECTIONS = 2  # of the queue itself; jobs have their own


def main() -> None:
    """Work until told to stop, or until the database is lost."""
    from procrastinate.exceptions import ConnectorException

    try:
        asyncio.run(_work())
    except ConnectorException as lost:
        sys.exit(f"The worker lost the database: {lost.__cause__ or lost}".strip())


async def _work() -> None:
    from procrastinate import PsycopgConnector
    from procrastinate.contrib.django import app, utils

    queue = PsycopgConnector(kwargs=utils.connector_params(), min_size=1, max_size=CONNECTIONS)
    with app.replace_connector(queue):
        async with app.open_async():
            delivering = asyncio.create_task(deliver_notices())
            try:
                await app.run_worker_async(
                    concurrency=CONCURRENCY, fetch_job_polling_interval=LOOK_EVERY, listen_notify=False
                )
            finally:
                delivering.cancel()


async def deliver_notices() -> None:
    """Look for notices that wait, for ever. What fails is tried again, after ever longer rests."""
    from asgiref.sync import sync_to_async
    from django.db import InterfaceError, OperationalError

    rest = LOOK_EVERY
    while True:
        try:
            await sync_to_async(_deliver, thread_sensitive=False)()
            rest = LOOK_EVERY
        except Exception as problem:  # whatever it is, what people were told must come through in the end
            # The database's own troubles (lost, full) are plain from their words.
            traced = not isinstance(problem, OperationalError | InterfaceError)
            told = str(problem).strip()
            logger.error("Notices were not delivered: %s; again in %d s", told, rest, exc_info=traced)
            rest = min(rest * 2, LONGEST_REST)
        await asyncio.sleep(rest)


def _deliver() -> None:
    from django.db import close_old_connections

    from houqin.foundation.notices.actions import deliver

    close_old_connections()
    deliver()
