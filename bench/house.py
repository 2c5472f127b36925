"""A house of its own for the benchmarks: data directory, embedded server, demo compound, web and worker."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from houqin.project import installation
from houqin.project.postgres import Cluster

ROOT = Path(__file__).resolve().parents[1]
READY_WITHIN, STOP_WITHIN = 120, 60  # seconds
PASSWORD = "houqin-demo"


@dataclass
class House:
    """What the subjects measure. ``load_seconds`` is none where a kept house was loaded before."""

    folder: Path
    cluster: Cluster
    quick: bool
    load_seconds: float | None = None
    port: int = 0
    server: subprocess.Popen[bytes] | None = None
    _cookies: dict[str, str] = field(default_factory=dict)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Run web and worker as `houqin up` does; return when they answer."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        log = (self.folder / "server.log").open("ab")
        command = [sys.executable, "-m", "houqin", "up", "--port", str(self.port)]
        environment = {name: value for name, value in os.environ.items() if name != "HOUQIN_DATABASE_URL"}
        self.server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        log.close()
        deadline = time.monotonic() + READY_WITHIN
        while not self._answers():
            if self.server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The server did not start; see {self.folder / 'server.log'}")
            time.sleep(0.2)

    def stop(self) -> None:
        if self.server and self.server.poll() is None:
            self.server.send_signal(signal.SIGTERM)
            try:
                self.server.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                self.server.kill()
                self.server.wait()
        self.server = None

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.base}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def cookie(self, username: str) -> str:
        """The cookie of a demo account that has signed in."""
        if username not in self._cookies:
            from django.test import Client

            client = Client(HTTP_HOST="127.0.0.1")
            client.post("/sign-in", {"username": username, "password": PASSWORD})
            self._cookies[username] = "; ".join(
                f"{name}={each.value}" for name, each in client.cookies.items()
            )
            assert "houqin_session=" in self._cookies[username], f"{username} cannot sign in"
        return self._cookies[username]

    # -- processes -----------------------------------------------------------------------------------------------

    def web(self) -> list[psutil.Process]:
        """The web server and its workers; with them the process that loaded everything, whose memory they share."""
        assert self.server
        return [psutil.Process(self.server.pid), *self._called("houqin-web")]

    def worker(self) -> list[psutil.Process]:
        return self._called("houqin-worker")

    def database(self) -> list[psutil.Process]:
        pid = self.cluster.postmaster()
        assert pid, "the database server is not running"
        head = psutil.Process(pid)
        return [head, *head.children(recursive=True)]

    def _called(self, name: str) -> list[psutil.Process]:
        assert self.server
        children = psutil.Process(self.server.pid).children(recursive=True)
        return [each for each in children if each.name() == name]


@contextmanager
def house(quick: bool, keep: str = "") -> Iterator[House]:
    """A house with the demo compound, not yet serving. It is torn down at the end, unless ``keep`` names its folder."""
    folder = Path(keep).absolute() if keep else Path(tempfile.mkdtemp(prefix="houqin-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    os.environ.update(HOUQIN_DATA_DIR=str(folder), DJANGO_SETTINGS_MODULE="bench.settings")
    os.chdir(ROOT)
    given = installation.prepare()
    try:
        with installation.database(given) as cluster:
            assert cluster, "benchmarks run on the embedded server: unset HOUQIN_DATABASE_URL"
            made = House(folder, cluster, quick)
            step("houqin.project.prepare")
            if not (folder / "loaded").exists():
                began = time.monotonic()
                step("houqin", "load-demo")
                made.load_seconds = time.monotonic() - began
                (folder / "loaded").touch()
            try:
                yield made
            finally:
                made.stop()
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def step(*module: str) -> None:
    """Run one of the product's own modules in a process of its own."""
    subprocess.run([sys.executable, "-m", *module], check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
