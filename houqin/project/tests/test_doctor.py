"""`houqin doctor`: each fault is found, with its mend."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from houqin.foundation.backups.models import Backup
from houqin.project import doctor, health, installation
from houqin.project.doctor import Finding
from houqin.project.postgres import Cluster, use


@pytest.fixture
def look(place: Path, no_settings: None, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An installation in order, except that its database is not asked."""
    monkeypatch.setenv("HOUQIN_DATA_DIR", str(place))
    return monkeypatch


def wrong() -> dict[str, Finding]:
    return {finding.name: finding for finding in doctor.examine() if not finding.well}


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("postgresql://houqin:x@127.0.0.1:1/houqin", "nothing answers at that address"),
        ("postgresql:///houqin?host=/nowhere", "no server listens on that socket"),
        ("postgresql://houqin@no-such-host.invalid/houqin", "the name of the server is unknown"),
    ],
)
def test_a_wrong_database_address(look: pytest.MonkeyPatch, url: str, found: str) -> None:
    look.setenv("HOUQIN_DATABASE_URL", url)
    finding = wrong()["database"]
    assert found in finding.found
    assert finding.mend


def test_a_database_that_does_not_exist(look: pytest.MonkeyPatch, place: Path) -> None:
    with use(Cluster(place / "postgres", fleeting=True), place) as cluster:
        look.setenv("HOUQIN_DATABASE_URL", cluster.url("nowhere"))
        assert "does not exist" in wrong()["database"].found


def test_an_address_that_is_none(look: pytest.MonkeyPatch) -> None:
    look.setenv("HOUQIN_DATABASE_URL", "mysql://somewhere/else")
    assert "not the address of a PostgreSQL database" in wrong()["HOUQIN_DATABASE_URL"].found


def test_an_unwritable_directory(look: pytest.MonkeyPatch, place: Path) -> None:
    (place / "file").write_text("in the way")
    look.setenv("HOUQIN_DATA_DIR", str(place / "file" / "var"))
    found = wrong()
    assert "cannot be written" in found["data directory"].found


def test_a_secret_that_others_may_read(look: pytest.MonkeyPatch, place: Path) -> None:
    installation.make_secret(place)
    assert (place / "secret-key").stat().st_mode & 0o777 == 0o600
    (place / "secret-key").chmod(0o644)
    look.setenv("HOUQIN_DATABASE_URL", "postgresql:///houqin?host=/nowhere")
    assert "chmod 600" in wrong()["secret"].mend


def test_a_clock_that_stands_before_this_version(look: pytest.MonkeyPatch) -> None:
    look.setenv("HOUQIN_DATABASE_URL", "postgresql:///houqin?host=/nowhere")
    with time_machine.travel("2020-01-01", tick=False):
        assert "before the day this version was installed" in wrong()["clock"].found


def test_a_clock_apart_from_the_disks_and_the_databases(look: pytest.MonkeyPatch, place: Path) -> None:
    with use(Cluster(place / "postgres", fleeting=True), place) as cluster:
        with time_machine.travel(timezone.now() + timedelta(hours=1), tick=True):
            server = {finding.name: finding for finding in doctor._server(cluster.url())}
            look.setenv("HOUQIN_DATABASE_URL", "postgresql:///houqin?host=/nowhere")
            assert "s apart from the clock of the disk" in wrong()["clock"].found
    assert not server["database clock"].well


@pytest.mark.django_db
def test_the_database_as_it_should_be_and_a_dead_worker() -> None:
    found = {finding.name: finding for finding in doctor._contents()}
    assert found["migrations"].well
    assert not found["worker"].well
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)",
            [timezone.now() - timedelta(minutes=9)],
        )
    assert "dead, silent for" in health_text()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = %s", [timezone.now()])
    assert health_text() == "alive"


def health_text() -> str:
    return doctor._worker(health.worker_state()).found


@pytest.mark.django_db
def test_a_missing_migration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", set())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    found = {finding.name: finding for finding in doctor._contents()}
    assert "sessions.0001_initial" in found["migrations"].found
    assert "houqin manage migrate" in found["migrations"].mend


@pytest.mark.django_db
def test_events_of_the_future_betray_a_clock_that_was_set_back() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (task_name, queue_name) VALUES ('x', 'y') RETURNING id"
        )
        (job,) = cursor.fetchone() or (0,)
        cursor.execute(
            "UPDATE procrastinate_events SET at = now() + interval '2 days' WHERE job_id = %s", [job]
        )
    finding = doctor._future()
    assert finding is not None
    assert "later than now" in finding.found


def test_as_text_shows_the_mend_below_its_finding() -> None:
    text = doctor.as_text(
        [Finding("disk", False, "0.1 GB free", "Free some space."), Finding("clock", True, "right")]
    )
    assert text == "✗ disk: 0.1 GB free\n    → Free some space.\n✓ clock: right"


def made(hours_ago: int, trouble: str = "") -> None:
    begun = timezone.now() - timedelta(hours=hours_ago)
    Backup.objects.create(
        started_at=begun,
        finished_at=timezone.now(),
        size_bytes=1,
        version="0",
        place="/srv/b",
        trouble=trouble,
    )


@pytest.mark.django_db
def test_a_backup_that_is_missing_old_or_not_whole() -> None:
    never = doctor._backup()
    assert never is not None
    assert "none was ever made" in never.found
    assert "HOUQIN_BACKUP_DIR" in never.mend
    made(hours_ago=50)
    old = doctor._backup()
    assert old is not None
    assert (old.well, old.found) == (False, "/srv/b, 50 h ago")
    made(hours_ago=2)
    good = doctor._backup()
    assert good is not None
    assert good.well
    made(hours_ago=1, trouble="files: 1 missing")
    amiss = doctor._backup()
    assert amiss is not None
    assert (amiss.well, amiss.found) == (False, "/srv/b, 1 h ago, files: 1 missing")


def test_where_the_last_backup_lies_when_the_database_is_gone(look: pytest.MonkeyPatch, place: Path) -> None:
    look.setenv("HOUQIN_DATABASE_URL", "postgresql:///houqin?host=/nowhere")
    (place / "last-backup.json").write_text('{"at": "2026-03-16T01:00:00+00:00", "place": "/srv/b/houqin-1"}')
    assert "The last backup is /srv/b/houqin-1, of 2026-03-16T01:00 UTC." in wrong()["database"].mend
