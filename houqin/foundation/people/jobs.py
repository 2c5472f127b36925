"""Periodic work of people."""

from procrastinate.contrib.django import app

from houqin.foundation.people import sign_in


@app.periodic(cron="17 3 * * *")
@app.task(name="people.sweep_sign_ins", pass_context=False)
def sweep_sign_ins(timestamp: int) -> None:
    """Every night: forget failures of a month ago and sessions that have run out."""
    sign_in.sweep()
