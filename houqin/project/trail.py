"""`houqin trail verify`: the walk along the trail, told at a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict

from houqin.foundation.trail import checking, rotation
from houqin.foundation.trail.notes import PublicKey


def verify(trusted: Sequence[str], notes: Sequence[str], say: Callable[[str], None]) -> checking.Report:
    """Walk along, saying how far it is. ``trusted``: public keys as text. Raises ValueError for what is no key."""
    keys = [PublicKey.read(each) for each in trusted]
    return checking.verify(lambda done, whole: say(f"  {done:,} of {whole:,}"), trusted=keys, notes=notes)


def rotate() -> str:
    """Another key takes over; what to note, and what is left to do."""
    done = rotation.rotate()
    after = f"Note the new public key outside this machine:\n{done.after}"
    handover = f"Checkpoint signed by the former key and the new one, to keep with it:\n{done.note}"
    if done.kept:
        return f"{after}\n\n{handover}\nKeep a copy of trail-key in its safe place."
    return f"Set HOUQIN_TRAIL_KEY to this, on every machine, and restart:\n{' '.join(done.text.split())}\n\n{after}\n\n{handover}"


def as_json(report: checking.Report) -> str:
    """The report as JSON."""
    return json.dumps(asdict(report), ensure_ascii=False, indent=1)


def as_text(report: checking.Report) -> str:
    """A line for each fault, and one that sums it up."""
    lines = [f"✗ {fault.words}" for fault in report.faults]
    if report.more:
        lines.append(f"✗ … and {report.more:,} more")
    waiting = f"; {report.waiting:,} not sealed yet" if report.waiting else ""
    verdict = "✗ Broken" if report.faults else "✓ Whole"
    checked = f"{report.entries:,} entries and {report.checkpoints:,} checkpoints in {report.seconds:g} s"
    return "\n".join([*lines, f"{verdict}: {checked}{waiting}."])
