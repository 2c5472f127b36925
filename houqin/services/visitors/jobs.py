"""What runs by itself: text messages, what automatic gates saw, and visits whose time is over."""

from procrastinate.contrib.django import app

from houqin.services.visitors import actions, texting


@app.periodic(cron="* * * * *")
@app.task(name="visitors.watch", queueing_lock="visitors.watch")
def watch(timestamp: int = 0) -> int:
    """Every minute; a second run finds nothing to do."""
    return actions.follow_doors() + actions.settle() + actions.lapse()


@app.task(name="visitors.text", retry=5)
def text(visit: int, what: str) -> bool:
    """A message to a visitor."""
    return texting.text_visit(visit, what)


@app.task(name="visitors.text_code", retry=2)
def text_code(told: str) -> None:
    """The code that proves a phone."""
    texting.text_code(told)
