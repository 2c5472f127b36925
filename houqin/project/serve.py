"""Watch over one machine's processes: the embedded server, the web server and the worker.

This process loads everything once and forks them, so that they share the memory of the code. What dies is started
again, at first at once and then with growing pauses. Stopping ends web and worker first.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import FrameType

from houqin.project import processes, web, worker
from houqin.project.postgres import Cluster, ClusterProblem
from houqin.project.postgres.cluster import Say

LONGEST_PAUSE = 30.0  # seconds between attempts
STEADY_AFTER = 60.0  # seconds of life after which the next death is taken as a first one
STOP_WITHIN = 20.0  # seconds


@dataclass
class Child:
    """A process to keep alive; it is listed as ``houqin-NAME``."""

    name: str
    work: Callable[[], object]
    nice: int = 0
    pid: int = 0
    started: float = 0.0
    deaths: int = 0
    not_before: float = 0.0

    def start(self) -> None:
        self.started = time.monotonic()
        self.pid = processes.fork(f"houqin-{self.name}", self.work, self.nice)

    def tend(self, say: Say) -> None:
        """Start the process again when it has ended and its pause is over."""
        now = time.monotonic()
        if self.pid:
            code = self._ending()
            if code is None:
                return
            self.deaths = 1 if now - self.started > STEADY_AFTER else self.deaths + 1
            pause = min(LONGEST_PAUSE, 0.5 * 2 ** (self.deaths - 1))
            say(f"The {self.name} process ended ({_said(code)}); starting it again in {pause:g} s.")
            self.not_before = now + pause
        if now >= self.not_before:
            self.start()

    def ask_to_stop(self) -> None:
        if self.pid:
            os.kill(self.pid, signal.SIGTERM)

    def stop(self, deadline: float) -> None:
        """Wait until the process has ended; at the deadline end it."""
        while self.pid and self._ending() is None:
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
            time.sleep(0.05)

    def _ending(self) -> int | None:
        """How the process ended, as subprocess says it; nothing while it lives."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if not pid:
            return None
        self.pid = 0
        return os.waitstatus_to_exitcode(status)


class Supervisor:
    """Keeps everything running until it is asked to stop."""

    def __init__(
        self, host: str, port: int, cluster: Cluster | None, say: Say, tls: tuple[str, str] | None
    ) -> None:
        self.cluster, self.say = cluster, say
        self.host, self.port = host, port
        self.scheme = "https" if tls else "http"
        # Whoever waits before a page goes first: jobs take what processor time is left.
        self.children = [
            Child("web", partial(web.main, host, port, *(tls or ()))),
            Child("worker", worker.main, nice=10),
        ]
        self.stopping = False
        self._not_before = 0.0

    def run(self) -> None:
        """Run until SIGINT or SIGTERM."""
        processes.keep_few_heaps()
        _load_everything()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        try:
            for child in self.children:
                child.start()
            announced = False
            while not self.stopping:
                self._tend_database()
                for child in self.children:
                    child.tend(self.say)
                if not announced and answers(self.host, self.port):
                    self.say(
                        f"Houqin is ready: {self.scheme}://{shown(self.host)}:{self.port}  (Ctrl-C stops it)"
                    )
                    announced = True
                time.sleep(0.2 if not announced else 0.5)
        finally:
            self._end()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _tend_database(self) -> None:
        now = time.monotonic()
        if self.cluster is None or self.cluster.running() or now < self._not_before:
            return
        self.say("The database server ended; starting it again.")
        try:
            self.cluster.start()
        except ClusterProblem as problem:
            self.say(str(problem))
            self._not_before = now + 10

    def _end(self) -> None:
        self.say("Stopping…")
        for child in self.children:
            child.ask_to_stop()
        deadline = time.monotonic() + STOP_WITHIN
        for child in self.children:
            child.stop(deadline)


def _load_everything() -> None:
    """Import what serves, addresses and views: the first visitor does not wait, and whoever is forked shares it.

    No connection is open afterwards.
    """
    import granian
    from django.conf import settings
    from django.db import connections
    from django.urls import get_resolver
    from django.utils import translation

    from houqin.project import wsgi

    assert granian, wsgi.application
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            get_resolver().reverse_dict  # noqa: B018 - looked at to be loaded
    connections.close_all()
    gc.collect()
    gc.freeze()


def port_problem(host: str, port: int) -> str:
    """Why nobody could listen there; empty when one can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return f"{host}:{port} cannot be listened on ({error.strerror}). Choose another --port or --host."
    return ""


def answers(host: str, port: int) -> bool:
    """Whether something accepts connections there."""
    try:
        with socket.create_connection((reached(host), port), timeout=1):
            return True
    except OSError:
        return False


def reached(host: str) -> str:
    """An address under which this machine reaches a server that listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def shown(host: str) -> str:
    """The host as it stands in an address for people."""
    host = reached(host)
    return f"[{host}]" if ":" in host else host


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens on `host`."""
    return host in {"localhost", "::1"} or host.startswith("127.")


def _said(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
