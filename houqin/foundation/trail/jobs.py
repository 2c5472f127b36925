"""Sealing and checking by themselves."""

from contextlib import suppress

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from houqin.foundation.trail import checking, sealing

#: A run gives up its place to other jobs after this time; the next minute goes on where it stopped.
SEAL_SECONDS = 40


@app.periodic(cron="* * * * *")
@app.task(name="trail.seal", queueing_lock="trail.seal")
def seal(timestamp: int = 0) -> int:
    """Every minute: seal what was written since. Answers how many entries."""
    return sealing.seal(SEAL_SECONDS)


@app.periodic(cron="40 18 * * *")
@app.task(name="trail.check", queueing_lock="trail.check")
def check(timestamp: int = 0) -> bool:
    """Every night (02:40 in Shanghai), and when somebody asks: walk along the whole chain. Whether it is whole."""
    return not checking.check().faults


def ask_for_check() -> None:
    """Have the chain walked along soon; once is enough where somebody has asked already."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        check.defer()
