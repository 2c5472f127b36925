"""Sealing: every entry gets its place in the tree, and the tree its signed checkpoint. In the background, never by writers.

Ids are given before transactions commit, so an entry may become visible after higher ids. It is never lost: sealed is
whatever is visible and not sealed yet, in the order of ids, at the end of the tree. So that this needs no look at all
entries, the horizon moves up behind the writers: whoever inserts into the trail holds a lock on its table until the
end of the transaction, so once all that held it when ``seen`` was read are gone, nothing at or under ``seen`` can turn up.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from django.db import connection, transaction

from houqin.foundation.bulk import copy_in
from houqin.foundation.trail import keys, stored, witness
from houqin.foundation.trail.canonical import CANONICAL
from houqin.foundation.trail.merkle import Frontier
from houqin.foundation.trail.models import Checkpoint, Horizon, Node
from houqin.foundation.trail.notes import Signer

#: Any number: the advisory lock under which one sealer works.
SEALING = 7_741_002
#: Entries sealed by one transaction.
BATCH = 50_000

_SEAL = f"""
WITH fresh AS (
  SELECT e.id FROM trail_entry e WHERE e.id > %(below)s
    AND NOT EXISTS (SELECT 1 FROM trail_sealed s WHERE s.entry_id = e.id AND s.entry_id > %(below)s)
  ORDER BY e.id LIMIT %(batch)s
), placed AS (SELECT id, %(size)s + row_number() OVER (ORDER BY id) - 1 AS position FROM fresh),
added AS (
  INSERT INTO trail_sealed (position, entry_id, leaf)
  SELECT p.position, p.id, sha256('\\x00'::bytea || convert_to({CANONICAL}, 'UTF8'))
  FROM placed p JOIN trail_entry e ON e.id = p.id
  RETURNING position, entry_id, leaf
)
SELECT position, entry_id, leaf FROM added ORDER BY position
"""  # noqa: S608 - constants of ours
_WRITERS = """
SELECT DISTINCT virtualtransaction FROM pg_locks
WHERE locktype = 'relation' AND relation = 'trail_entry'::regclass AND mode = 'RowExclusiveLock' AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def seal(seconds: float = float("inf"), batch: int = BATCH, *, successor: Signer | None = None) -> int:
    """Seal what waits, a batch a transaction, until nothing is left or ``seconds`` have passed; answers how many.

    ``successor`` is a key that takes over: it signs too. May run beside another sealer: one of them finds the lock taken and leaves the work to the other.
    """
    until, done = time.monotonic() + seconds, 0
    while True:
        sealed = _seal_batch(batch, successor)
        done += sealed
        if sealed < batch or time.monotonic() >= until:
            return done


@transaction.atomic
def _seal_batch(batch: int, successor: Signer | None) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALING])
        if cursor.fetchone() != (True,):
            return 0
        horizon, _made = Horizon.objects.get_or_create(pk=1)
        cleared = not _writers().intersection(horizon.writers)
        size = stored.size()
        cursor.execute(_SEAL, {"below": horizon.below, "batch": batch, "size": size})
        rows = cursor.fetchall()
    if rows:
        _grow(size, [bytes(leaf) for _position, _entry, leaf in rows], successor)
    _move(horizon, cleared, rows[-1][1] if len(rows) == batch else None)
    return len(rows)


def _grow(size: int, leaves: Iterable[bytes], successor: Signer | None) -> None:
    """Add the nodes that became complete, and sign the tree."""
    frontier: Frontier = stored.tree().frontier(size)
    nodes = [node for leaf in leaves for node in frontier.append(leaf)]
    copy_in(Node, ("level", "index", "hash"), nodes)
    note = keys.signer().sign(frontier.size, frontier.root())
    if successor:
        note = successor.sign_too(note)
    Checkpoint.objects.create(size=frontier.size, note=note)
    transaction.on_commit(lambda: witness.keep(note))


def _move(horizon: Horizon, cleared: bool, last: int | None) -> None:
    """Raise the horizon to where it is sure; ``last`` is the id of a full batch, beyond which more may wait."""
    before = (horizon.below, horizon.seen, horizon.writers)
    if cleared:
        horizon.below = max(horizon.below, horizon.seen if last is None else min(horizon.seen, last))
        horizon.seen = stored.highest_id()
        # Read after ``seen``: who has ended by now is visible to the next batch, who has not stands here.
        horizon.writers = sorted(_writers())
    if before != (horizon.below, horizon.seen, horizon.writers):
        horizon.save()


def _writers() -> set[str]:
    """The transactions that have written into the trail, or are about to, and have not ended."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITERS)
        return {name for (name,) in cursor.fetchall()}
