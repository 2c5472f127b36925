"""A running installation of its own, as a person starts it: for the tests that kill, copy and watch one."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from houqin.project.postgres import Cluster, place_of
from houqin.testing.plugin import lock_folder

PATIENCE = 600.0  # seconds; a machine may have other work too


def kill_all(victims: list[psutil.Process]) -> None:
    """kill -9 of each; some die of another's death before their turn comes."""
    for process in victims:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def lives(process: psutil.Process) -> bool:
    """Whether it still runs; one that only waits to be collected does not."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def borrow_static(static: Path) -> None:
    """Take the static files an earlier start collected; `up` checks whether they are still right."""
    kept = lock_folder() / "static"
    if kept.exists() and not static.exists():
        shutil.copytree(kept, static)


def lend_static(static: Path) -> None:
    """Keep what was collected for the next start, unless what is kept is the same."""
    kept = lock_folder() / "static"
    if kept.exists() and (kept / ".sources").read_text() == (static / ".sources").read_text():
        return
    draft = Path(tempfile.mkdtemp(dir=lock_folder())) / "static"
    shutil.copytree(static, draft)
    with suppress(OSError):
        shutil.rmtree(kept, ignore_errors=True)
        draft.rename(kept)
    shutil.rmtree(draft.parent)


class House:
    """A running `houqin up` on a folder and a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.env = {"PATH": os.environ["PATH"], "HOUQIN_DATA_DIR": str(folder), "HOUQIN_WEB_WORKERS": "1"}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def cluster(self) -> Cluster:
        return Cluster(place_of(self.folder, given=True))

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "houqin", *arguments]

    def start(self, **more: Any) -> None:
        borrow_static(self.folder / "static")
        log = (self.folder / "up.log").open("ab")
        with log:
            command = self.command("up", "--port", str(self.port))
            self.process = subprocess.Popen(command, env=self.env, stderr=log, **more)
        self.until_ready()
        lend_static(self.folder / "static")

    def get(self, path: str) -> tuple[int, Any]:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        except OSError:
            return 0, None
        finally:
            connection.close()

    def until_ready(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while self.get("/readyz")[0] != 200:
            assert self.process is not None
            assert self.process.poll() is None, (self.folder / "up.log").read_text()
            assert time.monotonic() < deadline, (self.folder / "up.log").read_text()
            time.sleep(0.1)

    def family(self) -> list[psutil.Process]:
        """Everything that runs for this house, the database server too."""
        assert self.process is not None
        mine = psutil.Process(self.process.pid)
        found = [mine, *mine.children(recursive=True)]
        if pid := self.cluster.postmaster():
            server = psutil.Process(pid)
            found += [server, *server.children(recursive=True)]
        return found

    def kill_everything(self) -> None:
        victims = self.family()
        kill_all(victims)
        assert self.process is not None
        self.process.wait()
        psutil.wait_procs(victims, timeout=10)

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=PATIENCE)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that the server's account can enter too (pytest's own are private)."""
    folder = Path(tempfile.mkdtemp(prefix="hq-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def house(place: Path) -> Iterator[House]:
    built = House(place)
    yield built
    if built.process is not None and built.process.poll() is None:
        built.stop()
    built.cluster.stop()
