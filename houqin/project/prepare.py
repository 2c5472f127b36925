"""Bring database and static files in step with the code: run as `python -m houqin.project.prepare`.

A process of its own, so that the one that watches over the others stays small.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

#: Any number: the advisory lock under which one machine migrates while the others wait.
MIGRATING = 7_741_001
KEYS_MEND = (
    "Put back the keys this database was written with: the file data-keys of its data directory, or the two settings. "
    "See docs/administrators/personal-data.md. Nothing was started."
)


def main() -> None:
    """Migrate, make the cache table, see that the keys are this database's, collect static files where they changed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "houqin.project.settings")
    django.setup()
    from houqin.foundation.personal import rotation

    migrate()
    if problems := rotation.meet():
        sys.exit("\n".join([*problems, KEYS_MEND]))
    collect()


def migrate() -> None:
    """Bring the tables in step; the cache's table as well."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])


def migrate_if_needed() -> None:
    """The same for a command that writes into a database that may be new; nothing where all is in step."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        migrate()


def collect() -> bool:
    """Collect and compress the static files unless what was collected is still right; whether it was done."""
    stamp = Path(settings.STATIC_ROOT) / ".sources"
    now = _sources()
    if stamp.exists() and stamp.read_text(encoding="ascii") == now:
        return False
    call_command("collectstatic", interactive=False, clear=Path(settings.STATIC_ROOT).exists(), verbosity=0)
    stamp.write_text(now, encoding="ascii")
    return True


def _sources() -> str:
    from django.contrib.staticfiles.finders import get_finders

    found = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = os.stat(storage.path(path))
            found.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return found.hexdigest()


if __name__ == "__main__":
    main()
    sys.exit(0)
