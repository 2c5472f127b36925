"""Whether two systems are the same: every row of every table, every sequence, every file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import psycopg
from psycopg import sql

from houqin.project.backup.snapshot import TABLES


def tables(url: str) -> dict[str, str]:
    """Each table's rows, put in order, as one checksum; each sequence's value."""
    found = {}
    with psycopg.connect(url) as connection:
        connection.execute("SET timezone = 'UTC'")
        for schema, table in connection.execute(TABLES).fetchall():
            query = sql.SQL("SELECT t::text FROM {} t ORDER BY 1").format(sql.Identifier(schema, table))
            lines = hashlib.sha256()
            for (line,) in connection.execute(query):
                lines.update(line.encode() + b"\n")
            found[table] = lines.hexdigest()
        for name, value in connection.execute("SELECT sequencename, last_value FROM pg_sequences"):
            found[f"sequence {name}"] = str(value)
        found["schema"] = _schema(connection)
    return found


def _schema(connection: psycopg.Connection) -> str:
    """Columns, constraints, indexes, triggers and functions. Parentheses of a check do not count: put back, nested
    ANDs are written flat.
    """
    query = """
        SELECT 'column', table_name, column_name, data_type || is_nullable || coalesce(column_default, '')
        FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, translate(pg_get_constraintdef(oid), '()', '')
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)
        FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT 'function', proname, '', pg_get_functiondef(oid)
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind IN ('f', 'p')
    """
    rows = sorted("|".join(row) for row in connection.execute(query))
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def files(store: Path) -> dict[str, str]:
    """Every file below a folder with its checksum."""
    return {
        path.relative_to(store).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in store.rglob("*")
        if path.is_file()
    }
