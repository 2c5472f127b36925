"""The embedded server: life, death and what comes after."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from houqin.project.postgres import Cluster, ClusterProblem, in_use, problems, use
from houqin.project.postgres.users import serving


def count(cluster: Cluster) -> int:
    with psycopg.connect(cluster.url()) as connection:
        row = connection.execute("SELECT count(*) FROM t").fetchone()
    return row[0] if row else -1


def server_processes(cluster: Cluster) -> list[psutil.Process]:
    pid = cluster.postmaster()
    assert pid is not None
    postmaster = psutil.Process(pid)
    return [postmaster, *postmaster.children(recursive=True)]


def kill_server(cluster: Cluster) -> None:
    """kill -9 of the postmaster and everything under it."""
    victims = server_processes(cluster)
    for process in victims:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(victims, timeout=10)


def test_the_server_runs_while_it_is_used_and_stops_after(place: Path) -> None:
    cluster = Cluster(place / "postgres")
    with use(cluster, place):
        assert in_use(place)
        with psycopg.connect(cluster.url()) as connection:
            row = connection.execute(
                "SELECT current_user, current_setting('fsync'), current_setting('jit'),"
                " current_setting('listen_addresses'), (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)"
            ).fetchone()
        assert row == ("houqin", "on", "off", "", False)
    assert not cluster.running()
    assert not in_use(place)


def test_the_last_user_stops_the_server_not_the_first(place: Path) -> None:
    cluster = Cluster(place / "postgres", fleeting=True)
    second = use(cluster, place)
    with use(cluster, place):
        second.__enter__()
    assert cluster.running()
    second.__exit__(None, None, None)
    assert not cluster.running()


def test_only_the_account_itself_may_enter_the_socket_and_the_data(place: Path) -> None:
    cluster = Cluster(place / "postgres", fleeting=True)
    with use(cluster, place):
        for folder in (cluster.home, cluster.data, cluster.sockets):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(place.stat().st_mode) == 0o755, "the mode of a folder that was there is left alone"


def test_a_long_path_still_gets_a_short_socket(place: Path) -> None:
    deep = place / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    cluster = Cluster(deep / "postgres", fleeting=True)
    with use(cluster, deep):
        assert len(os.fsencode(cluster.sockets / ".s.PGSQL.5432")) <= 90
    cluster.sockets.rmdir()


def test_kill_9_loses_nothing_that_was_committed(place: Path) -> None:
    cluster = Cluster(place / "postgres")
    acknowledged = 0
    with use(cluster, place):
        with psycopg.connect(cluster.url(), autocommit=True) as connection:
            connection.execute("CREATE TABLE t (n int)")
            threading.Timer(0.3, kill_server, [cluster]).start()
            with pytest.raises(psycopg.OperationalError):
                while True:
                    connection.execute("INSERT INTO t VALUES (1)")
                    acknowledged += 1
        cluster.start()
        assert acknowledged > 0
        assert count(cluster) in (acknowledged, acknowledged + 1)


def test_a_server_that_outlived_its_starter_is_taken_over(place: Path) -> None:
    script = (
        "import os, signal; from pathlib import Path; from houqin.project.postgres import Cluster, use\n"
        f"p = Path({str(place)!r}); u = use(Cluster(p / 'postgres', fleeting=True), p); u.__enter__()\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL
    cluster = Cluster(place / "postgres", fleeting=True)
    left = cluster.postmaster()
    assert left is not None
    with use(cluster, place):
        assert cluster.postmaster() == left
    assert not cluster.running()


def test_a_reused_process_id_does_not_fool_it(place: Path) -> None:
    cluster = Cluster(place / "postgres")
    with use(cluster, place):
        kill_server(cluster)
        lock = cluster.data / "postmaster.pid"
        stranger = subprocess.Popen(["sleep", "60"], **cluster.account.identity())
        try:
            lines = lock.read_text().split("\n")
            lock.write_text("\n".join([str(stranger.pid), *lines[1:]]))
            assert not cluster.running()
            cluster.start()
            assert cluster.running()
            assert stranger.poll() is None, "the stranger is left alone"
        finally:
            stranger.kill()
            stranger.wait()


@pytest.mark.parametrize("content", ["", "nonsense\n", "99999999\n", "-1\n"])
def test_a_damaged_process_id_file_does_not_stop_it(place: Path, content: str) -> None:
    cluster = Cluster(place / "postgres", fleeting=True)
    with use(cluster, place):
        pass
    (cluster.data / "postmaster.pid").write_text(content)
    with use(cluster, place):
        assert cluster.running()


def test_a_half_made_cluster_is_made_anew(place: Path) -> None:
    cluster = Cluster(place / "postgres", fleeting=True)
    cluster.account.make_folder(cluster.home)
    (cluster.home / "data.new").mkdir()
    (cluster.home / "data.new" / "half").write_text("made")
    with use(cluster, place):
        assert cluster.running()


def test_one_serves_and_a_second_is_told_who(place: Path) -> None:
    with serving(place):
        with pytest.raises(ClusterProblem, match=f"already runs on .*process {os.getpid()}"), serving(place):
            pass
    with serving(place):
        pass


def test_what_the_server_does_during_recovery_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    cluster = Cluster(place / "postgres", fleeting=True, say=told.append)
    with use(cluster, place):
        pass
    connect, started = psycopg.connect, time.monotonic()

    def slow(*arguments: object, **more: object) -> object:
        if time.monotonic() - started < 2.5:
            raise psycopg.OperationalError("the database system is starting up")
        return connect(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("houqin.project.postgres.cluster.psycopg.connect", slow)
    with use(cluster, place):
        monkeypatch.undo()
    assert any(text.startswith("The database is recovering: ") for text in told)


def broken(cluster: Cluster, place: Path, monkeypatch: pytest.MonkeyPatch, message: str) -> str:
    """What is said when the server's programs write `message` and fail."""
    program = place / "program"
    program.write_text(f"#!/bin/sh\necho '{message}' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr(cluster, "program", lambda name: program)
    with pytest.raises(ClusterProblem) as caught, use(cluster, place):
        pass
    return str(caught.value)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (
            "initdb: error: could not write to file: No space left on device",
            "is full. Nothing committed is lost",
        ),
        (
            "FATAL: could not create lock file: Read-only file system",
            "read-only file system. Mount it writable",
        ),
        ("FATAL: could not open file: Permission denied", "may not write"),
        ("FATAL: database files are incompatible with server", "another version of PostgreSQL"),
        ("FATAL: something new", "did not start: FATAL: something new"),
    ],
)
def test_each_failure_is_told_in_plain_words(
    place: Path, monkeypatch: pytest.MonkeyPatch, message: str, said: str
) -> None:
    assert said in broken(Cluster(place / "postgres", fleeting=True), place, monkeypatch, message)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "is full"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "may not be written by this account"),
        (errno.EIO, "cannot be used"),
    ],
)
def test_each_error_of_the_system_is_told_in_plain_words(number: int, said: str) -> None:
    assert said in str(problems.from_os_error(OSError(number, os.strerror(number)), Path("/x")))


if os.geteuid() == 0:  # only root may mount

    @pytest.fixture
    def disk(place: Path) -> Path:
        """A small disk of its own."""
        folder = place / "disk"
        folder.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=150m,mode=755", "tmpfs", folder], check=True)
        yield folder
        subprocess.run(["umount", "-l", folder], check=True)

    def test_a_full_disk_is_told_and_loses_nothing(disk: Path) -> None:
        cluster = Cluster(disk / "postgres", fleeting=True)
        with use(cluster, disk), psycopg.connect(cluster.url(), autocommit=True) as connection:
            connection.execute("CREATE TABLE t (n int)")
            connection.execute("INSERT INTO t SELECT generate_series(1, 1000)")
        filler = disk / "filler"
        with pytest.raises(OSError, match="No space left"), filler.open("wb", buffering=0) as file:
            while True:
                file.write(b"\0" * 65_536)
        with pytest.raises(ClusterProblem, match="is full. Nothing committed is lost"), use(cluster, disk):
            pass
        filler.unlink()
        with use(cluster, disk):
            assert count(cluster) == 1000

    def test_a_read_only_data_directory_is_told(disk: Path) -> None:
        cluster = Cluster(disk / "postgres", fleeting=True)
        with use(cluster, disk):
            pass
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        with (
            pytest.raises(ClusterProblem, match="read-only file system. Mount it writable"),
            use(cluster, disk),
        ):
            pass
