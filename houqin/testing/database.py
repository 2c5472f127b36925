"""Databases of the tests: a template that was migrated once, and quick copies of it.

A test that commits (`transaction=True`) leaves its copy behind; it is thrown away and copied anew, so that
what the migrations put in (calendar, roles) is there for every test.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import IO

import psutil
import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.test import TransactionTestCase
from psycopg import sql
from psycopg.conninfo import make_conninfo

from houqin.foundation import kept

PACKAGE = Path(__file__).resolve().parents[1]
OUTSIDE = ("django", "procrastinate")


def fingerprint() -> str:
    """Changes whenever the code does that decides what a migrated database looks like."""
    found = hashlib.sha256("".join(version(name) for name in OUTSIDE).encode())
    for path in sorted(PACKAGE.rglob("*.py")):
        if "tests" not in path.parts and "testing" not in path.parts:
            found.update(str(path).encode())
            found.update(path.read_bytes())
    return found.hexdigest()[:16]


class Mine:
    """The database of one worker of one run."""

    def __init__(self, folder: Path, worker: str) -> None:
        self.name = f"test_houqin_{os.getppid() if worker != 'main' else os.getpid()}_{os.getpid()}_{worker}"
        self.template = f"template_houqin_{fingerprint()}"
        self.folder = folder
        self.server = make_conninfo(os.environ["HOUQIN_DATABASE_URL"])

    def create(self) -> None:
        """Make the database and let Django use it; from now on a committing test gets a fresh copy."""
        self.folder.mkdir(mode=0o755, exist_ok=True)
        with self._alone():
            self._kept = self._holding(self.template)
            fcntl.flock(self._kept, fcntl.LOCK_SH)
            self._sweep()
            if not self._exists(self.template):
                self._make_template()
            self._copy()
        _use(self.name)
        mine = self

        def renew(self: TransactionTestCase) -> None:
            mine.renew()

        TransactionTestCase._fixture_teardown = renew  # type: ignore[attr-defined]

    def renew(self) -> None:
        """Throw the database away, whoever is still connected, and copy it anew."""
        connections.close_all()
        self._drop(self.name)
        with self._alone():
            if not self._exists(self.template):
                self._make_template()
                _use(self.name)
            self._copy()
        kept.forget()

    def drop(self) -> None:
        connections.close_all()
        self._drop(self.name)
        self._kept.close()

    def _make_template(self) -> None:
        draft = f"{self.template}_draft"
        self._drop(draft)
        self._run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(draft)))
        _use(draft)
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        connections.close_all()
        self._run(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*map(sql.Identifier, (draft, self.template)))
        )

    def _copy(self) -> None:
        names = map(sql.Identifier, (self.name, self.template))
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))

    def _sweep(self) -> None:
        """Remove what earlier runs left: databases of dead processes, templates of older code."""
        with psycopg.connect(self.server, autocommit=True) as server:
            rows = server.execute(
                "SELECT datname FROM pg_database d WHERE datname ~ '^(test|template)_houqin_' AND NOT EXISTS"
                " (SELECT 1 FROM pg_stat_activity a WHERE a.datid = d.oid)"
            ).fetchall()
        for (name,) in rows:
            owner = re.match(r"test_houqin_\d+_(\d+)_", name)
            in_use = psutil.pid_exists(int(owner[1])) if owner else self._is_held(name)
            if name != self.template and not in_use:
                self._drop(name)

    def _holding(self, template: str) -> IO[str]:
        """The file on which every worker that copies this template has a shared lock as long as it lives."""
        return (self.folder / f"{template}.lock").open("a")

    def _is_held(self, template: str) -> bool:
        """Whether a run that began with other code still copies it, after every test that commits."""
        with self._holding(template) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def _drop(self, name: str) -> None:
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _exists(self, name: str) -> bool:
        with psycopg.connect(self.server, autocommit=True) as server:
            return bool(server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone())

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.server, autocommit=True) as server:
            server.execute(statement)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.folder / "template.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _use(name: str) -> None:
    connections.close_all()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name
