"""Planning and applying large files, and erasing what was left behind."""

from procrastinate.contrib.django import app

from houqin.foundation.roster import actions


@app.task(name="roster.plan_draft")
def plan_draft(draft: int) -> None:
    """Plan one preview; a second run finds nothing to do."""
    actions.make_plan(draft=draft)


@app.task(name="roster.apply_draft")
def apply_draft(draft: int, digest: str) -> None:
    """Apply one preview that its owner has confirmed; a second run finds nothing to do."""
    actions.carry_out_draft(draft=draft, digest=digest)


@app.periodic(cron="23 * * * *")
@app.task(name="roster.erase_old", queueing_lock="roster.erase_old")
def erase_old(timestamp: int = 0) -> None:
    """Every hour: previews of more than a day ago."""
    actions.erase_old()
