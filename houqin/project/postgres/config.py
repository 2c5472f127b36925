"""The files that configure a cluster, written anew at every start."""

from __future__ import annotations

import hashlib
import os
import pwd
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from houqin.project.postgres.account import Account
from houqin.project.postgres.problems import ClusterProblem

PORT = 5432  # names the socket only: the server listens on no network address
OWNER = "houqin"
SUPERUSER = "postgres"
MAX_SOCKET_PATH = 90

DURABLE: dict[str, str] = {}
#: For tests alone: a crash may lose everything.
#: Without autovacuum: its workers are the server's own, and a database that one looks at cannot be dropped at once.
FLEETING = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "250",
    "autovacuum": "off",
}

BASE = {
    "listen_addresses": "''",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "jit": "off",
    "max_connections": "100",
    "shared_buffers": "'48MB'",
    "random_page_cost": "1.1",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_checkpoints": "off",
    "log_startup_progress_interval": "'1s'",
    "log_min_duration_statement": "'2s'",
    "idle_in_transaction_session_timeout": "'10min'",
    "lc_messages": "'C'",
}


def socket_folder(cluster_home: Path, account: Account) -> Path:
    """A folder only this account (and root) enters, with a path short enough for a socket."""
    own = cluster_home / "socket"
    if len(os.fsencode(own / f".s.PGSQL.{PORT}")) <= MAX_SOCKET_PATH:
        return own
    name = hashlib.sha256(os.fsencode(cluster_home)).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"houqin-{account.uid}-{name}"
    return short if len(os.fsencode(short)) <= MAX_SOCKET_PATH - 15 else Path("/tmp") / short.name  # noqa: S108


def make_socket_folder(folder: Path, account: Account) -> None:
    """Create the folder of the socket, or refuse one that somebody else made in its place."""
    account.make_folder(folder)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or found.st_mode & 0o077:
        raise ClusterProblem(f"{folder} is not a private folder of the account “{account.name}”. Remove it.")


def write(data: Path, sockets: Path, account: Account, extra: Mapping[str, str]) -> None:
    """Write server settings and who may connect: by socket alone, and only the caller and root."""
    settings = {
        **BASE,
        "unix_socket_directories": f"'{_quoted(sockets)}'",
        "hba_file": f"'{_quoted(data / 'houqin_hba.conf')}'",
        "ident_file": f"'{_quoted(data / 'houqin_ident.conf')}'",
        **extra,
    }
    lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
    _put(
        data / "houqin.conf",
        "# Written by Houqin at every start; put changes into local.conf.\n" + lines,
        account,
    )
    _put(
        data / "houqin_hba.conf",
        "local all all peer map=houqin\nlocal replication all peer map=houqin\n",
        account,
    )
    people = {"root", account.name, pwd.getpwuid(os.geteuid()).pw_name}
    _put(data / "houqin_ident.conf", "".join(f'houqin "{name}" all\n' for name in sorted(people)), account)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _put(path: Path, text: str, account: Account) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    if account.foreign:
        os.chown(path, account.uid, account.gid)
