"""The web server: Granian over WSGI. Its workers are forked, as it is itself, from a process that has loaded everything."""

from __future__ import annotations

import os
from pathlib import Path

BLOCKING_THREADS = 3  # a worker; each may hold one database connection
#: Seconds. With a thread goes its connection, and with that the plans of its statements.
IDLE_THREADS_END = 600
BACKLOG = 1024


def main(host: str, port: int, certificate: str = "", key: str = "") -> None:
    """Serve until told to stop."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels

    from houqin.project import processes
    from houqin.project.environment import read

    parent = os.getpid()
    os.register_at_fork(after_in_child=lambda: processes.die_with_parent(parent))
    Granian(
        "houqin.project.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=read().web_workers,
        blocking_threads=BLOCKING_THREADS,
        blocking_threads_idle_timeout=IDLE_THREADS_END,
        http=HTTPModes.http1,
        websockets=False,
        backlog=BACKLOG,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_access=False,
        log_level=LogLevels.warning,
        ssl_cert=Path(certificate) if certificate else None,
        ssl_key=Path(key) if key else None,
    ).serve()
