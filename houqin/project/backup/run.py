"""What `houqin backup` and `houqin restore` do and say. Failures become `click` errors with their words."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import FrameType

import click
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from houqin.project.backup import archive, make, restore
from houqin.project.backup.archive import Archive, Manifest
from houqin.project.backup.problems import BackupProblem, from_os_error
from houqin.project.environment import Environment

Say = Callable[[str], None]
FILES_AMISS = 5
SHOWN = 20  # names of files


def back_up(place: Path, keep: int | None, given: Environment, say: Say) -> int:
    """Make a backup in `place` and tell about it; answers with the exit code."""
    with _failing():
        made = make.make(place, url=_url(given), store=settings.MEDIA_ROOT, data_dir=given.data_dir, say=say)
        if keep:
            for old in archive.prune(place, keep):
                say(f"Removed {old}")
    say(_summary(made.manifest))
    say(
        "Keys and secrets are not in it: keep `secret-key` and the data keys apart (docs/administrators/backup.md)."
    )
    if place.stat().st_dev == given.data_dir.stat().st_dev:
        say("It lies on the disk of the data itself: copy it to another machine.")
    _tell_files(made.manifest, say)
    click.echo(made.folder)
    return FILES_AMISS if made.manifest.trouble else 0


def opened(place: Path, say: Say) -> Archive:
    """Verify the backup at `place` and say what it holds."""
    told = time.monotonic()
    done = 0

    def progress(count: int) -> None:
        nonlocal told, done
        done += count
        if time.monotonic() - told > make.TOLD_EVERY:
            told = time.monotonic()
            say(f"Verified {done:,} members")

    with _failing():
        found = restore.opened(place, progress)
    say(f"{found.folder}: whole. {_summary(found.manifest)}")
    _tell_files(found.manifest, say)
    return found


def put_back(found: Archive, given: Environment, say: Say, *, replace: bool) -> bool:
    """Put it into this installation; whether its migrations are behind those of this version."""
    work = restore.replace if replace else restore.restore
    with _failing():
        work(found, url=_url(given), store=settings.MEDIA_ROOT, say=say)
    if not replace:
        say("Everybody signs in again, because `secret-key` was made anew: unless you put yours back.")
    return restore.is_behind(found)


@contextmanager
def _failing() -> Iterator[None]:
    """Problems in words, and a SIGTERM that lets what was begun be removed."""
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    except BackupProblem as problem:
        raise click.ClickException(str(problem)) from problem
    except OSError as error:
        raise click.ClickException(str(from_os_error(error, Path(error.filename or ".")))) from error
    except DatabaseError as error:
        raise click.ClickException(
            f"The database does not answer as this version expects: {str(error).strip().splitlines()[0]}. "
            "Run houqin up once, or back up with the version that wrote it."
        ) from error
    finally:
        signal.signal(signal.SIGTERM, before)


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _url(given: Environment) -> str:
    return given.database_url or os.environ["HOUQIN_DATABASE_URL"]


def _summary(manifest: Manifest) -> str:
    made = timezone.localtime(datetime.fromisoformat(manifest.created_at))
    return (
        f"Houqin {manifest.houqin}, {made:%Y-%m-%d %H:%M}, PostgreSQL {manifest.server}, "
        f"{sum(manifest.tables.values()):,} rows in {len(manifest.tables)} tables, "
        f"{manifest.files:,} files, {manifest.size_bytes / 1e6:,.1f} MB"
    )


def _tell_files(manifest: Manifest, say: Say) -> None:
    for what, names in (
        ("is missing from the store", manifest.missing),
        ("has another checksum than it was taken in with", manifest.damaged),
    ):
        for name in names[:SHOWN]:
            say(f"✗ {name} {what}")
        if len(names) > SHOWN:
            say(f"✗ … and {len(names) - SHOWN} more: see {archive.MANIFEST}")
