"""Walking along the whole chain: is it what was sealed and signed, and if not, where not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.utils.translation import gettext as _

from houqin.foundation.trail import keys, stored, witness
from houqin.foundation.trail.canonical import CANONICAL
from houqin.foundation.trail.merkle import Frontier, leaf_hash
from houqin.foundation.trail.models import Check, Horizon, Node
from houqin.foundation.trail.models import Checkpoint as Stored
from houqin.foundation.trail.notes import BadNote, PublicKey

#: Rows read at a time, and the most faults that are told one by one.
CHUNK, MOST = 20_000, 50
Progress = Callable[[int, int], None]

_ROWS = f"""
SELECT s.position, s.entry_id, s.leaf, convert_to({CANONICAL}, 'UTF8'), e.id IS NULL
FROM trail_sealed s LEFT JOIN trail_entry e ON e.id = s.entry_id
WHERE s.position >= %s AND s.position < %s ORDER BY s.position
"""  # noqa: S608 - constants of ours
# What is sealed never changes, so the walk needs no snapshot: it goes up to where the tree was when it began.
_BEHIND = """
SELECT e.id FROM trail_entry e LEFT JOIN trail_sealed s ON s.entry_id = e.id
WHERE e.id <= %s AND s.entry_id IS NULL ORDER BY e.id LIMIT %s
"""


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it was sealed. ``kind`` is stable; ``entry`` and ``position`` where they are known."""

    kind: str
    words: str
    entry: int | None = None
    position: int | None = None


@dataclass
class Report:
    """What a walk found. ``faults`` holds the first of them, ``more`` counts the others."""

    entries: int = 0
    checkpoints: int = 0
    waiting: int = 0
    seconds: float = 0.0
    faults: list[Fault] = field(default_factory=list)
    more: int = 0

    def say(self, kind: str, words: str, *, entry: int | None = None, position: int | None = None) -> None:
        if len(self.faults) < MOST:
            self.faults.append(Fault(kind, words, entry, position))
        else:
            self.more += 1


def check(progress: Progress = lambda done, whole: None) -> Report:
    """Walk along the chain and keep what was found."""
    report = verify(progress)
    faults = [{"kind": each.kind, "words": each.words, "entry": each.entry} for each in report.faults]
    Check.objects.create(entries=report.entries, seconds=report.seconds, faults=faults)
    return report


def verify(
    progress: Progress = lambda done, whole: None,
    *,
    trusted: Sequence[PublicKey] = (),
    notes: Sequence[str] = (),
) -> Report:
    """Recompute everything from the entries on. Writers and the sealer go on meanwhile.

    ``trusted``: the keys to believe, instead of this installation's own. ``notes``: checkpoints that were kept elsewhere,
    which the tree must continue; the one beside the data is always looked at.
    """
    began, report = time.monotonic(), Report()
    below = Horizon.objects.filter(pk=1).values_list("below", flat=True).first() or 0
    walk = _Walk(report, stored.size(), list(trusted) or keys.trusted())
    walk.take_checkpoints()
    for note in [*notes, witness.kept()]:
        walk.take_note(note)
    walk.go(progress)
    _look_behind(below, report)
    report.waiting = stored.waiting().count
    report.seconds = round(time.monotonic() - began, 2)
    return report


class _Walk:
    """One walk: the tree is grown again from the stored leaves, and compared wherever something is stated about it."""

    def __init__(self, report: Report, size: int, trusted: list[PublicKey]) -> None:
        self.report, self.size, self.trusted = report, size, trusted
        self.roots: dict[int, set[bytes]] = {}
        self.sure = 0  # up to here the tree is as it was signed
        self.lost = False  # the tree differs from here on; later roots can say nothing more

    def take_checkpoints(self) -> None:
        """The database's own checkpoints. The last one is as long as the tree: both are written together."""
        last = 0
        for size, note in Stored.objects.order_by("size").values_list("size", "note").iterator(CHUNK):
            self.report.checkpoints += 1
            last = size
            self._state(note, _("第 %(size)s 条处的检查点") % {"size": size}, size)
        # A batch that was sealed meanwhile brings its checkpoint with it.
        self.size = max(self.size, last)
        if last < self.size:
            words = _("序号 %(first)s 至 %(last)s 没有检查点签署。")
            self.report.say("unsigned", words % {"first": last, "last": self.size - 1}, position=last)

    def take_note(self, note: str) -> None:
        """A checkpoint that was kept elsewhere."""
        if note:
            self._state(note, _("另存的检查点"))

    def _state(self, note: str, what: str, size: int | None = None) -> None:
        for key in self.trusted:
            try:
                stated = key.open(note)
            except BadNote:
                continue
            if size in (None, stated.size) and stated.origin == key.name:
                self.roots.setdefault(stated.size, set()).add(stated.root)
                return
        words = _("%(what)s不是用可信的密钥签署的。") % {"what": what}
        self.report.say("forged", words, position=size)

    def go(self, progress: Progress) -> None:
        stored_nodes = Node.objects.values_list("level", "index", "hash").iterator(CHUNK)
        nodes = {(level, index): bytes(digest) for level, index, digest in stored_nodes}
        frontier, end = Frontier(), 0
        for position, entry, leaf, text, missing in _rows(self.size):
            if position != frontier.size and not self.lost:
                self._lose(frontier.size, position - 1, "removed")
            end = position + 1
            self._compare(position, entry, leaf, text, missing)
            for level, index, digest in frontier.append(leaf):
                if nodes.get((level, index)) != digest and level == 1:
                    self._lose(index << 8, (index << 8) + 255)
            if frontier.size in self.roots:
                self._arrive(frontier)
            if frontier.size % CHUNK == 0:
                progress(frontier.size, self.size)
        progress(frontier.size, self.size)
        self.report.entries = frontier.size
        self._look_ahead(end)

    def _compare(self, position: int, entry: int, leaf: bytes, text: bytes, missing: bool) -> None:
        where = {"entry": entry, "position": position}
        if missing:
            self.report.say(
                "removed",
                _("留痕 %(entry)s（序号 %(position)s）被删除。") % where,
                entry=entry,
                position=position,
            )
        elif leaf_hash(text) != leaf:
            self.report.say(
                "altered",
                _("留痕 %(entry)s（序号 %(position)s）被改动。") % where,
                entry=entry,
                position=position,
            )

    def _arrive(self, frontier: Frontier) -> None:
        """At the size of a checkpoint: is the tree the one that was signed?"""
        if self.roots[frontier.size] == {frontier.root()}:
            self.sure = frontier.size
        else:
            self._lose(self.sure, frontier.size - 1)

    def _lose(self, first: int, last: int, kind: str = "order") -> None:
        """From here on the tree differs from what was signed; told once, for everything after it differs too."""
        if self.lost:
            return
        self.lost = True
        words = {
            "order": _("序号 %(first)s 至 %(last)s 之间的记录与签署时不同：被改写、调换、插入或删除。"),
            "removed": _("序号 %(first)s 至 %(last)s 的记录被删除。"),
        }[kind]
        self.report.say(kind, words % {"first": max(first, self.sure), "last": last}, position=first)

    def _look_ahead(self, size: int) -> None:
        """A checkpoint beyond the end: the tail was cut off."""
        stated = max(self.roots, default=0)
        if stated > size:
            words = _("检查点签署过 %(stated)s 条，现在只有 %(size)s 条：末尾 %(lost)s 条被删除。")
            values = {"stated": stated, "size": size, "lost": stated - size}
            self.report.say("cut", words % values, position=size)


def _rows(size: int) -> Iterator[tuple[int, int, bytes, bytes, bool]]:
    for first in range(0, size, CHUNK):
        with connection.cursor() as cursor:
            cursor.execute(_ROWS, [first, min(first + CHUNK, size)])
            rows = cursor.fetchall()
        for position, entry, leaf, text, missing in rows:
            yield position, entry, bytes(leaf), bytes(text), missing


def _look_behind(below: int, report: Report) -> None:
    """Entries at or under the horizon that were never sealed: nobody writes there, so they were put in afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(_BEHIND, [below, MOST])
        for (entry,) in cursor.fetchall():
            words = _("留痕 %(entry)s 没有封存，是事后插入的。") % {"entry": entry}
            report.say("inserted", words, entry=entry)
