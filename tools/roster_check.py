"""Import the rosters of a folder into databases of their own and compare with what an import should find.

`python tools/roster_check.py FOLDER` looks for `NAME.xlsx` with `NAME.expected.json` beside it, and for the two months of
`city-units-2026-10.xlsx` and `city-units-2026-11.xlsx`. Prints a line for each comparison; exit code 1 where one differs.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from houqin.project import installation

#: What the second month of the city changes, and the first one founds.
FIRST = {"units": 128, "sections": 774, "people_added": 7855, "people_ended": 32, "rows_refused": 17, "rows_repeated": 2,
         "second_posts": 6, "rows": 7912}  # fmt: skip
SECOND = {"people_added": 32, "people_moved": 40, "people_changed": 50, "people_ended": 25, "people_no_longer_listed": 15,
          "sections_renamed": 3, "units_merged": 1, "units_added": 0, "sections_added": 0, "rows_refused": 17}  # fmt: skip
NOTHING = {"people_added": 0, "people_changed": 0, "people_ended": 0, "units_added": 0, "sections_added": 0}


class Check:
    """Comparisons, each told in a line."""

    def __init__(self) -> None:
        self.passed = True

    def same(self, what: str, found: Any, wanted: Any) -> None:
        well = found == wanted
        self.passed &= well
        print(
            f"{'ok  ' if well else 'DIFF'} {what}" + ("" if well else f": found {found!r}, wanted {wanted!r}")
        )

    def counts(self, what: str, found: dict[str, int], wanted: dict[str, int]) -> None:
        self.same(what, {key: found[key] for key in wanted}, wanted)


def imported(file: Path) -> Any:
    from houqin.foundation.roster import actions
    from houqin.foundation.trail.actors import SYSTEM

    return actions.import_file(SYSTEM, name=file.name, content=file.read_bytes())


def expected(check: Check, file: Path, wanted: dict[str, Any]) -> None:
    """One file with its expectation, into an empty system, and once more."""
    plan = imported(file)
    name, counts = file.name, plan.counts
    for ours, theirs in (("units", "units"), ("sections", "sections"), ("people_added", "people_added_active"),
                         ("people_ended", "people_marked_left"), ("rows_refused", "rows_refused"),
                         ("rows_ignored", "rows_ignored"), ("rows", "person_rows")):  # fmt: skip
        check.same(f"{name} {theirs}", counts[ours], wanted["counts"][theirs])
    refused = {(row.at, row.reason) for row in plan.outcomes if row.kind == "refused"}
    check.same(f"{name} refused", refused, {(row["at"], row["reason"]) for row in wanted["refused"]})
    told = {(row["at"], row["warning"], row.get("other")) for row in plan.warnings}
    check.same(
        f"{name} warnings",
        told,
        {(row["at"], row["warning"], row.get("other")) for row in wanted["warnings"]},
    )
    check.same(
        f"{name} ignored", set(plan.found.ignored), {(row["at"], row["kind"]) for row in wanted["ignored"]}
    )
    check.same(
        f"{name} without people", set(plan.found.without_people) - set(wanted["sheets_without_people"]), set()
    )
    check.same(f"{name} people", set(people_stored()), set(people_wanted(wanted["people"])))
    check.counts(f"{name} again", imported(file).counts, NOTHING)


def people_stored() -> Iterable[tuple[Any, ...]]:
    """Everybody with where they are appointed; who has left is nowhere."""
    from houqin.foundation.people.models import Person

    for person in Person.objects.prefetch_related("appointments__organisation__parent"):
        held = [each.organisation for each in person.appointments.all() if each.to_on is None]
        places = tuple(sorted((each.parent.name, each.name) for each in held))
        yield person.name, person.id_number.clear, person.phone.clear, person.is_active, places


def people_wanted(people: list[dict[str, Any]]) -> Iterable[tuple[Any, ...]]:
    ended = {row["at"] for person in people for row in person["appointments"] if row.get("ended")}
    for person in people:
        held = [row for row in person["appointments"] if row["at"] not in ended] if person["active"] else []
        places = tuple(sorted({(row["unit"], row["section"]) for row in held}))
        yield person["name"], person["id"] or "", person["phone"] or "", person["active"], places


def city(check: Check, first: Path, second: Path) -> None:
    """Two months of one organisation, the second one twice."""
    check.counts(first.name, imported(first).counts, FIRST)
    check.counts(f"{first.name} again", imported(first).counts, NOTHING)
    plan = imported(second)
    check.counts(second.name, plan.counts, SECOND)
    unknown = sum(row.reason == "unknown_unit" for row in plan.outcomes)
    mobiles = sum(any(change.field == "mobile" for change in each.changes) for each in plan.changed)
    check.same(f"{second.name} unknown units, new numbers", (unknown, mobiles), (2, 10))
    check.counts(f"{second.name} again", imported(second).counts, NOTHING)


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    folder, check = Path(sys.argv[1]), Check()
    with tempfile.TemporaryDirectory(prefix="houqin-roster-") as data:
        Path(data).chmod(0o755)
        os.environ.update(HOUQIN_DATA_DIR=data, DJANGO_SETTINGS_MODULE="houqin.project.settings")
        given = installation.prepare()
        with installation.database(given, lambda text: None):
            run(check, folder)
    return 0 if check.passed else 1


def run(check: Check, folder: Path) -> None:
    import django

    django.setup()
    from django.db import connections, transaction

    from houqin.project import prepare

    prepare.migrate()
    for file in sorted(folder.glob("*.xlsx")):
        beside = file.with_name(f"{file.stem}.expected.json")
        if beside.exists():
            with transaction.atomic():
                expected(check, file, json.loads(beside.read_text(encoding="utf-8")))
                transaction.set_rollback(True)
    months = [folder / f"city-units-2026-{month}.xlsx" for month in (10, 11)]
    if all(month.exists() for month in months):
        with transaction.atomic():
            city(check, *months)
            transaction.set_rollback(True)
    connections.close_all()


if __name__ == "__main__":
    sys.exit(main())
