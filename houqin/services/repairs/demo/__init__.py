"""A year of repairs in the demo compound, and the morning on which somebody looks at it."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge

from houqin.affairs.models import Route
from houqin.foundation.bulk import copy_in
from houqin.foundation.demo import World
from houqin.services.repairs.demo import limits
from houqin.services.repairs.demo.book import ITEM, Book
from houqin.services.repairs.demo.faults import SECTION_OF
from houqin.services.repairs.demo.history import REPAIRS, History
from houqin.services.repairs.demo.present import Plan, Present

#: History ends so many seconds before now; what was reported since then is still running.
RECENT = 3000
#: After how many the progress bar moves, and what share of the load telling is.
BATCH, TELLING = 200, 0.4


def load(world: World) -> None:
    """Write routes, parts, devices and 24,000 repairs."""
    copy_in(Route, ("item_code", "category", "place", "unit", "section"), _routes(world))
    book = Book(world)
    history = History(book)
    present = Present(history)
    plans = sorted(present.plans(), key=lambda plan: plan.at)
    count = world.many(REPAIRS) - len(plans)
    past = (Plan(at, history.tell) for at in history.times(count, world.now - RECENT))
    for number, plan in enumerate(merge(past, plans, key=lambda plan: plan.at), start=1):
        plan.tell(plan.at)
        if number % BATCH == 0:
            world.advance(TELLING * BATCH / (count + len(plans)))
    present.greet()
    limits.tell(book)
    history.parts.settle()
    history.devices.write()
    book.write_all(after_cases=present.write)
    history.parts.write()


def _routes(world: World) -> Iterator[tuple[object, ...]]:
    """Each trade to its crew, everything else to the dispatchers."""
    for group, code in {"": "BXDD", **SECTION_OF}.items():
        yield ITEM, group, None, None, world.sections[code]
