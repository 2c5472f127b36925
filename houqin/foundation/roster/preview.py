"""A plan as a page shows it, kept encrypted between two requests."""

from __future__ import annotations

import base64
import json
import zlib
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from houqin.foundation.roster import words
from houqin.foundation.roster.entries import CORRECTABLE
from houqin.foundation.roster.plan import Change, Kind, Outcome, Plan
from houqin.foundation.roster.planning import Wishes
from houqin.foundation.sealed.envelope import seal, unseal

_CONTEXT = "roster.draft"
Stored = bytes | memoryview


@dataclass
class Row:
    """One row: what becomes of it, and of a refused one what stands in it."""

    outcome: Outcome
    values: dict[str, str] = field(default_factory=dict)

    @property
    def at(self) -> str:
        return self.outcome.at

    @property
    def kind(self) -> str:
        return self.outcome.kind

    @property
    def kind_name(self) -> str:
        return str(words.KINDS[self.outcome.kind])

    @property
    def why(self) -> str:
        return words.why(self.outcome)

    @property
    def mend(self) -> str:
        return str(words.REASONS.get(self.outcome.reason, ("", ""))[1]) if self.kind == Kind.REFUSED else ""

    @property
    def fault(self) -> str:
        """Which value is to be put right, ``unit`` by choosing one."""
        return words.at_fault(self.outcome.reason)

    @property
    def fault_name(self) -> str:
        return str(words.FIELDS[self.fault])

    @property
    def fault_value(self) -> str:
        return self.values.get(self.fault, "")


@dataclass
class Preview:
    """What is told of an import."""

    rows: list[Row] = field(default_factory=list)
    warnings: list[dict[str, str]] = field(default_factory=list)
    tables: list[dict[str, Any]] = field(default_factory=list)
    without_people: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)

    @property
    def kinds(self) -> dict[str, int]:
        return dict(Counter(row.kind for row in self.rows))

    def only(self, kind: str) -> list[Row]:
        """The rows of a kind; all where it is none."""
        return [row for row in self.rows if row.kind == kind] if kind in set(Kind) else self.rows


def of_plan(plan: Plan, wishes: Wishes) -> Preview:
    """A plan for showing: rows in their order, refused ones with their values for putting right."""
    lines = {line.at: line for line in plan.found.lines}
    rows = []
    for outcome in plan.outcomes:
        line = lines.get(outcome.at)
        values = {}
        if line and outcome.kind == Kind.REFUSED:
            values = {name: getattr(line, name) for name in CORRECTABLE} | wishes.cells.get(outcome.at, {})
        elif line:
            values = {"unit": line.unit, "section": line.section}
        rows.append(Row(outcome, values))
    return Preview(
        rows,
        plan.warnings,
        [asdict(table) for table in plan.found.tables],
        plan.found.without_people,
        [known.name for known, at in plan.ended if not at],
        _reorganised(plan),
    )


def _reorganised(plan: Plan) -> list[str]:
    """Units and sections that change, each in a line."""
    said = [f"{unit.name} → {name}" for unit, name in plan.renamed_units]
    said += [f"{unit.name} {section.name} → {name}" for unit, section, name in plan.renamed_sections]
    said += [f"{merge.source.name} ⇒ {merge.target.name}" for merge in plan.merges]
    return said


def sealed(preview: Preview) -> bytes:
    """A preview as it is stored."""
    return seal_bytes(json.dumps(asdict(preview), ensure_ascii=False).encode())


def opened(data: Stored | None) -> Preview:
    """A stored preview; an empty one where there is none."""
    if data is None:
        return Preview()
    given = json.loads(open_bytes(data))
    rows = []
    for row in given.pop("rows"):
        outcome = row["outcome"]
        changes = [Change(**each) for each in outcome.pop("changes")]
        near = [(pk, name) for pk, name in outcome.pop("near")]
        kind = Kind(outcome.pop("kind"))
        rows.append(Row(Outcome(**outcome, kind=kind, changes=changes, near=near), row["values"]))
    return Preview(rows=rows, **given)


def seal_bytes(content: bytes) -> bytes:
    """Bytes compressed and encrypted."""
    return seal(base64.b64encode(zlib.compress(content, 3)).decode(), _CONTEXT, sought="")


def open_bytes(data: Stored) -> bytes:
    """What :func:`seal_bytes` was given."""
    return zlib.decompress(base64.b64decode(unseal(bytes(data), _CONTEXT)))


def seal_wishes(wishes: Wishes) -> bytes:
    return seal_bytes(json.dumps(asdict(wishes), ensure_ascii=False).encode())


def open_wishes(data: Stored | None) -> Wishes:
    return Wishes(**json.loads(open_bytes(data))) if data else Wishes()
