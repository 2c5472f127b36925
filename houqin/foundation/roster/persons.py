"""What changes for one person, and what is told of each row."""

from __future__ import annotations

from houqin.foundation.roster.entries import Entry
from houqin.foundation.roster.known import Known, KnownPerson
from houqin.foundation.roster.plan import Change, Kind, Outcome, PersonPlan, Place, Plan
from houqin.foundation.roster.units import Directory, Section, Unit

_Joined = dict[int, Section]


def compare(person: PersonPlan, known: Known, plan: Plan, joined: _Joined) -> None:
    """Put a person among the added, changed or ended of the plan; nothing where all is as it was."""
    if person.known is None:
        _new(person, plan)
        return
    if person.left:
        if person.known.administrator and not person.known.ended:
            person.main.refuse("administrator_left")
        elif not person.known.ended:
            plan.ended.append((person.known, person.main.at))
        return
    _values(person)
    _places(person, known, joined)
    if person.changes or person.added_posts or person.ended_posts:
        plan.changed.append(person)


def _new(person: PersonPlan, plan: Plan) -> None:
    entry = person.main
    person.values = {
        "name": entry.name,
        "id_number": entry.id_number,
        "mobile": entry.mobile,
        "post": entry.line.post,
    }
    if person.left:
        plan.left_new.append(person)
        return
    assert person.place is not None
    person.added_posts = list(dict.fromkeys([person.place, *person.posts], None))
    plan.added.append(person)


def _values(person: PersonPlan) -> None:
    """Values that the roster gives and the database has not; an empty cell takes nothing away."""
    known, entry = person.known, person.main
    assert known is not None
    for field, before, after in (
        ("name", known.name, entry.name),
        ("id_number", known.id_number, entry.id_number),
        ("mobile", known.mobile, entry.mobile),
        ("post", known.post, entry.line.post),
    ):
        if after and after != before:
            person.values[field] = after
            person.changes.append(Change(field, before, after))
    if known.ended:
        person.values["ended"] = ""
        person.changes.append(Change("ended", "1", ""))


def _places(person: PersonPlan, known: Known, joined: _Joined) -> None:
    """Section and posts as the roster has them, renamed and merged sections counting as the same."""
    held, place = person.known, person.place
    assert held is not None
    assert place is not None
    where = known.where_cached()
    now = _pk(place)
    before = joined[held.organisation].pk if held.organisation in joined else held.organisation
    if before != now or now is None:
        person.moved = True
        person.values["place"] = ""
        person.changes.append(Change("section", _said(where.get(held.organisation)), _said(place)))
    posts = {(joined[at].pk if at in joined else at): pks for at, pks in held.posts.items()}
    wanted = [place, *person.posts]
    if person.moved or held.ended or person.posts:
        for each in wanted:
            if _pk(each) is None or _pk(each) not in posts:
                person.added_posts.append(each)
    keep = {_pk(each) for each in wanted}
    for at, pks in posts.items():
        if at not in keep and (at == before or len(posts) > 1):
            person.ended_posts += pks
    if (person.added_posts or person.ended_posts) and not person.moved:
        person.changes.append(
            Change(
                "posts", "、".join(_said(where.get(at or 0)) for at in posts), "、".join(map(_said, wanted))
            )
        )


def _pk(place: Place) -> int | None:
    unit, section = place
    return section.pk if section else unit.pk


def _said(place: tuple[Unit, Section | None] | None) -> str:
    if place is None:
        return ""
    unit, section = place
    return f"{unit.name} {section.name}" if section else unit.name


def outcomes(
    plan: Plan, entries: list[Entry], people: list[PersonPlan], repeated: set[int], directory: Directory
) -> None:
    """Say of every row of the workbook, in its order, what becomes of it."""
    by_entry = {id(entry): person for person in people for entry in person.entries}
    added, changed = {id(each) for each in plan.added}, {id(each) for each in plan.changed}
    ended: dict[str, KnownPerson] = {at: known for known, at in plan.ended if at}
    gone = {id(each) for each in plan.left_new}
    told = []
    for entry in entries:
        outcome = Outcome(entry.at, Kind.SAME, entry.name)
        person = by_entry.get(id(entry))
        if entry.reason:
            _refused(outcome, entry, directory)
        elif id(entry) in repeated:
            outcome.kind, outcome.other = Kind.REPEATED, person.main.at if person else ""
        elif person is not None and entry.left and not person.left:
            outcome.kind, outcome.other = Kind.ELSEWHERE, person.main.at
        elif person is not None and (id(person) in gone or entry.at in ended):
            outcome.kind, outcome.reason = Kind.ENDED, entry.line.remark
        elif person is not None and id(person) in added:
            outcome.kind = Kind.ADDED
            outcome.changes = [Change("section", "", _said((entry.unit, None)) if entry.unit else "")]
            outcome.changes[0].after += f" {entry.section}" if entry.section else ""
        elif person is not None and id(person) in changed:
            outcome.kind, outcome.changes = Kind.CHANGED, person.changes
        told.append((entry.order, outcome))
    plan.outcomes = [outcome for _order, outcome in told]
    plan.outcomes += [Outcome(at, Kind.IGNORED, reason=kind) for at, kind in plan.found.ignored]


def _refused(outcome: Outcome, entry: Entry, directory: Directory) -> None:
    outcome.kind, outcome.reason = Kind.REFUSED, entry.reason
    outcome.other = entry.other
    if entry.reason == "unknown_unit":
        outcome.near = [(unit.pk or 0, unit.name) for unit in directory.near(entry.unit_text)]
