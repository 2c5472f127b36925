"""A service reaches another one only through its `actions` and `queries`, and never in a circle."""

from __future__ import annotations

import ast
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

SERVICES = Path(__file__).resolve().parents[1] / "houqin" / "services"
OPEN = {"actions", "queries"}


def imported(path: Path) -> list[tuple[int, str]]:
    """Line and full name of everything a file imports."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return found


def main() -> int:
    found: list[str] = []
    graph: dict[str, set[str]] = {}
    for path in sorted(SERVICES.rglob("*.py")):
        mine = path.relative_to(SERVICES).parts[0]
        for line, name in imported(path):
            parts = name.split(".")
            if parts[:2] != ["houqin", "services"] or len(parts) < 3 or parts[2] == mine:
                continue
            graph.setdefault(mine, set()).add(parts[2])
            if len(parts) < 4 or parts[3] not in OPEN:
                found.append(f"{path.relative_to(SERVICES.parents[1])}:{line}: {name} is not open to {mine}")
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        found.append(f"services call each other in a circle: {' → '.join(circle.args[1])}")
    print("\n".join(found) if found else "Services: only through actions and queries.")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
