"""What runs by itself: permits that are over end."""

from procrastinate.contrib.django import app

from houqin.services.access import actions


@app.periodic(cron="7 * * * *")
@app.task(name="access.settle", queueing_lock="access.settle")
def settle(timestamp: int = 0) -> int:
    """Every hour; a second run finds nothing to do."""
    return actions.settle()
