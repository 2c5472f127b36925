"""From what a paper says to a PDF that looks the same on every screen: fonts embedded, archivable (PDF/A-2a)."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import segno
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from houqin.exchange.papers.declare import Code, Facts, Paper, Prose, Table

_TYPESETTER = Path(__file__).with_name("typeset.py")
#: Two thousand rows take two.
_PATIENCE_SECONDS = 60


def pdf(paper: Paper, *, organisation: str, by: str) -> bytes:
    """``paper`` as a file; ``organisation`` stands in its head, and who printed it when in its foot."""
    at = timezone.localtime()
    said = {
        "title": paper.title,
        "number": paper.number,
        "parts": [_part(each) for each in paper.parts],
        "signatures": list(paper.signatures),
        "code": _code(paper.code),
        "note": paper.note,
        "wide": paper.wide,
        "organisation": organisation,
        "product": _("数智后勤"),
        "language": "zh" if (get_language() or "zh").startswith("zh") else "en",
        "foot": _("%(name)s 打印于 %(at)s") % {"name": by, "at": f"{at:%Y-%m-%d %H:%M}"}
        if by
        else f"{at:%Y-%m-%d %H:%M}",
        "page": _("第 {n} 页 共 {of} 页"),
    }
    return subprocess.run(
        [sys.executable, "-I", str(_TYPESETTER)],
        input=json.dumps(said, ensure_ascii=False).encode(),
        stdout=subprocess.PIPE,
        check=True,
        timeout=_PATIENCE_SECONDS,
    ).stdout


def _part(part: Facts | Table | Prose) -> dict[str, Any]:
    if isinstance(part, Facts):
        return {"kind": "facts", "title": part.title, "rows": [list(each) for each in part.rows if each[1]]}
    if isinstance(part, Prose):
        return {"kind": "prose", "title": part.title, "text": part.text}
    rows = [[str(cell) for cell in row] for row in part.rows]
    return {
        "kind": "table",
        "title": part.title,
        "heads": list(part.heads),
        "widths": list(part.widths),
        "rows": rows,
    }


def _code(code: Code | None) -> dict[str, str] | None:
    if code is None:
        return None
    out = io.BytesIO()
    segno.make(code.address, error="m", micro=False).save(out, kind="svg", xmldecl=False, border=2)
    return {"svg": out.getvalue().decode(), "words": code.words, "address": code.address}
