"""What `houqin backup` and `houqin restore` do and say. Failures become `click` errors with their words."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import click
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from houqin.project.backup import archive, keys, make, restore
from houqin.project.backup.archive import Archive, Manifest
from houqin.project.backup.problems import BackupProblem, from_os_error
from houqin.project.environment import Environment

Say = Callable[[str], None]
FILES_AMISS = 5
SHOWN = 20  # names of files
#: Keys and secrets in the data directory, where the settings do not give them.
OWN = ("secret-key", "trail-key", "door-key", "data-keys")


def back_up(place: Path, keep: int | None, given: Environment, say: Say) -> int:
    """Make a backup in `place` and tell about it; answers with the exit code."""
    with _failing():
        made = make.make(place, url=_url(given), store=settings.MEDIA_ROOT, data_dir=given.data_dir, say=say)
        if keep:
            for old in archive.prune(place, keep):
                say(f"Removed {old}")
    say(_summary(made.manifest))
    say(f"Keys and secrets are not in it: keep {', '.join(OWN)} apart (docs/administrators/backup.md).")
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


def kept_apart(data_dir: Path) -> list[str]:
    """Which of the keys and secrets, which no backup holds, are not in the data directory."""
    return [name for name in OWN if not (data_dir / name).exists()]


def put_back(found: Archive, given: Environment, say: Say, *, replace: bool, fresh: Sequence[str]) -> bool:
    """Put it into this installation; whether its migrations are behind those of this version.

    ``fresh`` are keys and secrets that were not there before.
    """
    work = restore.replace if replace else restore.restore
    with _failing():
        work(found, url=_url(given), store=settings.MEDIA_ROOT, say=say)
    if replace:
        _put_aside(given.data_dir / "trail-checkpoint", say)
    elif fresh:
        say(f"Before you start it, put what you kept apart into {given.data_dir}: {', '.join(fresh)}.")
    if lacking := keys.lacking(found.manifest.keys, (*given.data_keys, *given.lookup_keys)):
        say(
            f"✗ Phone and ID numbers cannot be read here: the data keys {', '.join(lacking)} are not those of this backup."
        )
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


def _put_aside(checkpoint: Path, say: Say) -> None:
    """The kept checkpoint of a trail that went on further than the one put back: evidence of what is gone now."""
    if checkpoint.exists():
        aside = checkpoint.with_name(f"{checkpoint.name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
        checkpoint.rename(aside)
        say(f"The trail ends where the backup does. What had been signed since is witnessed by {aside}.")


def _tell_files(manifest: Manifest, say: Say) -> None:
    for what, names in (
        ("is missing from the store", manifest.missing),
        ("has another checksum than it was taken in with", manifest.damaged),
    ):
        for name in names[:SHOWN]:
            say(f"✗ {name} {what}")
        if len(names) > SHOWN:
            say(f"✗ … and {len(names) - SHOWN} more: see {archive.MANIFEST}")
