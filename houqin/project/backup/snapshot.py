"""One moment of the database, shared with `pg_dump`: what its tables hold and which files it names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from django.apps import apps
from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from django.db.models import FileField
from psycopg import sql

from houqin.foundation.files.models import File
from houqin.project.backup import keys

TABLES = """
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_'
    ORDER BY 1, 2
"""
COLUMNS = "SELECT table_name, column_name FROM information_schema.columns"


@dataclass(frozen=True)
class Named:
    """A file that a row names, with the checksum it was taken in with where there is one."""

    name: str
    sha256: str
    table: str
    column: str


class Snapshot:
    """Questions to one moment of the database. `id` lets another connection see the same moment."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        self.server_major = connection.info.server_version // 10_000
        self.server = str(self._value("SHOW server_version"))
        self.id = str(self._value("SELECT pg_export_snapshot()"))

    def tables(self) -> dict[str, int]:
        """Rows of every table, of partitions each."""
        return count_rows(self.connection)

    def migrations(self) -> dict[str, list[str]]:
        """The last applied migrations of each application."""
        known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
        ours = {app for app, _ in known}
        rows = self.connection.execute("SELECT app, name FROM django_migrations").fetchall()
        applied = {(app, name) for app, name in rows if app in ours}
        before = {
            parent
            for key in applied & set(known)
            for parent in known[key].dependencies
            if parent[0] == key[0]
        }
        heads: dict[str, list[str]] = {}
        for app, name in sorted(applied - before):
            heads.setdefault(app, []).append(name)
        return heads

    def files(self) -> Iterator[Named]:
        """Every file that any row names, in whatever table, each once."""
        seen = set()
        there = self.columns()
        for table, column, checksum in file_columns():
            if (table, column) not in there:
                continue  # this version knows more than the database, which is backed up before it is migrated
            query = sql.SQL("SELECT {}, {} FROM {} WHERE {} <> '' ORDER BY 1").format(
                sql.Identifier(column),
                sql.Identifier(checksum) if checksum else sql.Literal(""),
                sql.Identifier(table),
                sql.Identifier(column),
            )
            for name, sha256 in self.connection.execute(query):
                if name not in seen:
                    seen.add(name)
                    yield Named(name, sha256, table, column)

    def columns(self) -> set[tuple[str, str]]:
        """Every table with every column of it."""
        return set(self.connection.execute(COLUMNS).fetchall())

    def keys(self) -> dict[str, str]:
        """The data keys that the encrypted values need."""
        return keys.needed(self.connection, self.columns(), (*settings.DATA_KEYS, *settings.LOOKUP_KEYS))

    def trail(self) -> str:
        """The last signed checkpoint of the trail; nothing before the first."""
        if ("trail_checkpoint", "note") not in self.columns():
            return ""
        row = self.connection.execute(
            "SELECT note FROM trail_checkpoint ORDER BY size DESC LIMIT 1"
        ).fetchone()
        return str(row[0]) if row else ""

    def _value(self, query: str) -> object:
        row = self.connection.execute(query).fetchone()
        assert row is not None
        return row[0]


def file_columns() -> list[tuple[str, str, str]]:
    """Table, column and column of the checksum (or nothing) of everything that names files in the store."""
    found = []
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, FileField):
                checksum = "sha256" if model is File and field.name == "content" else ""
                found.append((model._meta.db_table, field.column, checksum))
    return found


def count_rows(connection: psycopg.Connection) -> dict[str, int]:
    """Rows of every table of ours by `schema.table`."""
    found = {}
    for schema, table in connection.execute(TABLES).fetchall():
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
        (found[f"{schema}.{table}"],) = connection.execute(query).fetchone() or (0,)
    return found


@contextmanager
def take(url: str) -> Iterator[Snapshot]:
    """Hold one moment of the database for the length of the block; nobody has to wait for it."""
    with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
        connection.execute("SET idle_in_transaction_session_timeout = 0")
        connection.execute("SET statement_timeout = 0")
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield Snapshot(connection)
