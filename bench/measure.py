"""Processor time, statements and the printed line."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from statistics import median
from typing import Any

import psutil

from bench.house import House


@dataclass(frozen=True)
class Used:
    """Processor seconds of the processes of each part of the house, and of everybody on this machine, at one moment."""

    at: float
    web: dict[int, float]
    worker: dict[int, float]
    database: dict[int, float]
    machine: float


def used(house: House) -> Used:
    times = psutil.cpu_times()
    busy = sum(times[:3]) + times.irq + times.softirq
    parts = (house.web(), house.worker(), house.database())
    return Used(time.monotonic(), *(map(_seconds, parts)), busy)


def _seconds(processes: Iterable[psutil.Process]) -> dict[int, float]:
    found = {}
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            found[process.pid] = times.user + times.system
    return found


def _since(before: dict[int, float], after: dict[int, float]) -> float:
    """What those who are still there took. What has ended meanwhile (a vacuum) counts as a stranger's."""
    return sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())


def spent(before: Used, after: Used, requests: int, client_share: float) -> dict[str, float]:
    """Processor milliseconds a request by part, and what strangers took of the processors meanwhile."""
    cores, seconds = os.cpu_count() or 1, after.at - before.at
    ours = {
        part: _since(getattr(before, part), getattr(after, part)) for part in ("web", "worker", "database")
    }
    strangers = (after.machine - before.machine - sum(ours.values())) / (seconds * cores) - client_share
    spent_by = {part: taken * 1000 / requests for part, taken in ours.items()}
    return {**spent_by, "strangers": max(0.0, strangers)}


def middle(values: Iterable[float]) -> float:
    return float(median(list(values)))


def cpu_ratio(floor: Iterable[dict[str, float]], figure: Iterable[dict[str, float]]) -> float:
    """The floor's processor time a request over the figure's: what the ratio would be on a machine all our own."""
    sums = [middle(sum(whole(each).values()) for each in side) for side in (floor, figure)]
    return round(sums[0] / max(sums[1], 0.01), 3)


def whole(side: dict[str, float]) -> dict[str, float]:
    """The processor's side of a line, rounded; milliseconds a request."""
    return {name: round(max(0.0, side[name]), 2) for name in ("web", "database", "worker")}


def line(subject: str, **values: Any) -> bool:
    """Print one JSON line; whether the subject passed."""
    print(json.dumps({"subject": subject, **values}, ensure_ascii=False), flush=True)
    return bool(values.get("pass", True))


def statements_of_get(path: str, cookie: str) -> tuple[int, list[str]]:
    """SQL statements of a page, asked for a second time, and the statements themselves."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(HTTP_HOST="127.0.0.1", HTTP_COOKIE=cookie)
    assert client.get(path).status_code == 200, path
    with CaptureQueriesContext(connection) as caught:
        client.get(path)
    return len(caught), [each["sql"] for each in caught.captured_queries]


def statements_of_post(path: str, token: str, body: str) -> tuple[int, list[str]]:
    """SQL statements of one API call, which is carried out."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(HTTP_HOST="127.0.0.1", HTTP_AUTHORIZATION=f"Bearer {token}")
    with CaptureQueriesContext(connection) as caught:
        answer = client.post(path, body, content_type="application/json")
    assert answer.status_code < 300, f"{path}: {answer.status_code} {answer.content.decode()[:300]}"
    return len(caught), [each["sql"] for each in caught.captured_queries]
