"""Who needs the embedded server right now: the first to come starts it, the last to leave stops it.

Every process that uses it holds a shared lock on a file, which the kernel lets go when the process dies,
however it dies. Starting and stopping happen under a second lock, one at a time.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from houqin.project.postgres import account as accounts
from houqin.project.postgres.cluster import Cluster, Say
from houqin.project.postgres.problems import ClusterProblem, from_os_error


def place_of(data_dir: Path, *, given: bool) -> Path:
    """Where the cluster of this data directory lies.

    Usually `data_dir/postgres`. As root the server runs under its own account: an explicitly given data
    directory (`given`) is used when that account can enter it, otherwise a folder under `/var/lib/houqin`
    that carries the identity kept in the data directory, so that two checkouts never share one.
    """
    inside = data_dir / "postgres"
    if os.geteuid() != 0:
        return inside
    owner = accounts.server_account()
    if inside.exists() or (given and owner.can_enter(data_dir)):
        return inside
    name = re.sub(r"[^a-z0-9]+", "-", data_dir.parent.name.lower()).strip("-")[:24]
    return accounts.HOME / f"{name or 'data'}-{_identity(data_dir)}"


def _identity(data_dir: Path) -> str:
    kept = data_dir / "installation-id"
    try:
        found = kept.read_text(encoding="ascii").strip()
        if re.fullmatch(r"[0-9a-f]{12}", found):
            return found
    except FileNotFoundError:
        pass
    fresh = secrets.token_hex(6)
    with kept.open("x", encoding="ascii") as file:
        file.write(fresh + "\n")
    return fresh


@contextmanager
def use(cluster: Cluster, locks: Path) -> Iterator[Cluster]:
    """Have the server run for the length of the block. `locks` is a folder of the caller's data."""
    with _lock_file(locks / "postgres-users.lock") as users:
        with _alone(locks):
            fcntl.flock(users, fcntl.LOCK_SH)
            cluster.start()
        try:
            yield cluster
        finally:
            with _alone(locks):
                if _last(users):
                    cluster.stop()


def in_use(locks: Path) -> bool:
    """Whether any process uses the embedded server at this moment."""
    with _lock_file(locks / "postgres-users.lock") as users:
        return not _last(users)


@contextmanager
def serving(locks: Path) -> Iterator[None]:
    """Hold the one place of the process that serves this data. Raises `ClusterProblem` when it is taken."""
    with _lock_file(locks / "serving.lock") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            who = file.read().strip()
            raise ClusterProblem(
                f"Houqin already runs on {locks}{f' (process {who})' if who else ''}. "
                "Stop it first, or set HOUQIN_DATA_DIR to another folder."
            ) from None
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


@contextmanager
def _alone(locks: Path) -> Iterator[None]:
    with _lock_file(locks / "postgres-start.lock") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _last(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock_file(path: Path) -> IO[str]:
    try:
        return path.open("a+", encoding="ascii")
    except OSError as error:
        raise from_os_error(error, path.parent) from error


__all__ = ["Say", "in_use", "place_of", "serving", "use"]
