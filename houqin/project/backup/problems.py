"""What can go wrong with backups, in words that say what to do."""

from __future__ import annotations

import errno
from pathlib import Path


class BackupProblem(Exception):
    """A backup cannot be made, read or put back; the text says why and what helps."""


def from_os_error(error: OSError, folder: Path) -> BackupProblem:
    """Why `folder` could not be written or read."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return full(folder)
    if error.errno == errno.EROFS:
        return BackupProblem(
            f"{folder} lies on a read-only file system. Mount it writable, or name another folder."
        )
    if error.errno in {errno.EACCES, errno.EPERM}:
        return BackupProblem(
            f"{error.filename or folder} may not be used by this account. Give it the folder."
        )
    return BackupProblem(f"{error.filename or folder} cannot be used: {error.strerror or error}.")


def full(folder: Path) -> BackupProblem:
    """No room left for a backup; what had been written of it is gone again."""
    return BackupProblem(
        f"The disk that holds {folder} is full; nothing was left there. Free some space, or name another folder."
    )
