"""`/healthz` answers while the process lives, `/readyz` only when database, migrations and worker are well."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from houqin.affairs.warnings.machine import look_after_worker

#: A worker writes its heartbeat every ten seconds; after six missed ones it counts as dead.
WORKER_SILENCE = timedelta(seconds=60)
_migrated: set[str] = set()


def alive(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


def ready(request: HttpRequest) -> JsonResponse:
    """200 with each check's finding, or 503 naming what is not well."""
    checks = check()
    if checks["migrations"] == "ok":
        with suppress(DatabaseError):
            look_after_worker()
    well = all(finding == "ok" for finding in checks.values())
    return JsonResponse({"ready": well, "checks": checks}, status=200 if well else 503)


def check() -> dict[str, str]:
    """State of database, migrations and worker: `ok` or what is wrong, in few words."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return {"database": "unreachable", "migrations": "unknown", "worker": "unknown"}
    missing = missing_migrations()
    worker = "unknown" if missing else worker_state()
    return {"database": "ok", "migrations": f"{len(missing)} missing" if missing else "ok", "worker": worker}


def missing_migrations() -> list[str]:
    """Names of migrations that the code has and the database has not. Remembered once there are none."""
    if "none" in _migrated:
        return []
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        _migrated.add("none")
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def worker_state() -> str:
    """`ok` when a worker's heartbeat is recent, otherwise what is known of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(last_heartbeat) FROM procrastinate_workers")
        (last,) = cursor.fetchone() or (None,)
    if last is None:
        return "none"
    silence = timezone.now() - last
    return "ok" if silence < WORKER_SILENCE else f"silent for {int(silence.total_seconds())} s"
