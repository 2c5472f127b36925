"""Counting what must not happen too often."""

from __future__ import annotations

import threading

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from houqin.foundation.errors import TooMany
from houqin.foundation.limits.actions import forget_old, spend
from houqin.foundation.limits.models import Counter


@pytest.mark.django_db
def test_the_door_closes_at_the_limit_and_opens_in_the_next_window() -> None:
    with time_machine.travel("2026-03-02 09:00:10+08:00", tick=False):
        for _ in range(3):
            spend("k", limit=3, per_seconds=600)
        with pytest.raises(TooMany, match="09:10"):
            spend("k", limit=3, per_seconds=600)
        spend("another", limit=3, per_seconds=600)
    with time_machine.travel("2026-03-02 09:10:00+08:00", tick=False):
        spend("k", limit=3, per_seconds=600)


@pytest.mark.django_db
def test_old_counters_are_swept() -> None:
    with time_machine.travel("2026-03-02 09:00+08:00"):
        spend("k", limit=3, per_seconds=60)
        assert forget_old() == 0
    with time_machine.travel("2026-03-04 09:00+08:00"):
        assert forget_old() == 1


@pytest.mark.db_facing
@pytest.mark.django_db(transaction=True)
def test_at_once_from_many_connections_no_more_than_the_limit_pass() -> None:
    passed, refused, barrier = [], [], threading.Barrier(12)

    def go() -> None:
        try:
            barrier.wait()
            spend("rush", limit=5, per_seconds=86_400)
            passed.append(timezone.now())
        except TooMany:
            refused.append(timezone.now())
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(passed), len(refused)) == (5, 7)
    assert Counter.objects.get(key="rush").count == 12
