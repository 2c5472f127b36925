"""The tree as the tables hold it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from houqin.foundation.trail.merkle import BLOCK, Tree
from houqin.foundation.trail.models import Checkpoint, Entry, Horizon, Node, Sealed


def size() -> int:
    """How many entries are sealed."""
    last = Sealed.objects.order_by("-position").values_list("position", flat=True).first()
    return 0 if last is None else last + 1


def highest_id() -> int:
    """The highest id of an entry that is visible."""
    return Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0


def tree() -> Tree:
    """The stored tree, read block by block."""
    return Tree(_block)


def latest() -> Checkpoint | None:
    """The latest checkpoint."""
    return Checkpoint.objects.first()


@dataclass(frozen=True)
class Waiting:
    """What is not sealed yet: how many entries, and when the oldest of them was written."""

    count: int
    oldest: datetime | None


_WAITING = """
SELECT count(*), min(e.at) FROM (
  SELECT e.id, e.at FROM trail_entry e WHERE e.id > %(below)s
    AND NOT EXISTS (SELECT 1 FROM trail_sealed s WHERE s.entry_id = e.id AND s.entry_id > %(below)s)
) e
"""


def waiting() -> Waiting:
    """What waits to be sealed, above the horizon."""
    below = Horizon.objects.filter(pk=1).values_list("below", flat=True).first() or 0
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, {"below": below})
        count, oldest = cursor.fetchone()
    return Waiting(count, oldest)


def _block(level: int, index: int) -> Sequence[bytes]:
    first = index * BLOCK
    if level == 0:
        leaves = Sealed.objects.filter(position__gte=first, position__lt=first + BLOCK)
        return [bytes(leaf) for leaf in leaves.order_by("position").values_list("leaf", flat=True)]
    nodes = Node.objects.filter(level=level, index__gte=first, index__lt=first + BLOCK)
    return [bytes(digest) for digest in nodes.order_by("index").values_list("hash", flat=True)]
