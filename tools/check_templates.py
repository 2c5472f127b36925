"""No inline script or style in any template: the content security policy would refuse it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1] / "houqin"
RULES = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=[\"']application/(ld\+)?json)", re.I),
    "inline style": re.compile(r"<style\b", re.I),
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "javascript: address": re.compile(r"[\"']\s*javascript:", re.I),
}
COMMENT = re.compile(r"\{#.*?#\}|\{% comment.*?endcomment %\}|<!--.*?-->", re.S)


def faults(path: Path) -> list[str]:
    """What is inline in one template, as `file:line: what`."""
    text = COMMENT.sub(lambda found: "\n" * found.group().count("\n"), path.read_text(encoding="utf-8"))
    found = []
    for what, rule in RULES.items():
        for match in rule.finditer(text):
            found.append(
                f"{path.relative_to(ROOT.parent)}:{text.count(chr(10), 0, match.start()) + 1}: {what}"
            )
    return found


def main() -> int:
    found = [fault for path in sorted(ROOT.rglob("templates/**/*.html")) for fault in faults(path)]
    print("\n".join(found) if found else "Templates: nothing inline.")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
