"""Delivery of notices."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from houqin.foundation.notices import actions


@app.task(name="notices.deliver", queue="notices", retry=RetryStrategy(max_attempts=8, exponential_wait=3))
def deliver(ids: list[int]) -> int:
    """Deliver these notices; may run twice without harm."""
    return actions.deliver(ids)


@app.periodic(cron="*/5 * * * *")
@app.task(name="notices.deliver_overlooked")
def deliver_overlooked(timestamp: int) -> int:
    """Every five minutes: deliver what its own job did not."""
    return actions.deliver_overlooked()
