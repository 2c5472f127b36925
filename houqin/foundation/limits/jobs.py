"""Sweeping."""

from procrastinate.contrib.django import app

from houqin.foundation.limits.actions import forget_old


@app.periodic(cron="17 3 * * *")
@app.task(name="limits.forget_old", queueing_lock="limits.forget_old")
def forget_old_counters(timestamp: int = 0) -> None:
    """Every night: counters of windows long over."""
    forget_old()
