"""The trail: how fast it is sealed and walked along, and what sealing costs whoever writes.

Limits measured in the same run: a bare INSERT of the same rows into a table like the trail's, and writers without a sealer.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from django.db import connection, connections

from bench.house import House
from bench.measure import line, middle
from houqin.foundation.people.models import Organisation
from houqin.foundation.trail import actions, checking, sealing
from houqin.foundation.trail.actors import SYSTEM

ROWS, QUICK_ROWS = 1_000_000, 100_000
WRITERS, ROUNDS = 4, 4
#: Bounds: sealing at least so many times the rate of the bare INSERT, writers keep so much of their speed.
SEAL_AT_LEAST, WRITE_AT_LEAST = 0.3, 0.85

_LIKE = "CREATE TABLE bench_entry (LIKE trail_entry INCLUDING ALL)"
_BARE = """
INSERT INTO {table} (id, at, actor_id, actor_name, appointment_id, appointment_name, address, action, record_type,
  record_id, record_name, before, after)
SELECT nextval('trail_entry_id_seq'), at, actor_id, actor_name, appointment_id, appointment_name, address, action,
  record_type, record_id, record_name, before, after
FROM (SELECT row_number() OVER (ORDER BY id) n, * FROM trail_entry ORDER BY id LIMIT 100000) e,
  generate_series(1, %s / 100000) again
"""


def measure(house: House) -> bool:
    """Three lines: sealing, walking along, writing meanwhile."""
    house.stop()
    rows = QUICK_ROWS if house.quick else ROWS
    sealing.seal()
    bare = _seconds(lambda: _run(_LIKE) or _run(_BARE.format(table="bench_entry"), rows))
    _run("DROP TABLE bench_entry")
    _run(_BARE.format(table="trail_entry"), rows)
    sealed = _seconds(sealing.seal)
    began = time.monotonic()
    report = checking.verify()
    walked = time.monotonic() - began
    passed = line(
        "trail-seal",
        figure=round(rows / sealed),
        unit="entries/s",
        limit=round(rows / bare),
        ratio=round(bare / sealed, 2),
        **{"pass": bare / sealed >= SEAL_AT_LEAST},
    )
    passed &= line(
        "trail-verify",
        figure=round(report.entries / walked),
        unit="entries/s",
        entries=report.entries,
        seconds=round(walked, 1),
        **{"pass": not report.faults},
    )
    return passed & _writing(2 if house.quick else 6)


def _writing(seconds: float) -> bool:
    """Entries a second of a few writers, one a transaction, without and with a sealer that never rests."""
    alone, beside = [], []
    for _round in range(ROUNDS):
        alone.append(_written(seconds, sealer=False))
        sealing.seal()
        beside.append(_written(seconds, sealer=True))
    ratio = round(middle(beside) / middle(alone), 2)
    return line(
        "trail-write",
        figure=round(middle(beside)),
        unit="entries/s",
        limit=round(middle(alone)),
        ratio=ratio,
        writers=WRITERS,
        **{"pass": ratio >= WRITE_AT_LEAST},
    )


def _written(seconds: float, *, sealer: bool) -> float:
    city, over = Organisation.objects.filter(parent=None)[0], threading.Event()
    counts: list[int] = []

    def write() -> None:
        count = 0
        while not over.is_set():
            actions.record(SYSTEM, "bench.write", city, after={"n": count, "words": "一行字" * 10})
            count += 1
        counts.append(count)
        connections.close_all()

    def seal() -> None:
        while not over.is_set():
            sealing.seal(seconds=1)
            over.wait(0.2)
        connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    threads += [threading.Thread(target=seal)] if sealer else []
    for each in threads:
        each.start()
    time.sleep(seconds)
    over.set()
    for each in threads:
        each.join()
    return sum(counts) / seconds


def _run(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))


def _seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began
