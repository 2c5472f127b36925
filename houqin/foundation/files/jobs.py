"""Sweeping."""

from procrastinate.contrib.django import app

from houqin.foundation.files.actions import erase_unattached


@app.periodic(cron="41 * * * *")
@app.task(name="files.erase_unattached", queueing_lock="files.erase_unattached")
def erase_unattached_files(timestamp: int = 0) -> None:
    """Every hour: uploads that nobody attached within 48 hours."""
    erase_unattached()
