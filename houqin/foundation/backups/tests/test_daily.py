"""The daily backup: when it is due, and what the job does."""

import subprocess
import sys
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from houqin import cli
from houqin.foundation.backups import actions, jobs, queries
from houqin.foundation.backups.models import Backup
from houqin.foundation.trail.actors import SYSTEM
from houqin.project.backup import run

HALF_PAST_TWO = time(2, 30)


def at(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai"))


def made(begun, minutes=5, trouble=""):
    backup = Backup.objects.create(started_at=begun, version="0", place="/srv/b")
    if minutes:
        actions.finish(backup, at=begun + timedelta(minutes=minutes), size_bytes=1, trouble=trouble)
    return backup


@pytest.mark.parametrize(
    ("backups", "now", "due"),
    [
        ([], at(16, 9), True),
        ([(at(16, 2, 35), 5)], at(16, 9), False),
        ([(at(15, 2, 35), 5)], at(16, 2, 29), False),
        ([(at(15, 2, 35), 5)], at(16, 2, 31), True),
        ([(at(15, 14), 5)], at(16, 2, 31), True),
        ([(at(12, 2, 35), 5)], at(16, 1), True),  # the machine was off for days
        ([(at(16, 2, 30), None)], at(16, 2, 50), False),  # runs, or failed just now
        ([(at(16, 2, 30), None)], at(16, 3, 31), True),  # failed an hour ago
    ],
)
def test_when_it_is_due(db, backups, now, due):
    for begun, minutes in backups:
        made(begun, minutes)
    with time_machine.travel(now, tick=False):
        assert queries.due(HALF_PAST_TWO) is due


def test_its_age_counts_from_the_moment_it_shows(db):
    assert queries.age() is None
    with time_machine.travel(at(16, 9), tick=False):
        made(timezone.now() - timedelta(hours=50), minutes=300)
        made(timezone.now() - timedelta(hours=1), minutes=None)
        assert queries.age() == timedelta(hours=50) > queries.TOO_OLD


def test_the_job_makes_one_only_where_it_is_asked_for(db, settings, monkeypatch):
    calls = []

    def ran(command, **more):
        calls.append(command)
        return subprocess.CompletedProcess(command, code)

    monkeypatch.setattr(subprocess, "run", ran)
    code = 0
    assert jobs.back_up_daily() is False
    settings.BACKUP_DIR, settings.BACKUP_KEEP = "/srv/backup", 14
    assert jobs.back_up_daily() is True
    assert calls == [[sys.executable, "-m", "houqin", "backup", "/srv/backup", "--keep", "14"]]
    code = cli.FILES_AMISS
    assert jobs.back_up_daily() is True
    code = 1
    with pytest.raises(subprocess.CalledProcessError):
        jobs.back_up_daily()
    made(timezone.now())
    assert jobs.back_up_daily() is False


def test_a_finished_backup_is_whole(db):
    backup = actions.begin(SYSTEM, version="0", place="/srv/b")
    actions.give_up(backup, reason="disk full")
    backup.refresh_from_db()
    assert backup.trouble == "disk full"
    with pytest.raises(IntegrityError, match="backup_finished_is_whole"), transaction.atomic():
        Backup.objects.update(finished_at=timezone.now())
    actions.finish(backup, at=timezone.now(), size_bytes=1, trouble="")
    actions.give_up(backup, reason="too late")
    backup.refresh_from_db()
    assert backup.trouble == ""


def test_the_command_and_the_job_agree_on_exit_codes():
    assert jobs.FILES_AMISS == cli.FILES_AMISS == run.FILES_AMISS
