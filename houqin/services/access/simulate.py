"""`houqin simulate doors`: the demo's controllers come alive, each on a thread, with the faults that real ones have."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

from django.db import connections
from django.utils.translation import gettext as _

from houqin.foundation.errors import Problem
from houqin.foundation.people.installation import is_demo
from houqin.foundation.people.models import Person
from houqin.foundation.trail.actors import SYSTEM
from houqin.services.access import actions
from houqin.services.access.models import Controller as Stored
from houqin.services.access.simulator import Controller, Faults, HttpLine, Tally

PAUSE = (0.5, 4.0)  # seconds between two people at one controller
BEAT, DELIVER, TELL = 20, 8, 10  # seconds
#: How often a controller tries at the end to tell all it has.
LAST_TRIES = 10
#: However busy the machine is, a play is over after so many seconds.
LONGEST = 300.0
#: A controller that is cut off is so for an hour, from a minute after the start on; in a play that ends, for the second quarter of it.
CUT = (60.0, 3660.0)


def faults_of(dice: random.Random, number: int, *, wanted: bool, cut: tuple[float, float] = CUT) -> Faults:
    """Every tenth is cut off for a while, every seventh has a clock that is off, all repeat and mix up now and then."""
    if not wanted:
        return Faults()
    return Faults(
        repeat=0.2,
        shuffle=0.2,
        lose=0.05,
        clock=dice.choice((-1, 1)) * dice.uniform(30, 900) if number % 7 == 0 else 0.0,
        cut=cut if number % 10 == 9 else (0.0, 0.0),
    )


def run(
    base: str, *, count: int, seconds: float | None, faults: bool, seed: int, say: Callable[[str], None], each: int = 0
) -> Tally:  # fmt: skip
    """Run ``count`` controllers against the platform at ``base`` for ``seconds`` (none: until interrupted), and until each of them has had
    ``each`` people before it. Raises Problem outside the demo, because it gives the controllers new secrets."""
    if not is_demo():
        raise Problem(_("只能在演示环境里模拟门禁：模拟会更换控制器的密钥。"))
    found = list(Stored.objects.filter(active=True, doors__isnull=False).distinct().order_by("pk")[:count])
    people = [f"person:{pk}" for pk in Person.objects.active().order_by("pk").values_list("pk", flat=True)]
    over, dice = threading.Event(), random.Random(seed)  # noqa: S311 - a play, no secret
    cut = (seconds / 4, seconds / 2) if seconds else CUT
    boxes = [
        Controller(
            HttpLine(base, actions.renew_secret(SYSTEM, controller=each)),
            faults_of(dice, number, wanted=faults, cut=cut),
            random.Random(f"{seed}/{number}"),  # noqa: S311 - as above
        )
        for number, each in enumerate(found, start=1)
    ]
    threads = [threading.Thread(target=_live, args=(box, people, over), daemon=True) for box in boxes]
    for thread in threads:
        thread.start()
    try:
        _tell(boxes, over, seconds, each, say)
    except KeyboardInterrupt:
        say("")
    over.set()
    for thread in threads:
        thread.join(300)
    return _sum(boxes)


def _tell(
    boxes: list[Controller],
    over: threading.Event,
    seconds: float | None,
    each: int,
    say: Callable[[str], None],
) -> None:
    """Say how it goes, at least eight times in a play that ends, until it is over."""
    began, pause = time.monotonic(), min(TELL, seconds / 8) if seconds else TELL
    while seconds is None or time.monotonic() - began < max(seconds, LONGEST):
        over.wait(pause)
        tally, cut = _sum(boxes), sum(box.cut_off() for box in boxes)
        waiting, seen = sum(len(box.events) for box in boxes), [box.tally.people for box in boxes]
        say(
            f"{tally.asked} asked, {tally.alone} alone, {tally.opened} opened; {waiting} waiting, {cut} cut off,"
            f" {sum(each <= one for one in seen)} of {len(boxes)} busy"
        )
        if seconds and time.monotonic() - began >= seconds and min(seen, default=each) >= each:
            return


def _sum(boxes: list[Controller]) -> Tally:
    tallies = [box.tally for box in boxes]
    return Tally(**{name: sum(getattr(each, name) for each in tallies) for name in vars(Tally())})


def _live(box: Controller, people: list[str], over: threading.Event) -> None:
    """People come, hearts beat, events are delivered; whatever fails is tried again later. At the end the line is well, and all is told."""
    beaten, delivered = 0.0, time.monotonic()
    try:
        while not over.wait(box.dice.uniform(*PAUSE)):
            now = time.monotonic()
            if (not box.doors or now - beaten > BEAT) and box.beat():
                beaten = now
            if box.doors:
                door = box.dice.choice(sorted(box.doors))
                way = box.ways[door] if box.ways[door] != "both" else box.dice.choice(("in", "out"))
                box.show(door, actions.pass_token(box.dice.choice(people)), way)
            if now - delivered > DELIVER:
                box.deliver()
                delivered = now
        box.faults = Faults(clock=box.faults.clock)
        for _again in range(LAST_TRIES):
            if box.beat():
                box.deliver()
            if not box.events:
                break
    finally:
        connections.close_all()
