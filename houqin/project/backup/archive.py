"""The folder that is a backup: what belongs into it, finding one, and verifying every byte of it."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from houqin.project.backup.problems import BackupProblem

FORMAT = 1
KIND = "houqin-backup"
MANIFEST, SUMS, DATABASE, FILES = "manifest.json", "SHA256SUMS", "database", "files"
NAME = re.compile(r"houqin-\d{8}T\d{6}Z(-\d+)?$")
CHUNK = 1 << 20
Progress = Callable[[int], None]


@dataclass
class Manifest:
    """What a backup says of itself. Moments are ISO 8601 in UTC, sizes are bytes.

    `migrations` names the last ones applied of each application, `tables` the rows of each table. `missing`, `damaged`
    and `erased` are files that the database named: not there, not as they were taken in, or removed while it ran. `keys` are
    the ids of the data keys that its encrypted values need, and `trail` the last signed checkpoint of the trail.
    """

    houqin: str
    created_at: str
    finished_at: str
    record: int
    server: str
    server_major: int
    dump_major: int
    migrations: dict[str, list[str]]
    tables: dict[str, int]
    files: int
    members: int
    size_bytes: int
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    trail: str = ""
    format: int = FORMAT
    kind: str = KIND

    def write(self, folder: Path) -> None:
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")

    @property
    def trouble(self) -> str:
        """What was amiss with the files, in a few words; empty when nothing was."""
        words = [
            f"{len(names)} {what}"
            for names, what in ((self.missing, "missing"), (self.damaged, "damaged"))
            if names
        ]
        return f"files: {', '.join(words)}" if words else ""


@dataclass(frozen=True)
class Archive:
    """A backup whose manifest could be read; `verify` looks at the rest."""

    folder: Path
    manifest: Manifest


def find(place: Path) -> Path:
    """The backup at `place`: the folder itself, or the newest one in it. Raises `BackupProblem`."""
    if (place / MANIFEST).is_file():
        return place
    found = backups_in(place)
    if not found:
        raise BackupProblem(
            f"{place} is no backup and holds none. Name the folder that `houqin backup` wrote."
        )
    return found[-1]


def backups_in(place: Path) -> list[Path]:
    """The finished backups in a folder, the oldest first."""
    if not place.is_dir():
        return []
    return sorted(each for each in place.iterdir() if NAME.match(each.name) and (each / MANIFEST).is_file())


def read(folder: Path) -> Archive:
    """Read the manifest. Raises `BackupProblem` for what is no backup of ours, or one this version cannot read."""
    try:
        kept = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise damaged(folder, f"{MANIFEST} cannot be read") from error
    if not isinstance(kept, dict) or kept.get("kind") != KIND:
        raise BackupProblem(f"{folder} was not made by `houqin backup`.")
    if kept.get("format") != FORMAT:
        raise BackupProblem(
            f"{folder} has format {kept.get('format')}, made by Houqin {kept.get('houqin')}. "
            "Restore it with that version, then upgrade."
        )
    return Archive(folder, _typed(folder, kept))


def _typed(folder: Path, kept: dict[str, Any]) -> Manifest:
    try:
        manifest = Manifest(**kept)
        datetime.fromisoformat(manifest.created_at)
        datetime.fromisoformat(manifest.finished_at)
    except (TypeError, ValueError) as error:
        raise damaged(folder, f"{MANIFEST} is not as it was written") from error
    return manifest


def damaged(folder: Path, what: str) -> BackupProblem:
    """This backup is not what was written; nothing was touched."""
    return BackupProblem(
        f"{folder} is damaged: {what}. Nothing was touched. Use another backup, or another copy of this one."
    )


def verify(archive: Archive, progress: Progress = lambda count: None) -> None:
    """Read every byte and compare. Raises `BackupProblem` at the first thing that is not as it was written.

    Every member is named in the sums, every named member is there, and nothing else is.
    """
    folder = archive.folder
    sums = _sums(folder)
    if len(sums) != archive.manifest.members + 1:
        raise damaged(folder, f"{SUMS} names {len(sums)} members instead of {archive.manifest.members + 1}")
    there = set(members(folder)) - {SUMS}
    if lost := sorted(set(sums) - there):
        raise damaged(folder, f"{lost[0]} is missing ({len(lost)} in all)")
    if strange := sorted(there - set(sums)):
        raise damaged(folder, f"{strange[0]} does not belong to it ({len(strange)} in all)")
    for name, expected in sums.items():
        try:
            found = digest(folder / name)
        except OSError as error:
            raise damaged(folder, f"{name} cannot be read ({error.strerror})") from error
        if found != expected:
            raise damaged(folder, f"{name} has another checksum than it was written with")
        progress(1)


def _sums(folder: Path) -> dict[str, str]:
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise damaged(folder, f"{SUMS} cannot be read") from error
    found = {}
    for line in lines:
        match = re.fullmatch(r"([0-9a-f]{64})  (.+)", line)
        if not match or not is_safe(match.group(2)):
            raise damaged(folder, f"{SUMS} is not as it was written")
        found[match.group(2)] = match.group(1)
    return found


def members(folder: Path) -> Iterator[str]:
    """The names of everything in a backup, by path below it. What is no plain file counts too, and then has no sum."""
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_dir():
            yield path.relative_to(folder).as_posix()


def is_safe(name: str) -> bool:
    """Whether a name stays below its folder, on one line."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and name.isprintable() and name == str(path)


def write_sums(folder: Path, sums: dict[str, str]) -> None:
    """Write the checksums in the form that `sha256sum --check` reads."""
    lines = (f"{sums[name]}  {name}\n" for name in sorted(sums))
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def digest(path: Path) -> str:
    """The SHA-256 of a file. Raises `OSError`, also for a link that would lead elsewhere."""
    if path.is_symlink():
        raise OSError(0, "a link")
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy(source: BinaryIO, target: Path) -> tuple[str, int]:
    """Copy into a new file that only its owner may read; answers with the SHA-256 and the size of what was copied."""
    found, size = hashlib.sha256(), 0
    with target.open("xb") as file:
        target.chmod(0o600)
        while chunk := source.read(CHUNK):
            found.update(chunk)
            size += len(chunk)
            file.write(chunk)
    return found.hexdigest(), size


def prune(place: Path, keep: int) -> list[Path]:
    """Remove all finished backups in a folder but the `keep` newest; answers with those that are gone."""
    old = backups_in(place)[:-keep]
    for folder in old:
        # Under another name first: half a backup is never taken for one.
        doomed = folder.with_name(f".{folder.name}.part")
        folder.rename(doomed)
        shutil.rmtree(doomed)
    return old
