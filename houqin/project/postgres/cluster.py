"""One embedded server: made, started with patience, recognised while it runs, stopped."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from houqin.project.postgres import binaries, config, problems
from houqin.project.postgres.account import Account, make_open_folder, server_account
from houqin.project.postgres.problems import ClusterProblem

Say = Callable[[str], None]
ORPHANS_END_WITHIN = 30.0  # seconds; backends whose postmaster died notice it at once
STOP_WITHIN = 120  # seconds
LOG_KEPT_BYTES = 10_000_000


class Cluster:
    """The server whose files lie in `home` (data, log and, where the path is short, the socket).

    `fleeting` gives up durability for speed and is for tests alone.
    """

    def __init__(self, home: Path, *, fleeting: bool = False, say: Say = lambda text: None) -> None:
        self.home = home
        self.data = home / "data"
        self.log = home / "server.log"
        self.fleeting = fleeting
        self.say = say
        self._account: Account | None = None

    @property
    def account(self) -> Account:
        if self._account is None:
            self._account = server_account()
        return self._account

    @property
    def sockets(self) -> Path:
        return config.socket_folder(self.home, self.account)

    def url(self, name: str = "houqin", user: str = config.OWNER) -> str:
        """The address of a database of this server, as libpq reads it."""
        return f"postgresql://{user}@/{name}?host={quote(str(self.sockets), safe='')}&port={config.PORT}"

    def start(self) -> None:
        """Make the cluster if there is none, start it unless it runs, wait until it answers.

        Recovery after a crash is waited for, however long it takes. Raises `ClusterProblem`.
        """
        try:
            self._prepare()
            if self.running():
                self._wait(0)
                return
            self._clear_stale_lock()
            config.make_socket_folder(self.sockets, self.account)
            config.write(self.data, self.sockets, self.account, self._extra())
            self._launch()
            self._make_database()
        except OSError as error:
            raise problems.from_os_error(error, Path(error.filename or self.home)) from error

    def stop(self) -> None:
        """Stop the server if it runs; connections that are still open are cut, nothing committed is lost."""
        if not self.running():
            return
        done = self._ctl("stop", "-m", "fast", "-t", str(STOP_WITHIN))
        if done.returncode != 0 and self.running():
            raise ClusterProblem(f"The database server did not stop: {(done.stderr or done.stdout).strip()}")

    def postmaster(self) -> int | None:
        """The process id of the running server; `None` for none, whoever else now has the id in its file."""
        try:
            pid = int(
                (self.data / "postmaster.pid").read_text(encoding="ascii", errors="replace").split("\n")[0]
            )
        except (OSError, ValueError):
            return None
        return pid if _works_in(pid, self.data) else None

    def running(self) -> bool:
        """Whether a server of exactly this data runs."""
        return self.postmaster() is not None

    def program(self, name: str) -> Path:
        """The path of one of the server's programs (`pg_dump`, `pgbench`, …)."""
        return binaries.find(self.account, self._major()) / name

    def _extra(self) -> dict[str, str]:
        return config.FLEETING if self.fleeting else config.DURABLE

    def _major(self) -> int | None:
        try:
            return int((self.data / "PG_VERSION").read_text().strip())
        except (FileNotFoundError, NotADirectoryError):
            return None

    def _prepare(self) -> None:
        if self.account.foreign:
            make_open_folder(self.home.parent)
        self.account.make_folder(self.home)
        _probe_writable(self.home)
        if not self.data.exists():
            self._make()

    def _make(self) -> None:
        """Make the cluster beside its final place, so that a half-made one is never mistaken for one."""
        draft = self.home / "data.new"
        if draft.exists():
            shutil.rmtree(draft)
        self.say("Making the database…")
        command: list[str | Path] = [
            self.program("initdb"),
            "-D",
            draft,
            "-U",
            config.SUPERUSER,
            "-E",
            "UTF8",
            "-A",
            "peer",
        ]
        options = ["--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions"]
        if self.fleeting:
            options.append("--no-sync")
        done = self.account.run([*command, *options])
        if done.returncode != 0:
            shutil.rmtree(draft, ignore_errors=True)
            raise problems.from_log(done.stderr + done.stdout, self.home)
        with (draft / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write("\ninclude_if_exists = 'houqin.conf'\ninclude_if_exists = 'local.conf'\n")
        draft.rename(self.data)

    def _clear_stale_lock(self) -> None:
        """Remove process id files whose server is gone, once nothing of that server is left.

        PostgreSQL itself would be fooled by a stranger that now has the id, and would refuse to start.
        """
        locks = [self.data / "postmaster.pid", self.sockets / f".s.PGSQL.{config.PORT}.lock"]
        if not any(lock.exists() for lock in locks):
            return
        deadline = time.monotonic() + ORPHANS_END_WITHIN
        while left := _processes_in(self.data):
            if time.monotonic() > deadline:
                raise ClusterProblem(
                    f"Processes of an earlier database server still run: {', '.join(map(str, left))}. End them first."
                )
            time.sleep(0.2)
        for lock in locks:
            lock.unlink(missing_ok=True)

    def _launch(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_KEPT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        seen = self.log.stat().st_size if self.log.exists() else 0
        done = self._ctl("start", "-W", "-l", str(self.log))
        if done.returncode != 0:
            raise problems.from_log(self._log_since(seen) + done.stderr, self.data)
        self._wait(seen)

    def _wait(self, seen: int) -> None:
        """Wait until the server answers; tell what it is doing meanwhile, and why if it gave up."""
        started = time.monotonic()
        told = ""
        while True:
            try:
                with psycopg.connect(self.url("postgres", config.SUPERUSER), connect_timeout=5):
                    return
            except psycopg.OperationalError as error:
                answer = str(error)
            if time.monotonic() - started > 1 and not self._starting():
                raise problems.from_log(self._log_since(seen) or answer, self.data)
            progress = _progress(self._log_since(seen)) if seen or self.log.exists() else ""
            if progress and progress != told and time.monotonic() - started > 2:
                self.say(f"The database is recovering: {progress}")
                told = progress
            time.sleep(0.05)

    def _starting(self) -> bool:
        return self.running() or bool(_processes_in(self.data))

    def _make_database(self) -> None:
        with psycopg.connect(self.url("postgres", config.SUPERUSER), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [config.OWNER]).fetchone():
                connection.execute(f"CREATE ROLE {config.OWNER} LOGIN CREATEDB")
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'houqin'").fetchone():
                connection.execute(f"CREATE DATABASE houqin OWNER {config.OWNER}")

    def _ctl(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.account.run([self.program("pg_ctl"), "-D", self.data, "-s", *arguments])

    def _log_since(self, offset: int) -> str:
        try:
            with self.log.open("rb") as log:
                log.seek(offset)
                return log.read().decode("utf-8", errors="replace")
        except FileNotFoundError:
            return ""


def _works_in(pid: int, folder: Path) -> bool:
    try:
        return psutil.Process(pid).cwd() == str(folder.resolve())
    except (psutil.NoSuchProcess, psutil.AccessDenied, ValueError, OverflowError):
        return False


def _processes_in(folder: Path) -> list[int]:
    """Processes whose working directory is `folder`, which is how PostgreSQL's own processes live."""
    place = str(folder.resolve())
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd() == place and process.name().startswith("postgres"):
                found.append(process.pid)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def _probe_writable(folder: Path) -> None:
    probe = folder / f".probe-{os.getpid()}"
    try:
        with probe.open("wb") as file:
            file.write(b"\0" * 8192)
            file.flush()
            os.fsync(file.fileno())
    finally:
        probe.unlink(missing_ok=True)


def _progress(log: str) -> str:
    lines = [line.split("LOG:", 1)[1].strip() for line in log.splitlines() if "LOG:" in line]
    return lines[-1] if lines else ""
