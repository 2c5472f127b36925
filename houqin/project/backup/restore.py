"""Putting a backup back into an empty place. Nothing is touched before every byte of it has been verified."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import psycopg
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from houqin.project.backup import archive, snapshot, tools
from houqin.project.backup.archive import DATABASE, FILES, Archive
from houqin.project.backup.problems import BackupProblem, from_os_error

Say = Callable[[str], None]
#: In the store while files come in: what lies beside it is the rest of a restore that was interrupted.
UNFINISHED = ".restoring"
#: Where what is replaced waits until its successor is whole.
ASIDE = "houqin_replaced"

THERE = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_' ORDER BY 1 LIMIT 1
"""


def opened(place: Path, progress: archive.Progress = lambda count: None) -> Archive:
    """The backup at `place`, verified whole and fit for this version. Raises `BackupProblem`; changes nothing."""
    found = archive.read(archive.find(place))
    archive.verify(found, progress)
    _refuse_newer(found)
    return found


def _refuse_newer(found: Archive) -> None:
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    heads = [(app, name) for app, names in found.manifest.migrations.items() for name in names]
    if unknown := [f"{app}.{name}" for app, name in heads if (app, name) not in known]:
        raise BackupProblem(
            f"This backup was made by Houqin {found.manifest.houqin}, which knows more than this version "
            f"({unknown[0]}). Install Houqin {found.manifest.houqin} or later and restore it there. Nothing was touched."
        )


def restore(found: Archive, *, url: str, store: Path, say: Say = lambda text: None) -> None:
    """Put a verified backup into the empty database at `url` and the empty folder `store`.

    All or nothing: the database in one transaction, after the files. Raises `BackupProblem`.
    """
    _refuse_unless_empty(found, url, store)
    try:
        _clear(store)
        store.mkdir(mode=0o700, parents=True, exist_ok=True)
        (store / UNFINISHED).touch(mode=0o600)
        try:
            say(f"Files: {found.manifest.files:,}")
            _put_files(found, store)
            _tell_database(found, say)
            _put_database(found, url)
        except BaseException:
            _clear(store)
            raise
        (store / UNFINISHED).unlink()
    except OSError as error:
        raise from_os_error(error, store) from error


def replace(found: Archive, *, url: str, store: Path, say: Say = lambda text: None) -> None:
    """Put a verified backup in the place of what the database at `url` holds, all or nothing.

    Files that the store has already, unchanged, stay; so do those that the backup does not know, which are swept later.
    Raises `BackupProblem`; then everything is as it was.
    """
    _refuse_older_server(found, url)
    try:
        store.mkdir(mode=0o700, parents=True, exist_ok=True)
        say(f"Files: {found.manifest.files:,}")
        _put_files(found, store)
    except OSError as error:
        raise from_os_error(error, store) from error
    _tell_database(found, say)
    _mend_interrupted(url)
    _aside(url, "public", ASIDE, make_new=True)
    try:
        _put_database(found, url)
    except BaseException:
        _drop(url, "public")
        _aside(url, ASIDE, "public", make_new=False)
        raise
    _drop(url, ASIDE)


def _mend_interrupted(url: str) -> None:
    """What an interrupted replacing left: its new schema is whole, or empty and the old one comes back."""
    with psycopg.connect(url, connect_timeout=10) as connection:
        there = {name for (name,) in connection.execute("SELECT nspname FROM pg_namespace")}
        whole = connection.execute("SELECT to_regclass('public.django_migrations')").fetchone() != (None,)
    if ASIDE in there and whole:
        _drop(url, ASIDE)
    elif ASIDE in there:
        _drop(url, "public")
        _aside(url, ASIDE, "public", make_new=False)


def _aside(url: str, old: str, new: str, *, make_new: bool) -> None:
    with psycopg.connect(url, connect_timeout=10) as connection:
        connection.execute(sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(*map(sql.Identifier, (old, new))))
        if make_new:
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(old)))


def _drop(url: str, schema: str) -> None:
    with psycopg.connect(url, connect_timeout=10) as connection:
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))


def _tell_database(found: Archive, say: Say) -> None:
    tables = found.manifest.tables
    say(f"Database: {sum(tables.values()):,} rows in {len(tables)} tables")


def _refuse_unless_empty(found: Archive, url: str, store: Path) -> None:
    with psycopg.connect(url, connect_timeout=10) as connection:
        there = connection.execute(THERE).fetchone()
    if there:
        raise BackupProblem(
            f"The database holds something already ({there[0]}). Restore into an empty one: set HOUQIN_DATA_DIR to a "
            "new folder, or HOUQIN_DATABASE_URL to a new database. Nothing was touched."
        )
    _refuse_older_server(found, url)
    known = {UNFINISHED, "lost+found"}
    if (
        store.is_dir()
        and {each.name for each in store.iterdir()} - known
        and not (store / UNFINISHED).exists()
    ):
        raise BackupProblem(
            f"The file store {store} holds something already. Restore into an empty one: set HOUQIN_DATA_DIR or "
            "HOUQIN_STORAGE_URL to a new folder. Nothing was touched."
        )


def _refuse_older_server(found: Archive, url: str) -> None:
    with psycopg.connect(url, connect_timeout=10) as connection:
        version = connection.info.server_version // 10_000
    if version < found.manifest.server_major:
        raise BackupProblem(
            f"This backup is of PostgreSQL {found.manifest.server_major}, and the server here is {version}. "
            f"Use PostgreSQL {found.manifest.server_major} or later. Nothing was touched."
        )


def _clear(store: Path) -> None:
    """Remove what an interrupted restore put there: its mark goes last."""
    mark = store / UNFINISHED
    if not mark.exists():
        return
    for each in store.iterdir():
        if each.name in (mark.name, "lost+found"):
            continue
        shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()
    mark.unlink()


def _put_files(found: Archive, store: Path) -> None:
    """Each file under another name first, so that a cut one is never taken for it; what is there already stays."""
    source = found.folder / FILES
    for path in sorted(source.rglob("*")) if source.is_dir() else ():
        target = store / path.relative_to(source)
        if path.is_dir():
            target.mkdir(mode=0o755, exist_ok=True)
        elif not (target.is_file() and archive.digest(target) == archive.digest(path)):
            draft = target.with_name(f".{target.name}.part")
            draft.unlink(missing_ok=True)
            with path.open("rb") as file:
                archive.copy(file, draft)
            draft.replace(target)
    os.sync()


def _put_database(found: Archive, url: str) -> None:
    program = tools.find("pg_restore", found.manifest.dump_major)
    arguments = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    tools.run(program, url, [*arguments, str(found.folder / DATABASE)])
    with psycopg.connect(url, connect_timeout=10) as connection:
        rows = {
            name: count
            for name, count in snapshot.count_rows(connection).items()
            if not name.startswith(f"{ASIDE}.")
        }
        if rows != found.manifest.tables:
            raise BackupProblem(
                "The rows that came in are not those that were backed up. Do not use this database."
            )
        # The copy was taken while the backup ran; what became of it is told now.
        connection.execute(
            "UPDATE backups_backup SET finished_at = %s, size_bytes = %s, trouble = %s WHERE id = %s",
            [
                found.manifest.finished_at,
                found.manifest.size_bytes,
                found.manifest.trouble,
                found.manifest.record,
            ],
        )
    with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
        connection.execute("ANALYZE")


def is_behind(found: Archive) -> bool:
    """Whether this version has migrations that the backup has not."""
    leaves = set(MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes())
    heads = {(app, name) for app, names in found.manifest.migrations.items() for name in names}
    return not leaves <= heads
