"""A door controller that is none: it behaves like one over HTTP, faults included. `houqin simulate doors` runs fifty.

It knows nothing of the platform but the protocol of docs/developers/doors.md and the public key, and it needs no Django, so it is also a
worked example for whoever builds a controller: keep events until they are acknowledged, ask while there is a line, decide by the signed
pass while there is none, deliver in order afterwards.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

import httpx

from houqin.services.access.passes import BadPass, PublicKey

BATCH = 500


class Line(Protocol):
    """The way to the platform. Raises OSError where there is none; answers status and JSON."""

    def get(self, path: str) -> tuple[int, Any]: ...  # pragma: no cover - a protocol

    def post(self, path: str, body: object) -> tuple[int, Any]: ...  # pragma: no cover - a protocol


@dataclass
class Faults:
    """What goes wrong, as shares of 1: a batch sent again though it arrived (``repeat``), batches out of order (``shuffle``), an answer that
    gets lost (``lose``). ``clock``: seconds by which the clock is ahead. ``cut``: (from, to) in seconds after the start without a line.
    """

    repeat: float = 0.0
    shuffle: float = 0.0
    lose: float = 0.0
    clock: float = 0.0
    cut: tuple[float, float] = (0.0, 0.0)


@dataclass
class Tally:
    """What a controller has seen: decisions asked for, made alone, and those that opened the door."""

    asked: int = 0
    alone: int = 0
    opened: int = 0
    sent: int = 0
    stored: int = 0

    @property
    def people(self) -> int:
        """How many have stood before it."""
        return self.asked + self.alone


@dataclass
class Controller:
    """One of them. ``events`` are those not acknowledged yet, by their number."""

    line: Line
    faults: Faults
    dice: random.Random
    now: Callable[[], float] = time.time
    key: PublicKey | None = None
    version: int = 0
    doors: dict[str, list[str]] = field(default_factory=dict)
    ways: dict[str, str] = field(default_factory=dict)
    ended: set[int] = field(default_factory=set)
    used: set[tuple[str, int, str]] = field(default_factory=set)
    events: dict[int, dict[str, Any]] = field(default_factory=dict)
    sequence: int = 0
    tally: Tally = field(default_factory=Tally)
    off: float = 0.0

    def __post_init__(self) -> None:
        self.began = self.now()

    def clock(self) -> float:
        """What its own clock says."""
        return self.now() + self.faults.clock

    def true_time(self) -> float:
        """Its clock, set right by what the last heartbeat said it was off by: for deciding by itself."""
        return self.clock() - self.off

    def cut_off(self) -> bool:
        begins, ends = self.faults.cut
        return begins <= self.now() - self.began < ends

    # -- the platform ----------------------------------------------------------------------------------------------

    def beat(self) -> bool:
        """Heartbeat; whether the platform answered. The first answer brings the key and from where on to count."""
        body = {"now": _moment(self.clock()), "version": self.version, "software": "simulator"}
        if self.key:
            body["key"] = self.key.fingerprint
        answer = self._call("heartbeat", body)
        if answer is None:
            return False
        self.key = self.key or PublicKey.read(answer["public_key"])
        self.off = float(answer["clock_off_seconds"])
        self.sequence = max(self.sequence, answer["last"])
        self._forget(answer["through"])
        if answer["version"] > self.version or not self.doors:
            self.fetch()
        return True

    def fetch(self) -> None:
        """The list, whole at first and then what changed; nothing is taken that the key did not sign."""
        more = True
        while more and not self.cut_off():
            try:
                status, answer = self.line.get(f"permits?since={self.version}")
            except OSError:  # asked for again with the next heartbeat
                return
            if status != 200 or self.key is None:
                return
            self.key.verify(answer["list"].encode(), answer["signature"])
            listed = json.loads(answer["list"])
            self.doors = {door["code"]: door["areas"] for door in listed["doors"]}
            self.ways = {door["code"]: door["way"] for door in listed["doors"]}
            self.ended |= {permit["id"] for permit in listed["permits"] if permit.get("ended")}
            self.ended -= {permit["id"] for permit in listed["permits"] if not permit.get("ended")}
            self.version, more = listed["version"], listed["more"]

    def deliver(self) -> None:
        """All that is waiting, in order and in batches, until it is acknowledged."""
        waiting = [self.events[number] for number in sorted(self.events)]
        batches = [waiting[at : at + BATCH] for at in range(0, len(waiting), BATCH)]
        if self.dice.random() < self.faults.shuffle:
            self.dice.shuffle(batches)
            for batch in batches:
                self.dice.shuffle(batch)
        for batch in batches:
            for _again in range(2 if self.dice.random() < self.faults.repeat else 1):
                answer = self._call("events", {"now": _moment(self.clock()), "events": batch})
                if answer is None:
                    return
                self.tally.sent += len(batch)
                self.tally.stored += answer["stored"]
                if self.dice.random() >= self.faults.lose:
                    self._forget(answer["through"])

    # -- at the door -----------------------------------------------------------------------------------------------

    def show(self, door: str, token: str, direction: str) -> bool:
        """Somebody shows a pass: ask; without an answer decide alone and keep the event under the same number."""
        self.sequence += 1
        body = {"sequence": self.sequence, "door": door, "direction": direction, "token": token}
        answer = self._call("admit", body)
        if answer is not None and self.dice.random() >= self.faults.lose:
            self.tally.asked += 1
            self.tally.opened += answer["allowed"]
            return bool(answer["allowed"])
        event = self.alone(door, token, direction)
        self.events[self.sequence] = event
        self.tally.alone += 1
        self.tally.opened += not event["reason"]
        return not event["reason"]

    def alone(self, door: str, token: str, direction: str) -> dict[str, Any]:
        """Decide by the pass itself: signed by the key, of this half minute, for the door's area (leaving needs none), not shown here before."""
        event = {
            "sequence": self.sequence, "door": door, "direction": direction, "at": _moment(self.clock()), "holder": "",
            "permit": None, "window": None, "reason": "",
        }  # fmt: skip
        try:
            said = self.key.open(token) if self.key else None
        except BadPass:
            said = None
        if said is None:
            return event | {"reason": "bad_pass"}
        event |= {
            "holder": said.holder,
            "window": said.window,
            "permit": said.permit_for(self.doors.get(door, [])),
        }
        shown = (said.holder, said.window, direction)
        if not said.is_of(self.true_time()):
            event["reason"] = "pass_old"
        elif direction == "in" and (event["permit"] is None or event["permit"] in self.ended):
            event["reason"] = "no_permit"
        elif self.ways.get(door) not in ("both", direction):
            event["reason"] = "wrong_way"
        elif shown in self.used:
            event["reason"] = "pass_used"
        else:
            self.used.add(shown)
        return event

    def _forget(self, through: int) -> None:
        self.events = {number: event for number, event in self.events.items() if number > through}

    def _call(self, path: str, body: object) -> Any:
        if self.cut_off():
            return None
        try:
            status, answer = self.line.post(path, body)
        except OSError:
            return None
        if status >= 500:  # overburdened or being restarted: as good as no line
            return None
        if status != 200:
            raise RuntimeError(f"{path}: {status} {answer}")
        return answer


class HttpLine:
    """The platform over HTTP."""

    def __init__(self, base: str, secret: str) -> None:
        self._client = httpx.Client(
            base_url=f"{base.rstrip('/')}/api/v1/access/controllers/",
            headers={"Authorization": f"Bearer {secret}"},
            timeout=30,
            trust_env=False,
        )

    def get(self, path: str) -> tuple[int, Any]:
        return self._ask("GET", path)

    def post(self, path: str, body: object) -> tuple[int, Any]:
        return self._ask("POST", path, json=body)

    def _ask(self, method: str, path: str, **more: Any) -> tuple[int, Any]:
        try:
            answer = self._client.request(method, path, **more)
        except httpx.TransportError as lost:
            raise OSError(str(lost)) from lost
        return answer.status_code, answer.json() if answer.status_code < 500 else None


def play(controller: Controller, script: Sequence[tuple[str, str, str]]) -> Tally:
    """Go through a script of (door, pass, direction), a heartbeat and a delivery every ten; then deliver what is left."""
    controller.beat()
    for number, (door, token, direction) in enumerate(script, start=1):
        controller.show(door, token, direction)
        if number % 10 == 0:
            controller.beat()
            controller.deliver()
    controller.faults = Faults(clock=controller.faults.clock)
    controller.beat()
    controller.deliver()
    return controller.tally


def main() -> None:
    """One controller in a process of its own: its part as JSON on standard input, what it saw as JSON on standard output."""
    part = json.load(sys.stdin)
    faults = Faults(**{**part["faults"], "cut": tuple(part["faults"].get("cut", (0, 0)))})
    line = HttpLine(part["base"], part["secret"])
    controller = Controller(line, faults, random.Random(part["seed"]))  # noqa: S311 - a play, no secret
    tally = play(controller, [tuple(each) for each in part["script"]])
    print(json.dumps({**asdict(tally), "sequence": controller.sequence, "waiting": len(controller.events)}))  # noqa: T201


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


if __name__ == "__main__":
    main()
