"""Named conditions: a step with ``when="unrouted"`` is entered only where the condition holds."""

from collections.abc import Callable

from houqin.affairs.models import Case
from houqin.foundation.registry import Registry

Condition = Callable[[Case], bool]
CONDITIONS: Registry[Condition] = Registry("condition")


def condition(name: str) -> Callable[[Condition], Condition]:
    """Announce a condition under a name that flows, and the snapshots of running cases, may use."""

    def add(function: Condition) -> Condition:
        return CONDITIONS.add(name, function)

    return add


@condition("always")
def always(case: Case) -> bool:
    """For every case."""
    return True
