"""The web server: Granian over WSGI, its workers forked from a process that has loaded everything.

Run as `python -m houqin.project.web HOST PORT [CERTIFICATE KEY]`. Forking after loading lets the workers share
the memory of the code; no connection is open at that moment.
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

BLOCKING_THREADS = 4  # a worker; each may hold one database connection
BACKLOG = 1024


def main(host: str, port: int, certificate: str = "", key: str = "") -> None:
    """Serve until told to stop."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels

    from houqin.project import processes, wsgi
    from houqin.project.environment import read

    assert wsgi.application
    _load_everything()
    gc.collect()
    gc.freeze()
    parent = os.getpid()
    os.register_at_fork(after_in_child=lambda: processes.die_with_parent(parent))
    Granian(
        "houqin.project.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=read().web_workers,
        blocking_threads=BLOCKING_THREADS,
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


def _load_everything() -> None:
    """Import addresses and views now, so that the first visitor does not wait and memory is shared."""
    from django.db import connections
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018 - looked at to be loaded
    connections.close_all()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:5])
