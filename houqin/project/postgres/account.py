"""Which account runs the server: the caller's own, or `houqin` when the caller is root.

PostgreSQL refuses to run as root. The account is created once, cannot sign in, and owns `/var/lib/houqin`.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from houqin.project.postgres.problems import ClusterProblem

NAME = "houqin"
HOME = Path("/var/lib/houqin")


@dataclass(frozen=True)
class Account:
    """An operating-system account, and whether commands must change to it."""

    name: str
    uid: int
    gid: int
    foreign: bool

    def run(
        self, command: Sequence[str | Path], env: Mapping[str, str] | None = None, **more: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as this account, its output captured as text; never raises for its exit code."""
        return subprocess.run(
            [str(part) for part in command],
            env={**clean_environment(), **(env or {})},
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            cwd="/",
            stdin=subprocess.DEVNULL,
            **self.identity(),
            **more,
        )

    def identity(self) -> dict[str, Any]:
        """Keyword arguments of `subprocess` that change to this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.foreign else {}

    def can_enter(self, folder: Path) -> bool:
        """Whether this account can reach into `folder`."""
        if not self.foreign:
            return os.access(folder, os.X_OK)
        return self.run(["/usr/bin/test", "-x", folder]).returncode == 0

    def make_folder(self, folder: Path) -> None:
        """Create `folder` for this account alone (0700). An existing folder keeps its mode and owner."""
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            return
        if self.foreign:
            os.chown(folder, self.uid, self.gid)


def make_open_folder(folder: Path) -> None:
    """Create `folder` and what is missing above it so that anybody may enter; existing ones keep their mode."""
    for missing in [f for f in (*reversed(folder.parents), folder) if not f.exists()]:
        missing.mkdir(exist_ok=True)
        missing.chmod(0o755)


def clean_environment() -> dict[str, str]:
    """The environment for server programs: English messages, nothing of libpq's own variables."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", "LANGUAGE": "en", "TZ": "UTC"}


def server_account() -> Account:
    """The account that runs the server; as root the dedicated one, created when it is missing."""
    if os.geteuid() != 0:
        me = pwd.getpwuid(os.geteuid())
        return Account(me.pw_name, me.pw_uid, me.pw_gid, foreign=False)
    entry = _entry() or _create()
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, foreign=True)


def _entry() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        return None


def _create() -> pwd.struct_passwd:
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", str(HOME)]
    done = subprocess.run(
        [*command, "--shell", "/usr/sbin/nologin", NAME], capture_output=True, text=True, check=False
    )
    entry = _entry()
    if entry is None:
        raise ClusterProblem(
            f"The database server needs the account “{NAME}”, which could not be made: {done.stderr.strip()}. "
            "Make it by hand, or run Houqin as an ordinary user."
        )
    return entry
