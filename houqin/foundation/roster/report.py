"""What the command prints: for people, and as the contract's JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.utils.translation import gettext as _

from houqin.foundation.roster import words
from houqin.foundation.roster.columns import LABELS, Meaning
from houqin.foundation.roster.plan import Kind, Outcome, Plan
from houqin.foundation.roster.preview import Row

MOST_LISTED = 200


def as_json(plan: Plan, *, applied: bool) -> str:
    """``counts``, ``refused`` and ``warnings`` as the contract has them, and what became of every other row."""
    rows = plan.outcomes
    told = {
        "counts": plan.counts,
        "refused": [_refused(row) for row in rows if row.kind == Kind.REFUSED],
        "warnings": plan.warnings,
        "ignored": [{"at": row.at, "kind": row.reason} for row in rows if row.kind == Kind.IGNORED],
        "units": [
            {"name": unit.name, "also_written": sorted(unit.spellings | {text for each, text in plan.spellings if each is unit})}
            for unit in plan.units
        ],
        "sections_renamed": [
            {"unit": unit.name, "before": section.name, "after": name} for unit, section, name in plan.renamed_sections
        ],
        "units_renamed": [{"before": unit.name, "after": name} for unit, name in plan.renamed_units],
        "units_merged": [{"unit": each.source.name, "into": each.target.name} for each in plan.merges],
        "sheets_without_people": plan.found.without_people,
        "applied": applied,
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, indent=2)


def _refused(row: Outcome) -> dict[str, object]:
    told: dict[str, object] = {"at": row.at, "reason": row.reason, "name": row.name or None}
    if row.other:
        told["other"] = row.other
    if row.near:
        told["near"] = [name for _pk, name in row.near]
    return told


def as_text(plan: Plan, *, applied: bool) -> str:
    """A report to read at a terminal; numbers are masked."""
    return "\n".join(_lines(plan, applied))


def _lines(plan: Plan, applied: bool) -> Iterator[str]:
    yield words.summary(plan.counts, done=applied)
    for table in plan.found.tables:
        said = (
            f"{column.label.split()[0] if column.label.split() else '?'}={LABELS[column.meaning]}"
            for column in table.columns
            if column.meaning not in (Meaning.OTHER, Meaning.NUMBER)
        )
        yield _("%(sheet)s：表头在第 %(row)d 行，%(columns)s") % {
            "sheet": table.sheet,
            "row": table.header_row,
            "columns": _("、").join(said),
        }
    yield from _reorganised(plan)
    yield from _listed(plan, Kind.REFUSED, _("未接收的行："))
    yield from _listed(plan, Kind.CHANGED, _("变更："))
    yield from _listed(plan, Kind.ENDED, _("离开："))
    gone = [known.name for known, at in plan.ended if not at]
    if gone:
        yield ""
        yield _("名单中已没有，按离开处理：%(names)s") % {"names": _("、").join(gone[:MOST_LISTED])}
    if plan.warnings:
        yield ""
        yield _("提请注意：")
        yield from (f"  {words.warning(row)}" for row in plan.warnings[:MOST_LISTED])


def _reorganised(plan: Plan) -> Iterator[str]:
    for unit, section, name in plan.renamed_sections:
        yield _("科室更名：%(unit)s %(before)s → %(after)s") % {
            "unit": unit.name,
            "before": section.name,
            "after": name,
        }
    for unit, name in plan.renamed_units:
        yield _("单位更名：%(before)s → %(after)s") % {"before": unit.name, "after": name}
    for merge in plan.merges:
        yield _("单位合并：%(unit)s 并入 %(into)s") % {"unit": merge.source.name, "into": merge.target.name}


def _listed(plan: Plan, kind: Kind, title: str) -> Iterator[str]:
    rows = [row for row in plan.outcomes if row.kind == kind]
    if not rows:
        return
    yield ""
    yield title
    for row in rows[:MOST_LISTED]:
        shown = Row(row)
        mend = f" {shown.mend}" if shown.mend else ""
        near = (
            _("（是否为 %(names)s）") % {"names": _("、").join(name for _pk, name in row.near)}
            if row.near
            else ""
        )
        yield f"  {row.at} {row.name} {shown.why}{near}{'。' if mend else ''}{mend}"
    if len(rows) > MOST_LISTED:
        yield _("  ……另有 %(n)d 行") % {"n": len(rows) - MOST_LISTED}
