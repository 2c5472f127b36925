"""The load: `wrk`, a compiled client, whose own share of the processor is watched."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

HERE = Path(__file__).parent
#: A client that takes more of the processors than this measures itself; the run is void.
MOST_SHARE = 0.25
FEED_WITHIN = 120  # seconds

#: One prepared call: path, token, JSON body.
Call = tuple[str, str, str]


class NoClient(Exception):
    """`wrk` is missing and cannot be installed."""


class Failed(Exception):
    """The server refused what it should have done."""


@dataclass(frozen=True)
class Run:
    """What one run of the client saw. ``share`` is the client's part of all processors."""

    requests: int
    seconds: float
    share: float
    p50_ms: float = 0
    p95_ms: float = 0

    @property
    def a_second(self) -> float:
        return self.requests / self.seconds


def find() -> str:
    """The path of `wrk`; installed by apt when root. Raises `NoClient`."""
    if found := shutil.which("wrk"):
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "install", "-y", "-qq", "wrk"], capture_output=True, check=False)
    if found := shutil.which("wrk"):
        return found
    raise NoClient("The load comes from wrk, which is not here. Install it: apt-get install wrk")


def page(url: str, headers: dict[str, str], *, connections: int, seconds: float) -> Run:
    """Ask for one address from ``connections`` connections for ``seconds``."""
    given = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    command = [find(), "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "30s"]
    command += [*given, "-s", str(HERE / "page.lua"), url]
    return _run(command, seconds + 60, until_result=False)


def feed(base: str, calls: Sequence[Call], *, connections: int) -> Run:
    """Send each of ``calls`` once from ``connections`` connections; the last ``connections`` are not waited for."""
    with tempfile.NamedTemporaryFile("w", suffix=".tsv", encoding="utf-8") as file:
        file.writelines("\t".join(call) + "\n" for call in calls)
        file.flush()
        command = [find(), "-t1", f"-c{connections}", f"-d{FEED_WITHIN}s", "--timeout", "30s"]
        command += ["-s", str(HERE / "feed.lua"), base, "--", file.name, str(connections)]
        return _run(command, FEED_WITHIN, until_result=True)


def _run(command: list[str], within: float, *, until_result: bool) -> Run:
    """Run the client to its end, or (``until_result``) end it once it has said what it saw."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    watched = psutil.Process(process.pid)
    told: list[str] = []
    seen: dict[str, object] | None = None
    used = 0.0
    assert process.stdout
    for line in process.stdout:
        told.append(line)
        if line.startswith("RESULT "):
            seen = json.loads(line.removeprefix("RESULT "))
            used = sum(watched.cpu_times()[:2])
            if until_result:
                process.send_signal(signal.SIGKILL)
                break
    process.wait(max(1, within - (time.monotonic() - began)))
    process.stdout.close()
    if seen is None:
        raise Failed(f"wrk said nothing of use: {''.join(told)[-500:]}")
    if seen["bad"] or seen["failed"]:
        raise Failed(f"{seen['bad']} refused, {seen['failed']} failed: {seen.get('first_bad', '')}")
    seconds = float(str(seen["seconds"]))
    return Run(
        requests=int(str(seen["requests"])),
        seconds=seconds,
        share=used / (seconds * (os.cpu_count() or 1)),
        p50_ms=float(str(seen.get("p50_ms", 0))),
        p95_ms=float(str(seen.get("p95_ms", 0))),
    )
