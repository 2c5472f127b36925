"""Housekeeping of the exchange."""

from procrastinate.contrib.django import app

from houqin.exchange import once


@app.periodic(cron="17 * * * *")
@app.task(name="exchange.forget_answers", queueing_lock="exchange.forget_answers")
def forget_answers(timestamp: int = 0) -> int:
    """Every hour: answers kept for repeated calls end after a day."""
    return once.forget_old()
