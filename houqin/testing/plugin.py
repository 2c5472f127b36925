"""The pytest plugin of the whole suite: one embedded server per run, one database per worker, no network.

Loaded with `-p houqin.testing.plugin` (see `pyproject.toml`), before Django's settings are read. With
`HOUQIN_TEST_DATABASE_URL` the tests use that server instead; its role must be allowed to create databases.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
_server = ExitStack()


def lock_folder() -> Path:
    """Where runs of this checkout meet: the test server's data and the locks around it."""
    name = hashlib.sha256(os.fsencode(ROOT)).hexdigest()[:8]
    return Path(tempfile.gettempdir()) / f"houqin-tests-{os.geteuid()}-{name}"


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Start the server, or join the one of another run of this checkout, and point the settings at it."""
    os.environ["HOUQIN_MODE"] = "test"
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    for name in [n for n in os.environ if n.startswith("HOUQIN_")]:
        if name not in {"HOUQIN_MODE", "HOUQIN_TEST_DATABASE_URL", "HOUQIN_BROWSER"}:
            del os.environ[name]
    url = os.environ.get("HOUQIN_TEST_DATABASE_URL") or _start()
    os.environ["HOUQIN_DATABASE_URL"] = url
    files = _server.enter_context(tempfile.TemporaryDirectory(prefix="houqin-files-"))
    (Path(files) / "static").mkdir()
    os.environ["HOUQIN_DATA_DIR"] = files


def _start() -> str:
    from houqin.project.postgres import Cluster, use

    folder = lock_folder()
    folder.mkdir(mode=0o755, exist_ok=True)
    cluster = _server.enter_context(use(Cluster(folder / "postgres", fleeting=True), folder))
    return cluster.url("postgres")


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Let the server go; the last run to leave stops it."""
    _server.close()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """A database of this worker's own, copied from a template on which the migrations ran once."""
    from houqin.testing import database

    with django_db_blocker.unblock():
        mine = database.Mine(lock_folder(), os.environ.get("PYTEST_XDIST_WORKER", "main"))
        mine.create()
    yield
    with django_db_blocker.unblock():
        mine.drop()


_connect = socket.socket.connect


def _guarded_connect(self: socket.socket, address: Any) -> Any:
    if self.family != socket.AF_UNIX and not _is_loopback(address[0]):
        raise RuntimeError(f"A test tried to reach {address[0]}: tests stay on this machine.")
    return _connect(self, address)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def pytest_configure() -> None:
    """Keep every test on this machine."""
    socket.socket.connect = _guarded_connect  # type: ignore[method-assign, assignment]
