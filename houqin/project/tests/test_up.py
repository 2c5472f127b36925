"""`houqin up` as a person starts it: serves, refuses a second one, survives kill -9 of everything."""

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
import psycopg
import pytest

from houqin.project.postgres import Cluster, place_of
from houqin.testing.plugin import lock_folder

PATIENCE = 180.0  # seconds


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
def house(place: Path) -> Iterator[House]:
    built = House(place)
    yield built
    if built.process is not None and built.process.poll() is None:
        built.stop()
    built.cluster.stop()


def test_up_serves_refuses_a_second_and_stops_cleanly(house: House) -> None:
    house.start()
    assert house.get("/readyz")[1]["checks"] == {"database": "ok", "migrations": "ok", "worker": "ok"}
    second = subprocess.run(
        house.command("up", "--port", str(house.port + 1)),
        env=house.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 4
    assert "already runs on" in second.stderr
    manage = subprocess.run(
        house.command("manage", "migrate", "--check"),
        env=house.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert manage.returncode == 0, manage.stderr
    assert house.get("/readyz")[0] == 200, "a command beside it does not stop the server"
    family = house.family()
    assert house.stop() == 0
    assert [process for process in family if lives(process)] == []


def test_kill_9_of_everything_loses_nothing_and_up_just_starts(house: House) -> None:
    house.start()
    with psycopg.connect(house.cluster.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept SELECT generate_series(1, 500)")
    house.kill_everything()
    house.start()
    with psycopg.connect(house.cluster.url()) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (500,)


def test_ctrl_c_for_the_whole_group_stops_cleanly_and_soon(house: House) -> None:
    house.start(start_new_session=True)
    assert house.process is not None
    family = house.family()
    began = time.monotonic()
    os.killpg(house.process.pid, signal.SIGINT)
    assert house.process.wait(timeout=PATIENCE) == 0
    assert time.monotonic() - began < 20
    assert [process for process in family if lives(process)] == []
    assert "Traceback" not in (house.folder / "up.log").read_text()


@pytest.mark.slow
def test_whatever_dies_is_started_again(house: House) -> None:
    house.start()
    assert house.process is not None
    for name in ("houqin.project.web", "procrastinate", "postgres"):
        victim = next(p for p in house.family() if any(name in part for part in p.cmdline()))
        victim.kill()
        psutil.wait_procs([victim], timeout=10)
        house.until_ready()


@pytest.mark.slow
def test_children_do_not_outlive_a_killed_parent(house: House) -> None:
    house.start()
    assert house.process is not None
    children = psutil.Process(house.process.pid).children(recursive=True)
    house.process.kill()
    house.process.wait()
    gone, alive = psutil.wait_procs(children, timeout=15)
    assert alive == []
    house.start()


@pytest.mark.slow
def test_crashes_in_a_row_during_writes(house: House) -> None:
    """Ten times: write, kill everything at a random moment, start, count what was acknowledged."""
    house.start()
    with psycopg.connect(house.cluster.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n int)")
    acknowledged = 0
    for round_ in range(10):
        with psycopg.connect(house.cluster.url(), autocommit=True) as connection:
            for _ in range(50 * (round_ + 1)):
                connection.execute("INSERT INTO kept VALUES (1)")
                acknowledged += 1
        house.kill_everything()
        house.start()
        with psycopg.connect(house.cluster.url()) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (acknowledged,)


def test_a_taken_port_is_told(house: House) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", house.port))
        taken.listen()
        done = subprocess.run(
            house.command("up", "--port", str(house.port)),
            env=house.env,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert f"127.0.0.1:{house.port} cannot be listened on" in done.stderr


def test_an_open_address_without_host_names_is_refused(house: House) -> None:
    done = subprocess.run(
        house.command("up", "--host", "0.0.0.0"), env=house.env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert "HOUQIN_ALLOWED_HOSTS" in done.stderr


def test_the_demo_answers_to_this_machine_only(house: House) -> None:
    done = subprocess.run(
        house.command("demo", "--host", "0.0.0.0"), env=house.env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "this machine only" in done.stderr
