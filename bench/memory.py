"""What web, worker and database hold in memory together once they have worked."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import psutil

from bench import pages, wrk
from bench.house import House
from bench.measure import line

MOST_MB = 500
CONNECTIONS, SECONDS = 16, 3


def measure(house: House) -> bool:
    """Print the memory (PSS) of each part after every page was asked for from 16 connections; whether it is enough."""
    for _name, username, path in pages.pages():
        headers = {**pages.ACCEPT, "Cookie": house.cookie(username)}
        wrk.page(house.base + path, headers, connections=CONNECTIONS, seconds=SECONDS)
    parts = {"web": house.web(), "worker": house.worker(), "database": house.database()}
    held = {name: _megabytes(processes) for name, processes in parts.items()}
    total = sum(held.values())
    return line(
        "memory",
        figure={"mb": round(total, 1), **{name: round(each, 1) for name, each in held.items()}},
        limit={"mb": MOST_MB},
        ratio=round(total / MOST_MB, 3),
        bound="<= 1",
        processes={name: len(processes) for name, processes in parts.items()},
        **{"pass": total <= MOST_MB},
    )


def _megabytes(processes: Iterable[psutil.Process]) -> float:
    """Proportional set size: shared pages are divided among those who share them."""
    return sum(_pss_kilobytes(each.pid) for each in processes) / 1024


def _pss_kilobytes(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except FileNotFoundError:
        return 0
    return next(int(row.split()[1]) for row in rollup.splitlines() if row.startswith("Pss:"))
