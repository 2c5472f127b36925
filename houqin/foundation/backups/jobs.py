"""The daily backup, where ``HOUQIN_BACKUP_DIR`` asks for one."""

import subprocess
import sys
from datetime import time

from django.conf import settings
from procrastinate.contrib.django import app

from houqin.foundation.backups import queries


@app.periodic(cron="*/10 * * * *")
@app.task(name="backups.daily", queueing_lock="backups.daily", lock="backups.daily")
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


#: What ``houqin backup`` ends with when the backup was made and files were missing or damaged.
FILES_AMISS = 5
