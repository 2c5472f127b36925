"""What repairs does by itself."""

from django.utils import timezone
from procrastinate.contrib.django import app

from houqin.services.repairs import actions


@app.periodic(cron="*/5 * * * *")
@app.task(name="repairs.tell_overdue", queueing_lock="repairs.tell_overdue")
def tell_overdue(timestamp: int = 0) -> None:
    """Every five minutes: an outage past its expected end is put off or closed by whoever opened it."""
    actions.tell_overdue(timezone.now())
