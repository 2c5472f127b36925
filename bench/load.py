"""Loading the demo compound, beside a bare COPY of the very same rows into the same tables and indexes."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from bench.house import House, step
from bench.measure import line

MOST_TIMES = 6.0
COPY_DATABASE = "houqin_bench_copy"


def measure(house: House) -> bool:
    """Print how long the demo took to load, from the command's start to its end, and how long COPY takes."""
    if house.load_seconds is None:
        house.load_seconds = _load_again(house)
    with tempfile.TemporaryDirectory(prefix="houqin-bench-copy-") as folder:
        rows, size, seconds, _cpu = _bare_copy(house, Path(folder))
    ratio = house.load_seconds / seconds
    return line(
        "demo load",
        figure={"seconds": round(house.load_seconds, 2), "rows": rows},
        limit={"seconds": round(seconds, 2), "rows": rows, "mb": round(size / 1e6, 1)},
        ratio=round(ratio, 2),
        bound=f"<= {MOST_TIMES:g}",
        **{"pass": ratio <= MOST_TIMES},
    )


def _load_again(house: House) -> float:
    """Time the load in a house that was kept from an earlier run, in a second database."""
    import os

    name = "houqin_bench_load"
    with psycopg.connect(house.cluster.url("postgres", "postgres"), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name} OWNER houqin")
        kept, os.environ["HOUQIN_DATABASE_URL"] = os.environ["HOUQIN_DATABASE_URL"], house.cluster.url(name)
        try:
            step("houqin.project.prepare")
            began = time.monotonic()
            step("houqin", "load-demo")
            return time.monotonic() - began
        finally:
            os.environ["HOUQIN_DATABASE_URL"] = kept
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _bare_copy(house: House, folder: Path) -> tuple[int, int, float, float]:
    """Rows, bytes, seconds and processor seconds of a COPY of every table in one transaction; indexes are there, triggers are off."""
    with psycopg.connect(house.cluster.url("houqin")) as source:
        tables = _tables(source)
        for table in tables:
            query = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))
            with source.cursor().copy(query) as copy, (folder / table).open("wb") as file:
                for data in copy:
                    file.write(data)
    return copy_again(house, folder, tables, "houqin")


def copy_again(
    house: House, folder: Path, tables: list[str], schema_of: str
) -> tuple[int, int, float, float]:
    """Copy the files of ``folder``, one a table, into an empty database with the schema of another."""
    size = sum((folder / table).stat().st_size for table in tables)
    with psycopg.connect(house.cluster.url("postgres", "postgres"), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {COPY_DATABASE} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {COPY_DATABASE} OWNER houqin")
        try:
            return _into(house, folder, tables, size, schema_of)
        finally:
            server.execute(f"DROP DATABASE {COPY_DATABASE} WITH (FORCE)")


def _into(
    house: House, folder: Path, tables: list[str], size: int, schema_of: str
) -> tuple[int, int, float, float]:
    dump = [
        house.cluster.program("pg_dump"),
        "--schema-only",
        "--no-owner",
        "-d",
        house.cluster.url(schema_of),
    ]
    schema = house.cluster.account.run(dump)
    assert schema.returncode == 0, schema.stderr
    # What pg_dump says to psql alone is left out.
    text = "\n".join(row for row in schema.stdout.splitlines() if not row.startswith("\\"))
    with psycopg.connect(house.cluster.url(COPY_DATABASE), autocommit=True) as made:
        made.execute(text)
    rows, began, own = 0, time.monotonic(), time.process_time()
    with psycopg.connect(house.cluster.url(COPY_DATABASE, "postgres")) as target:
        server = psutil.Process(target.info.backend_pid)
        target.execute("SET session_replication_role = replica")  # no triggers, no foreign keys: bare
        for table in tables:
            cursor = target.cursor()
            query = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier("public", table))
            with cursor.copy(query) as copy, (folder / table).open("rb") as file:
                while data := file.read(1 << 20):
                    copy.write(data)
            rows += max(0, cursor.rowcount)
        target.commit()
        cpu = time.process_time() - own + sum(server.cpu_times()[:2])
        return rows, size, time.monotonic() - began, cpu


def _tables(source: psycopg.Connection) -> list[str]:
    found = source.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    ).fetchall()
    return [name for (name,) in found]
