"""The four pages people open most, beside the reading floor."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field

from bench import wrk
from bench.house import House
from bench.measure import cpu_ratio, line, middle, spent, statements_of_get, used, whole

CONNECTIONS = 16
LEAST_THROUGHPUT, MOST_P95, MOST_STATEMENTS = 1 / 4, 6.0, 12
FLOOR = "/floor/read"
#: Lines of a timeline that count as long; nearly all repairs have fewer.
LONG_STORY = 15
#: What a browser says, so that a page is compressed as it is for people.
ACCEPT = {"Accept": "text/html", "Accept-Encoding": "gzip, deflate, br", "Accept-Language": "zh-CN"}


@dataclass
class Side:
    """One side of a ratio, over its rounds."""

    runs: list[wrk.Run] = field(default_factory=list)
    costs: list[dict[str, float]] = field(default_factory=list)

    def told(self, statements: int) -> dict[str, object]:
        cost = {name: middle(each[name] for each in self.costs) for name in self.costs[0]}
        return {
            "requests_a_second": round(middle(run.a_second for run in self.runs), 1),
            "p50_ms": round(middle(run.p50_ms for run in self.runs), 2),
            "p95_ms": round(middle(run.p95_ms for run in self.runs), 2),
            "statements": statements,
            "cpu_ms": whole(cost),
        }


def measure(house: House) -> bool:
    """Print a line for the floor's own cost and one for each page; whether all passed."""
    chosen = pages()
    passed = True
    for name, username, path in chosen:
        passed &= _beside_floor(house, name, username, path)
    return passed


def pages() -> list[tuple[str, str, str]]:
    """Name, reader and path of each page. The case page is that of a running case with a long story that nobody joined:
    the reports of the steps join a running outage, whose page would grow from run to run in a house that is kept."""
    from django.db.models import Count

    from houqin.affairs.models import Case
    from houqin.affairs.queries import board
    from houqin.foundation.people.models import Person

    dispatcher = Person.objects.get(username="dispatcher")
    running = Case.objects.filter(pk__in=board(dispatcher).order_by().values("pk"))
    told = running.annotate(told=Count("events")).filter(told__lte=LONG_STORY, followers__isnull=True)
    case = told.order_by("-told", "-id").first()
    found = [
        ("portal home", "staff", "/"),
        ("to-do list", "worker", "/todo"),
        ("section board", "dispatcher", "/board"),
    ]
    return [*found, ("case page", "dispatcher", f"/cases/{case.number}")] if case else found


def _beside_floor(house: House, name: str, username: str, path: str) -> bool:
    cookie = house.cookie(username)
    rounds, seconds = (1, 2) if house.quick else (3, 4)
    floor, page = Side(), Side()
    for address in (FLOOR, path):
        _load(house, address, cookie, 1)
    for _ in range(rounds):
        for side, address in ((floor, FLOOR), (page, path)):
            run, cost = _run(house, address, cookie, seconds)
            side.runs.append(run)
            side.costs.append(cost)
    statements, told = statements_of_get(path, cookie)
    if os.environ.get("BENCH_SQL"):
        print(name, *told, sep="\n    ", file=sys.stderr)
    ratio = middle(b.a_second / a.a_second for a, b in zip(floor.runs, page.runs, strict=True))
    slower = middle(b.p95_ms / a.p95_ms for a, b in zip(floor.runs, page.runs, strict=True))
    share = max(run.share for run in floor.runs + page.runs)
    void = share > wrk.MOST_SHARE
    good = ratio >= LEAST_THROUGHPUT and slower <= MOST_P95 and statements <= MOST_STATEMENTS
    return line(
        f"page: {name}",
        figure=page.told(statements),
        limit=floor.told(statements_of_get(FLOOR, cookie)[0]),
        ratio=round(ratio, 3),
        bound=f">= {LEAST_THROUGHPUT}",
        cpu_ratio=cpu_ratio(floor.costs, page.costs),
        p95_ratio=round(slower, 2),
        p95_bound=f"<= {MOST_P95:g}",
        statements_bound=f"<= {MOST_STATEMENTS}",
        connections=CONNECTIONS,
        client_share=round(share, 3),
        strangers_share=round(middle(cost["strangers"] for cost in floor.costs + page.costs), 3),
        void=void,
        **{"pass": good and not void},
    )


def _run(house: House, address: str, cookie: str, seconds: float) -> tuple[wrk.Run, dict[str, float]]:
    before = used(house)
    run = _load(house, address, cookie, seconds)
    return run, spent(before, used(house), run.requests, run.share)


def _load(house: House, address: str, cookie: str, seconds: float) -> wrk.Run:
    return wrk.page(
        house.base + address, {**ACCEPT, "Cookie": cookie}, connections=CONNECTIONS, seconds=seconds
    )
