"""What runs by itself: who comes is reminded, unused rooms are given away, what is over ends."""

from procrastinate.contrib.django import app

from houqin.services.meetings import actions


@app.periodic(cron="* * * * *")
@app.task(name="meetings.watch", queueing_lock="meetings.watch")
def watch(timestamp: int = 0) -> int:
    """Every minute; a second run finds nothing to do."""
    return actions.remind() + actions.release_unused() + actions.settle()


@app.task(name="meetings.open_doors", retry=3)
def open_doors(meeting: int) -> int:
    """Permits for everybody who is asked to a meeting; may run twice without harm."""
    return actions.open_doors(meeting)
