"""What can go wrong with the embedded server, in words that say what to do."""

from __future__ import annotations

import errno
from pathlib import Path


class ClusterProblem(Exception):
    """The embedded server cannot be used; the text says why and what helps."""


def from_os_error(error: OSError, path: Path) -> ClusterProblem:
    """Say in plain words why `path` could not be written."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return full(path)
    if error.errno == errno.EROFS:
        return ClusterProblem(
            f"{path} lies on a read-only file system. Mount it writable, or set HOUQIN_DATA_DIR elsewhere."
        )
    if error.errno in {errno.EACCES, errno.EPERM}:
        return ClusterProblem(
            f"{path} may not be written by this account. Give the account the folder, or set HOUQIN_DATA_DIR."
        )
    return ClusterProblem(f"{path} cannot be used: {error.strerror or error}.")


def full(path: Path) -> ClusterProblem:
    """The disk that holds `path` is full."""
    return ClusterProblem(
        f"The disk that holds {path} is full. Nothing committed is lost: free some space and start again."
    )


def from_log(text: str, data: Path) -> ClusterProblem:
    """Read the reason of a failed start out of what the server or initdb wrote (always in English)."""
    if "No space left on device" in text or "Disk quota exceeded" in text:
        return full(data)
    if "Read-only file system" in text:
        return ClusterProblem(
            f"{data} lies on a read-only file system. Mount it writable, or set HOUQIN_DATA_DIR elsewhere."
        )
    if "Permission denied" in text:
        return ClusterProblem(
            f"The database server may not write {data}. Give that folder to the account that runs it."
        )
    if "is not compatible with this version" in text or "database files are incompatible" in text:
        return ClusterProblem(
            f"{data} belongs to another version of PostgreSQL. Restore a backup, or install the matching version."
        )
    if "could not create shared memory" in text or "Cannot allocate memory" in text:
        return ClusterProblem("There is not enough memory for the database server.")
    reasons = [line for line in text.splitlines() if "FATAL" in line or "PANIC" in line or "error:" in line]
    last = reasons[-1].strip() if reasons else (text.strip().splitlines() or ["no reason given"])[-1]
    return ClusterProblem(f"The database server did not start: {last}")
