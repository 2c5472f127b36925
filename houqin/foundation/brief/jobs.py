"""The brief at 08:00 and 17:30 of workdays."""

from django.utils import timezone
from procrastinate.contrib.django import app

from houqin.foundation.brief.actions import send_briefs


@app.periodic(cron="*/5 * * * *")
@app.task(name="brief.send", queueing_lock="brief.send")
def send(timestamp: int = 0) -> int:
    """Every five minutes: the brief that is due. One missed while the worker was down is caught up for three hours."""
    return send_briefs(timezone.now())
