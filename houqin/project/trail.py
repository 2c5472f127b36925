"""`houqin trail verify`: the walk along the trail, told at a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict

from houqin.foundation.trail import checking
from houqin.foundation.trail.notes import PublicKey


def verify(trusted: Sequence[str], notes: Sequence[str], say: Callable[[str], None]) -> checking.Report:
    """Walk along, saying how far it is. ``trusted``: public keys as text. Raises ValueError for what is no key."""
    keys = [PublicKey.read(each) for each in trusted]
    return checking.verify(lambda done, whole: say(f"  {done:,} of {whole:,}"), trusted=keys, notes=notes)


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
