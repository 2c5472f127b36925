"""What keeps an installation whole: the daily backup, and jobs whose worker died."""

import subprocess
import sys
from datetime import time

from django.conf import settings
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from houqin.foundation.backups import queries

#: What ``houqin backup`` ends with when the backup was made and files were missing or damaged.
FILES_AMISS = 5


@app.periodic(cron="*/10 * * * *")
@app.task(name="backups.daily", queueing_lock="backups.daily")
def back_up_daily(timestamp: int = 0) -> bool:
    """Every ten minutes: back up once ``HOUQIN_BACKUP_TIME`` has passed. A day that was missed is made up for.

    By a process of its own, so that the worker stays as small as it is. Raises ``CalledProcessError`` when it failed.
    """
    if not settings.BACKUP_DIR or not queries.due(time.fromisoformat(settings.BACKUP_TIME)):
        return False
    keep = ["--keep", str(settings.BACKUP_KEEP)] if settings.BACKUP_KEEP else []
    command = [sys.executable, "-m", "houqin", "backup", settings.BACKUP_DIR, *keep]
    code = subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode
    if code not in (0, FILES_AMISS):
        raise subprocess.CalledProcessError(code, command)
    return True


@app.periodic(cron="* * * * *")
@app.task(name="backups.rescue_stalled", queueing_lock="backups.rescue_stalled", pass_context=True)
async def rescue_stalled(context: JobContext, timestamp: int = 0) -> int:
    """Every minute: do again what a worker had begun when it died. Answers how many jobs.

    A job that only one may wait for (``queueing_lock``) is given up instead: its next turn comes by itself, and may
    wait already.
    """
    jobs = context.app.job_manager
    stalled = list(await jobs.get_stalled_jobs())
    for job in stalled:
        assert job.id is not None
        if job.queueing_lock:
            await jobs.finish_job_by_id_async(job.id, Status.FAILED, delete_job=False)
        else:
            await jobs.retry_job(job)
    return len(stalled)
