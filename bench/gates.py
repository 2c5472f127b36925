"""Doors: events in batches of 500 over HTTP beside bare multi-row inserts, and what a check of a pass costs.

The limit is a table like that of the events, indexes and all but without triggers, filled through psycopg by one statement a
batch and one transaction each, from one connection. The figure is the whole call of one controller: HTTP, secret, reading and
checking the JSON, corrected clocks, doors and permits looked up, presence kept, numbers followed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import httpx
import psycopg

from bench.house import House
from bench.measure import line, middle, statements_of_post

BATCH, ROUNDS = 500, 5
BATCHES, QUICK_BATCHES = 30, 8
LEAST = 1 / 3
#: Statements of one decision at a door, the look at the secret apart.
MOST_STATEMENTS = 2
_COLUMNS = (
    "controller_id", "sequence", "door_id", "at", "received_at", "holder", "permit_id", "direction", "allowed", "reason",
    "offline", '"window"', "clock_off_seconds",
)  # fmt: skip
_PATH = "/api/v1/access/controllers"


def measure(house: House) -> bool:
    """Two lines: events, and decisions."""
    from houqin.foundation.trail.actors import SYSTEM
    from houqin.services.access import actions
    from houqin.services.access.models import Controller

    controller = Controller.objects.filter(doors__active=True).order_by("-pk").first()
    assert controller
    secret = actions.renew_secret(SYSTEM, controller=controller)
    many = QUICK_BATCHES if house.quick else BATCHES
    with httpx.Client(
        base_url=house.base, headers={"Authorization": f"Bearer {secret}"}, timeout=60, trust_env=False
    ) as client:
        passed = _events(client, controller, many)
        return passed & _decisions(client, controller, secret, 200 if house.quick else 1000)


def _events(client: httpx.Client, controller: Any, many: int) -> bool:
    made, other = _Maker(controller), _Maker(controller)  # each counts for itself, without a hole
    figures, limits = [], []
    with psycopg.connect(**_database(), autocommit=True) as bare:
        bare.execute("CREATE TABLE bench_event (LIKE access_doorevent INCLUDING ALL)")
        insert = _insert(BATCH)
        for number in range(ROUNDS + 1):
            bodies = [made.body() for _ in range(many)]
            rows = [other.row_values() for _ in range(many)]
            figure = _rate(lambda bodies=bodies: [_delivered(client, body) for body in bodies], many)  # type: ignore[misc]
            limit = _rate(lambda rows=rows: [bare.execute(insert, each) for each in rows], many)  # type: ignore[misc]
            if number:  # the first one warms both up
                figures.append(figure)
                limits.append(limit)
        bare.execute("DROP TABLE bench_event")
    ratio = round(middle(figures) / middle(limits), 3)
    return line(
        "gates-events",
        figure=round(middle(figures)),
        unit="events/s",
        limit=round(middle(limits)),
        ratio=ratio,
        least=round(LEAST, 3),
        batch=BATCH,
        rounds=[round(each) for each in figures],
        **{"pass": ratio >= LEAST},
    )


class _Maker:
    """Events of one controller, each with a number of its own: as JSON for the call, and as values for the bare insert."""

    def __init__(self, controller: Any) -> None:
        from django.utils import timezone

        from houqin.foundation.people.models import Person
        from houqin.services.access.models import Permit

        self.controller, self.sequence = controller.pk, controller.through
        self.doors = list(controller.doors.values_list("code", "pk"))
        self.people = list(Person.objects.order_by("pk").values_list("pk", flat=True)[:3000])
        self.permits = list(Permit.objects.filter(state="active").values_list("pk", flat=True)[:200])
        self.at = timezone.now() - timedelta(hours=1)

    def body(self) -> bytes:
        from django.utils import timezone

        events = [
            {
                "sequence": n, "door": self.doors[n % len(self.doors)][0], "at": (self.at + timedelta(seconds=n % 3600)).isoformat(),
                "direction": ("in", "out")[n % 2], "holder": f"person:{self._person(n)}", "permit": self._permit(n),
                "window": n,
            }
            for n in self._numbers()
        ]  # fmt: skip
        return json.dumps({"now": timezone.now().isoformat(), "events": events}).encode()

    def row_values(self) -> Sequence[Any]:
        values: list[Any] = []
        for n in self._numbers():
            at = self.at + timedelta(seconds=n % 3600)
            values += [
                self.controller, n, self.doors[n % len(self.doors)][1], at, at, f"person:{self._person(n)}", self._permit(n),
                ("in", "out")[n % 2], True, "", True, n, 0,
            ]  # fmt: skip
        return values

    def _numbers(self) -> range:
        self.sequence += BATCH
        return range(self.sequence - BATCH + 1, self.sequence + 1)

    def _person(self, n: int) -> int:
        return int(self.people[n * 7 % len(self.people)])

    def _permit(self, n: int) -> int:
        return int(self.permits[n % len(self.permits)])


def _decisions(client: httpx.Client, controller: Any, secret: str, many: int) -> bool:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from houqin.foundation.people.models import Person
    from houqin.services.access import actions

    door = controller.doors.first()
    controller.refresh_from_db()
    start = 10**9
    people = [f"person:{pk}" for pk in Person.objects.order_by("pk").values_list("pk", flat=True)[: many + 1]]
    bodies = [
        {"sequence": start + n, "door": door.code, "direction": "out", "token": actions.pass_token(holder)}
        for n, holder in enumerate(people)
    ]
    with CaptureQueriesContext(connection) as caught:
        actions.admit(
            controller, door=door.code, direction="in", token=bodies[0]["token"], sequence=start - 1
        )
    call, _said = statements_of_post(f"{_PATH}/admit", secret, json.dumps(bodies[0]))
    began = time.monotonic()
    for body in bodies[1:]:
        assert client.post(f"{_PATH}/admit", json=body).status_code == 200
    return line(
        "gates-pass",
        figure=round(many / (time.monotonic() - began)),
        unit="decisions/s",
        clients=1,
        statements=len(caught),
        most=MOST_STATEMENTS,
        statements_of_call=call,
        **{"pass": len(caught) <= MOST_STATEMENTS},
    )


def _delivered(client: httpx.Client, body: bytes) -> None:
    answer = client.post(f"{_PATH}/events", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200, answer.text[:300]
    assert answer.json()["stored"] == BATCH, answer.text


def _rate(work: Callable[[], object], many: int) -> float:
    began = time.monotonic()
    work()
    return many * BATCH / (time.monotonic() - began)


def _insert(rows: int) -> bytes:
    one = f"({', '.join(['%s'] * len(_COLUMNS))})"
    return f"INSERT INTO bench_event ({', '.join(_COLUMNS)}) VALUES {', '.join([one] * rows)}".encode()


def _database() -> dict[str, Any]:
    from django.db import connection

    connection.ensure_connection()
    return {
        name: value
        for name, value in connection.get_connection_params().items()
        if name in ("dbname", "user", "password", "host", "port", "options")
    }
