"""Whether this installation is the demo compound; a process asks the database once a minute at most."""

from __future__ import annotations

import time
from datetime import date

from houqin.foundation.people.models import Installation

KEPT_SECONDS = 60
_kept: tuple[float, bool] | None = None


def is_demo() -> bool:
    """Whether the flag in the database says demo."""
    global _kept
    if _kept is None or time.monotonic() - _kept[0] > KEPT_SECONDS:
        _kept = (time.monotonic(), Installation.objects.filter(demo=True).exists())
    return _kept[1]


def mark_demo(*, today: date, seed: int) -> Installation:
    """Say that this is a demo from now on."""
    installation = Installation(demo=True, demo_today=today, seed=seed)
    installation.save(force_insert=True)
    forget()
    return installation


def forget() -> None:
    """Ask the database again next time."""
    global _kept
    _kept = None
