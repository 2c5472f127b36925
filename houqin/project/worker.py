"""The worker: does the jobs that wait, and those whose hour has come."""

from __future__ import annotations

import asyncio
import sys

CONCURRENCY = 2
LOOK_EVERY = 1.0  # seconds; jobs are looked for, not announced (see the second migration of notices)
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
            await app.run_worker_async(
                concurrency=CONCURRENCY, fetch_job_polling_interval=LOOK_EVERY, listen_notify=False
            )
