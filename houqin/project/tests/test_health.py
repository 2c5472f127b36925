"""`/healthz`, `/readyz`."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from houqin.project import health


def beat(ago: timedelta) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [timezone.now() - ago]
        )


def test_healthz_answers_without_a_database(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"


@pytest.mark.django_db
def test_ready_with_database_migrations_and_a_living_worker(client: Client) -> None:
    beat(timedelta(seconds=5))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "checks": {"database": "ok", "migrations": "ok", "worker": "ok"}}


@pytest.mark.django_db
def test_not_ready_without_a_worker(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["worker"] == "none"


@pytest.mark.django_db
def test_not_ready_when_the_worker_fell_silent(client: Client) -> None:
    beat(timedelta(0))
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["worker"].startswith("silent for ")


@pytest.mark.django_db
def test_not_ready_with_a_missing_migration(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", set())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"] == "1 missing"
