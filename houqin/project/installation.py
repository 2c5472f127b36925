"""This installation: its folder, its secret and its database, made ready for a command."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from houqin.project import data_keys, environment
from houqin.project.environment import Environment
from houqin.project.postgres import Cluster, ClusterProblem, place_of, use
from houqin.project.postgres.cluster import Say
from houqin.project.postgres.problems import from_os_error

MIN_POSTGRES = 15


class SettingsProblem(Exception):
    """Settings that cannot be used; `faults` has one entry for each thing that is wrong."""

    def __init__(self, faults: list[environment.Fault]) -> None:
        self.faults = faults
        super().__init__("\n".join(map(str, faults)))


def prepare() -> Environment:
    """Read and judge the settings; make the data directory and its secret when they are missing.

    Raises `SettingsProblem` or `ClusterProblem` with what to do.
    """
    given = environment.read()
    make_secrets(given.data_dir)
    given = environment.read()
    if faults := environment.faults(given):
        raise SettingsProblem(faults)
    os.environ["HOUQIN_DATA_DIR_GIVEN"] = "1" if data_dir_given() else "0"
    os.environ["HOUQIN_DATA_DIR"] = str(given.data_dir)
    return given


def data_dir_given() -> bool:
    """Whether somebody chose the data directory, rather than our default."""
    if kept := os.environ.get("HOUQIN_DATA_DIR_GIVEN"):
        return kept == "1"
    return bool(os.environ.get("HOUQIN_DATA_DIR"))


def make_secrets(data_dir: Path) -> None:
    """Make the data directory and, once, whatever secrets the settings do not give: its own and the keys of personal data."""
    if not os.environ.get("HOUQIN_SECRET_KEY"):
        make_secret(data_dir)
    if not (os.environ.get("HOUQIN_DATA_KEYS") and os.environ.get("HOUQIN_LOOKUP_KEYS")):
        try:
            data_keys.make(data_dir)
        except OSError as error:
            raise from_os_error(error, data_dir) from error


def make_secret(data_dir: Path) -> None:
    """Make the data directory and, once, its secret (mode 0600)."""
    kept = environment.secret_file(data_dir)
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        if kept.exists() and kept.stat().st_size:
            return
        draft = kept.with_name(f".secret-{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(kept)
    except OSError as error:
        raise from_os_error(error, data_dir) from error


def embedded(given: Environment, say: Say = lambda text: None) -> Cluster:
    """The embedded server of this installation, running or not."""
    return Cluster(place_of(given.data_dir, given=data_dir_given()), say=say)


@contextmanager
def database(given: Environment, say: Say = lambda text: None) -> Iterator[Cluster | None]:
    """Have the database there for the length of the block, and `HOUQIN_DATABASE_URL` pointing at it.

    The embedded server is started unless the settings name another, and yielded; raises `ClusterProblem`.
    """
    if given.database_url:
        if problem := unreachable(given.database_url):
            raise ClusterProblem(problem)
        yield None
        return
    with use(embedded(given, say), given.data_dir) as cluster:
        os.environ["HOUQIN_DATABASE_URL"] = cluster.url()
        try:
            yield cluster
        finally:
            del os.environ["HOUQIN_DATABASE_URL"]


def unreachable(url: str) -> str:
    """Why the database at `url` cannot be used, with the mend; empty when it can."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            version = connection.info.server_version // 10_000
    except (psycopg.OperationalError, psycopg.ProgrammingError) as error:
        return f"HOUQIN_DATABASE_URL: {_reason(str(error))}"
    if version < MIN_POSTGRES:
        return (
            f"HOUQIN_DATABASE_URL: the server is PostgreSQL {version}; Houqin needs {MIN_POSTGRES} or later."
        )
    return ""


def _reason(text: str) -> str:
    mends = {
        "password authentication failed": "user or password is wrong. Correct them in the address.",
        "no password supplied": "the server asks for a password. Put it into the address.",
        "does not exist": "the database or the user does not exist. Make it, or correct the name.",
        "resolve host": "the name of the server is unknown. Correct it, or check the name service.",
        "Name or service not known": "the name of the server is unknown. Correct it, or check the name service.",
        "Connection refused": "nothing answers at that address. Start the server, or correct host and port.",
        "timeout": "the server did not answer in time. Check the network and the firewall.",
        "No such file or directory": "no server listens on that socket. Start it, or correct the folder.",
        "too many": "the server has no connection left. Raise its max_connections.",
        "starting up": "the server is still starting. Wait for it.",
    }
    mend = next((mend for sign, mend in mends.items() if sign in text), "")
    return mend or f"the database cannot be reached: {text.strip().splitlines()[-1]}"
