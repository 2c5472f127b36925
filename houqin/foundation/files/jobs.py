"""Sweeping."""

from procrastinate.contrib.django import app

from houqin.foundation.files.actions import erase_unattached, sweep_strays


@app.periodic(cron="41 * * * *")
@app.task(name="files.erase_unattached", queueing_lock="files.erase_unattached")
def erase_unattached_files(timestamp: int = 0) -> None:
    """Every hour: uploads that nobody attached within 48 hours."""
    erase_unattached()


@app.periodic(cron="13 20 * * 6")
@app.task(name="files.sweep_strays", queueing_lock="files.sweep_strays")
def sweep_stray_files(timestamp: int = 0) -> None:
    """Every Sunday (04:13 in Shanghai): bytes without a row."""
    sweep_strays()
