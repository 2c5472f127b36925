"""`python -m bench [SUBJECT …] [--quick] [--keep FOLDER]`: one JSON line for each figure.

Exit code 1 when a bound is not met or a run is void, 2 when the load client is missing.
"""

from __future__ import annotations

import argparse
import sys

from bench import wrk
from bench.house import house

SUBJECTS = ("load", "roster", "bytes", "pages", "steps", "memory", "trail", "gates", "booking")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "subjects", nargs="*", metavar="SUBJECT", help=f"of {', '.join(SUBJECTS)}; default: all"
    )
    parser.add_argument("--quick", action="store_true", help="short runs: for a look, not for a verdict")
    parser.add_argument("--keep", default="", metavar="FOLDER", help="use this data directory and leave it")
    given = parser.parse_args()
    if unknown := set(given.subjects) - set(SUBJECTS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    try:
        wrk.find()
    except wrk.NoClient as missing:
        print(missing, file=sys.stderr)
        return 2
    return 0 if _run([each for each in SUBJECTS if each in (given.subjects or SUBJECTS)], given) else 1


def _run(subjects: list[str], given: argparse.Namespace) -> bool:
    passed = True
    with house(given.quick, given.keep) as made:
        import django

        django.setup()
        from importlib import import_module

        for subject in subjects:
            if subject not in ("load", "roster", "trail") and made.server is None:
                made.start()
            try:
                passed &= import_module(f"bench.{subject}").measure(made)
            except wrk.Failed as failed:
                print(f"{subject}: {failed}", file=sys.stderr)
                passed = False
    return passed


if __name__ == "__main__":
    sys.exit(main())
