"""`pg_dump` and `pg_restore`: those of the embedded server's package, or matching ones on this machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from houqin.project.backup.problems import BackupProblem
from houqin.project.postgres import ClusterProblem, binaries
from houqin.project.postgres.account import clean_environment

#: Where Debian and Red Hat keep one folder of programs a version.
PACKAGED = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin")
POLL = 0.5  # seconds


@dataclass(frozen=True)
class Program:
    """One of PostgreSQL's programs and the major version it belongs to."""

    path: Path
    major: int


def find(name: str, at_least: int) -> Program:
    """The program of that version, or of the next one above it that is there.

    An older one refuses to work on a newer server, and a much newer one may speak words an older server does not
    know. Raises `BackupProblem` when there is none.
    """
    found = [program for path in _places(name) if (program := _program(path))]
    fit = sorted((p for p in found if p.major >= at_least), key=lambda program: program.major)
    if fit:
        return fit[0]
    known = ", ".join(sorted({f"{program.major} ({program.path})" for program in found})) or "none"
    raise BackupProblem(
        f"{name} of PostgreSQL {at_least} or later is needed; found: {known}. "
        f"Install the client programs of PostgreSQL {at_least} and put them on the PATH."
    )


def _places(name: str) -> list[Path]:
    places = []
    try:
        places += [folder / name for folder in binaries.versions().values()]
    except ClusterProblem:
        pass  # the package with the embedded server may be left out where another server is used
    if on_path := shutil.which(name):
        places.append(Path(on_path))
    for pattern in PACKAGED:
        places += [folder / name for folder in Path("/").glob(pattern.lstrip("/"))]
    return [path for path in places if path.exists()]


def _program(path: Path) -> Program | None:
    done = subprocess.run(
        [path, "--version"], env=clean_environment(), capture_output=True, text=True, check=False
    )
    match = re.search(r"\) (\d+)", done.stdout)
    return Program(path, int(match.group(1))) if match else None


def run(
    program: Program, url: str, arguments: Sequence[str], progress: Callable[[], None] = lambda: None
) -> None:
    """Run it on the database at `url`; `progress` is called twice a second. Raises `BackupProblem` with its reason.

    The password goes by the environment: a command line can be read by everybody on the machine.
    """
    parts: dict[str, Any] = dict(conninfo_to_dict(url))
    env = {**clean_environment(), "PGAPPNAME": "houqin backup"}
    if password := parts.pop("password", None):
        env["PGPASSWORD"] = str(password)
    command = [str(program.path), f"--dbname={make_conninfo(**parts)}", "--no-password", *arguments]
    with tempfile.TemporaryFile("w+", errors="replace") as said:
        process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        try:
            while not _ended(process):
                progress()
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
        said.seek(0)
        text = said.read()
    if process.returncode != 0:
        raise BackupProblem(_reason(program.path.name, text))


def _ended(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(POLL)
    except subprocess.TimeoutExpired:
        return False
    return True


def _reason(name: str, text: str) -> str:
    if "No space left on device" in text or "Disk quota exceeded" in text:
        return "The disk is full; nothing was left behind. Free some space, or name another folder."
    lines = [line for line in text.splitlines() if "error:" in line or "FATAL" in line]
    return f"{name} failed: {(lines or text.strip().splitlines() or ['no reason given'])[0]}"


def workers() -> int:
    """How many tables are dumped side by side: half of the processors, for people are at work meanwhile."""
    return max(1, min(4, (os.cpu_count() or 2) // 2))


__all__ = ["Program", "find", "run", "workers"]
