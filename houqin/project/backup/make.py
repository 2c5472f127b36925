"""Making a backup while the system runs: first a snapshot of the database, then the files it names.

Files are written once and never changed, so the files of a moment can be copied after it. What is erased meanwhile (an
upload that nobody attached) is told from what is missing.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql

from houqin import __version__
from houqin.foundation.backups import actions as book
from houqin.foundation.trail.actors import SYSTEM
from houqin.project.backup import archive, snapshot, tools
from houqin.project.backup.archive import DATABASE, FILES, MANIFEST, Manifest
from houqin.project.backup.problems import BackupProblem, from_os_error
from houqin.project.backup.snapshot import Named, Snapshot

Say = Callable[[str], None]
TOLD_EVERY = 5.0  # seconds


@dataclass(frozen=True)
class Made:
    """A finished backup: where it lies, and what it says of itself."""

    folder: Path
    manifest: Manifest


def make(place: Path, *, url: str, store: Path, data_dir: Path, say: Say = lambda text: None) -> Made:
    """Copy the database at `url` and the files in `store` into a new folder in `place`.

    Raises `BackupProblem`; then nothing is left of it. Files that are missing or damaged do not stop it: the manifest
    names them.
    """
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(place):
            _sweep(place)
            return _make(place, url, store, data_dir, say)
    except OSError as error:
        raise from_os_error(error, place) from error


def _make(place: Path, url: str, store: Path, data_dir: Path, say: Say) -> Made:
    began = datetime.now(UTC)
    target = _free(place / f"houqin-{began:%Y%m%dT%H%M%SZ}")
    record = book.begin(SYSTEM, version=__version__, place=str(target))
    part = place / f".{target.name}.part"
    try:
        part.mkdir(mode=0o700)
        with snapshot.take(url) as moment:
            manifest = _Copy(part, url, store, say).of(moment, record.pk, record.started_at)
        os.sync()
        part.rename(target)
        _sync_folder(place)
    except BaseException as error:
        shutil.rmtree(part, ignore_errors=True)
        book.give_up(record, reason=str(error) or type(error).__name__)
        raise
    book.finish(
        record,
        at=datetime.fromisoformat(manifest.finished_at),
        size_bytes=manifest.size_bytes,
        trouble=manifest.trouble,
    )
    _remember(data_dir, target, manifest)
    return Made(target, manifest)


class _Copy:
    """The copying itself, into a folder that has not got its name yet."""

    def __init__(self, part: Path, url: str, store: Path, say: Say) -> None:
        self.part, self.url, self.store, self.say = part, url, store, say
        self.sums: dict[str, str] = {}
        self.size = 0
        self.told = time.monotonic()
        self.missing: list[Named] = []
        self.damaged: list[str] = []

    def of(self, moment: Snapshot, record: int, began: datetime) -> Manifest:
        """Copy that moment, and write manifest and checksums."""
        tables, named = moment.tables(), list(moment.files())
        dump_major = self._database(moment)
        for number, file in enumerate(named):
            self._progress(f"Files: {number:,} of {len(named):,}, {self.size / 1e6:,.0f} MB in all")
            self._file(file)
        erased = _erased(self.url, self.missing)
        manifest = Manifest(
            houqin=__version__,
            created_at=began.isoformat(),
            finished_at=datetime.now(UTC).isoformat(),
            record=record,
            server=moment.server,
            server_major=moment.server_major,
            dump_major=dump_major,
            migrations=moment.migrations(),
            tables=tables,
            files=len(named) - len(self.missing),
            members=len(self.sums),
            size_bytes=self.size,
            missing=[file.name for file in self.missing if file.name not in erased],
            damaged=self.damaged,
            erased=sorted(erased),
            keys=moment.keys(),
            trail=moment.trail(),
        )
        manifest.write(self.part)
        self.sums[MANIFEST] = archive.digest(self.part / MANIFEST)
        archive.write_sums(self.part, self.sums)
        for written in (MANIFEST, archive.SUMS):
            (self.part / written).chmod(0o600)
        return manifest

    def _database(self, moment: Snapshot) -> int:
        program = tools.find("pg_dump", moment.server_major)
        folder = self.part / DATABASE
        arguments = ["--format=directory", f"--file={folder}", f"--jobs={tools.workers()}"]
        arguments += [f"--snapshot={moment.id}", "--no-owner", "--no-privileges"]
        tools.run(program, self.url, arguments, self._database_progress)
        folder.chmod(0o700)
        for path in sorted(folder.iterdir()):
            path.chmod(0o600)
            self._keep(f"{DATABASE}/{path.name}", archive.digest(path), path.stat().st_size)
        return program.major

    def _database_progress(self) -> None:
        folder = self.part / DATABASE
        if folder.exists():
            written = sum(path.stat().st_size for path in folder.iterdir())
            self._progress(f"Database: {written / 1e6:,.0f} MB")

    def _file(self, file: Named) -> None:
        name = f"{FILES}/{file.name}"
        if not archive.is_safe(file.name):
            self.missing.append(file)  # a name that leads out of the store is no file of ours
            return
        target = self.part / name
        try:
            source = (self.store / file.name).open("rb")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            self.missing.append(file)
            return
        with source:
            _make_private(target.parent, self.part)
            found, size = archive.copy(source, target)
        self._keep(name, found, size)
        if file.sha256 and found != file.sha256:
            self.damaged.append(file.name)

    def _keep(self, name: str, sha256: str, size: int) -> None:
        self.sums[name] = sha256
        self.size += size

    def _progress(self, text: str) -> None:
        if time.monotonic() - self.told >= TOLD_EVERY:
            self.told = time.monotonic()
            self.say(text)


def _erased(url: str, missing: list[Named]) -> set[str]:
    """Which of the missing files nothing names any more: they were erased while the backup ran."""
    if not missing:
        return set()
    gone = set()
    with psycopg.connect(url, connect_timeout=10) as connection:
        for file in missing:
            query = sql.SQL("SELECT 1 FROM {} WHERE {} = %s LIMIT 1").format(
                sql.Identifier(file.table), sql.Identifier(file.column)
            )
            if not connection.execute(query, [file.name]).fetchone():
                gone.add(file.name)
    return gone


def _make_private(folder: Path, above: Path) -> None:
    for each in (*reversed(folder.relative_to(above).parents), folder.relative_to(above)):
        (above / each).mkdir(mode=0o700, exist_ok=True)


def _free(target: Path) -> Path:
    number, free = 1, target
    while free.exists():
        number += 1
        free = target.with_name(f"{target.name}-{number}")
    return free


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """One backup at a time in a folder; what holds the place is let go by the kernel, however it dies."""
    with (place / ".lock").open("a", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupProblem(f"Another backup into {place} is under way. Wait for it.") from None
        yield


def _sweep(place: Path) -> None:
    """Remove what a backup that was killed left behind: nobody else is here."""
    for left in place.glob(".houqin-*.part"):
        shutil.rmtree(left)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def last_file(data_dir: Path) -> Path:
    """Where, outside the database, it is kept which backup was the last."""
    return data_dir / "last-backup.json"


def _remember(data_dir: Path, folder: Path, manifest: Manifest) -> None:
    """Keep it outside the database too: the day it is needed, the database may be gone."""
    kept = {
        "at": manifest.created_at,
        "place": str(folder),
        "houqin": manifest.houqin,
        "trouble": manifest.trouble,
    }
    path = last_file(data_dir)
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    draft.write_text(json.dumps(kept, ensure_ascii=False) + "\n", encoding="utf-8")
    draft.replace(path)
