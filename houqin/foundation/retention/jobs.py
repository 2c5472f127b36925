"""Every night: what is due goes."""

from procrastinate.contrib.django import app

from houqin.foundation.personal.retention import KEPT
from houqin.foundation.retention.actions import erase_due


@app.periodic(cron="37 3 * * *")
@app.task(name="retention.erase", queueing_lock="retention.erase")
def erase(timestamp: int = 0) -> dict[str, int]:
    """Erase what is due of every kind; answers how many of each. Run again, it goes on."""
    return {code: count for code in KEPT.codes() if (count := erase_due(code))}
