"""What is kept for how long: announced by every app in its ``retention.py``, watched by :mod:`houqin.foundation.retention`.

KEPT.add("visitors.phones", Kept(
    name=_("访客手机号"), does=_("清除号码，保留来访记录"), days=180, least=30,
    due=lambda before: Visit.objects.filter(left_at__lt=before, phone__isnull=False),
    erase=lambda rows: rows.update(phone=""),
))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from houqin.foundation.errors import Text
from houqin.foundation.registry import Registry


@dataclass(frozen=True)
class Kept:
    """One kind of data that does not stay for ever.

    ``due(before)``: the rows whose time is over, if it began before that moment; an erased one is no longer among them.
    ``erase(rows)``: erase or pseudonymise a batch of them, given by their keys; answers how many. It runs in a transaction and writes no trail.
    ``days``: how long by default; ``least`` and ``most``: within which bounds an administrator sets it (equal: not to be set).
    """

    name: Text
    does: Text
    days: int
    due: Callable[[datetime], QuerySet[Any]]
    erase: Callable[[QuerySet[Any]], int]
    least: int = 1
    most: int = 36_500
    why: Text = ""

    @property
    def fixed(self) -> bool:
        return self.least == self.most


KEPT: Registry[Kept] = Registry("kind of kept data")
