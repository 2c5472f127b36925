"""What the mailbox does by itself."""

from django.utils import timezone
from procrastinate.contrib.django import app

from houqin.foundation.trail.actors import SYSTEM
from houqin.services.mailbox.actions import digests, learning


@app.task(name="mailbox.suggest")
def suggest() -> None:
    """After a letter came in: suggestions for all that wait. A run that finds none waiting costs one query."""
    while learning.suggest_waiting():
        pass


@app.periodic(cron="*/10 * * * *")
@app.task(name="mailbox.suggest_overlooked", queueing_lock="mailbox.suggest_overlooked")
def suggest_overlooked(timestamp: int = 0) -> None:
    """Every ten minutes: letters whose job was lost."""
    suggest()


@app.task(name="mailbox.train")
def train() -> None:
    """Learn anew, asked for on a page."""
    learning.train(SYSTEM)
    suggest()


def suggest_soon() -> None:
    """Suggest once the transaction at hand is committed."""
    suggest.defer()


@app.periodic(cron="30 8 * * *")
@app.task(name="mailbox.tell_month", queueing_lock="mailbox.tell_month")
def tell_month(timestamp: int = 0) -> None:
    """Every morning at half past eight, of use on the first of a month: the digest of the month before."""
    digests.tell_month(timezone.localdate())
