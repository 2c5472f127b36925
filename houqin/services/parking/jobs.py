"""What runs by itself: permits end on their day and the next in line comes in."""

from procrastinate.contrib.django import app

from houqin.services.parking import actions


@app.periodic(cron="5 0 * * *")
@app.task(name="parking.lapse", queueing_lock="parking.lapse")
def lapse(timestamp: int = 0) -> int:
    """Just after midnight; a second run finds nothing to do."""
    return actions.lapse()
