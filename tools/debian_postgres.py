"""Run a command with `HOUQIN_TEST_DATABASE_URL` pointing at a throw-away cluster of Debian's PostgreSQL.

Usage: python tools/debian_postgres.py COMMAND…   (exit code: the command's)
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

PROGRAMS = Path(os.environ.get("PG_PROGRAMS", "/usr/lib/postgresql/15/bin"))
FLEETING = "-c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=250 -c autovacuum=off"


def main(command: list[str]) -> int:
    """Make the cluster, run the command, remove the cluster."""
    if not (PROGRAMS / "initdb").exists():
        print(f"✗ {PROGRAMS} has no PostgreSQL. Install it (apt install postgresql-15).", file=sys.stderr)
        return 1
    home = Path(tempfile.mkdtemp(prefix="houqin-pg15-"))
    account = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    if account:
        os.chown(home, pwd.getpwnam("postgres").pw_uid, -1)
        home.chmod(0o755)  # of our own making; the tests' account must reach the socket

    def program(name: str, *arguments: str) -> None:
        subprocess.run(
            [PROGRAMS / name, "-D", home / "data", *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
            **account,  # type: ignore[call-overload]
        )

    program("initdb", "-U", "houqin", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "--no-sync")
    program("pg_ctl", "start", "-w", "-t", "120", "-l", str(home / "log"), "-o", f"{FLEETING} -k {home}")
    try:
        url = f"postgresql://houqin@/postgres?host={quote(str(home), safe='')}"
        return subprocess.run(
            command, check=False, env={**os.environ, "HOUQIN_TEST_DATABASE_URL": url}
        ).returncode
    finally:
        program("pg_ctl", "stop", "-m", "immediate")
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
