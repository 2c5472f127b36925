"""Every step of a case through the API, beside the writing floor.

Cases are prepared by the very steps that are measured: what one step leaves behind the next one takes up. The first
cases of each step are carried out in this process to count its statements, the others by the client.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from bench import items, wrk
from bench.house import House
from bench.measure import cpu_ratio, line, middle, spent, statements_of_post, used, whole

CLIENTS = 8
LEAST_THROUGHPUT = 1 / 3
#: Calls of each step that go before the measured ones: every connection of the server has seen its statements by then.
WARM = 100
#: The calls of a step are sent in so many parts, each between two runs of the floor.
ROUNDS = 5
#: Seconds in which the last calls, which the client does not wait for, come to their end.
SETTLE = 0.5
API = "/api/v1"
#: One of each trade that has a section of several people.
FAULTS = ("water.tap", "power.socket", "air.cold", "doors.lock", "network.phone", "cleaning.floor")
FLOOR = "/floor/rows"

Body = dict[str, Any]


@dataclass
class Desk:
    """Who sends what: tokens of people, and the cases on their way."""

    house: House
    tokens: dict[int, str] = field(default_factory=dict)
    others: dict[tuple[int, int | None], list[int]] = field(default_factory=dict)

    def token(self, person: int) -> str:
        from houqin.exchange.tokens import create_token
        from houqin.foundation.people.models import Person

        if person not in self.tokens:
            someone = Person.objects.get(pk=person)
            if not someone.username:
                someone.username = f"bench-{person}"
                someone.save(update_fields=["username"])
            self.tokens[person] = create_token(someone.username)
        return self.tokens[person]

    def on_task(
        self, numbers: Iterable[str], verb: str, body: Callable[[Any], Body], of: int | None = None
    ) -> list[wrk.Call]:
        """The verb on the first open task of each case, by whoever has it (or of ``of``)."""
        from houqin.affairs.models import Task

        tasks = Task.objects.filter(state="open", case__number__in=list(numbers)).select_related(
            "case__section", "case__place", "section"
        )
        first: dict[str, Any] = {}
        for task in tasks.order_by("-id"):
            if of is None or task.assignee_id == of:
                first[task.case.number] = task
        return [
            self._call(number, verb, self._holder(task), {"task": task.pk, **body(task)})
            for number, task in sorted(first.items())
        ]

    def by_applicant(self, numbers: Iterable[str], verb: str, **body: Any) -> list[wrk.Call]:
        """The applicant's verb at each case's present version."""
        from houqin.affairs.models import Case

        return [
            self._call(case.number, verb, case.applicant_id, {"version": case.version, **body})
            for case in Case.objects.filter(number__in=list(numbers)).order_by("id")
        ]

    def _call(self, number: str, verb: str, person: int, body: Body) -> wrk.Call:
        return f"{API}/cases/{number}/{verb}", self.token(person), json.dumps(body, ensure_ascii=False)

    def _holder(self, task: Any) -> int:
        if task.assignee_id:
            return int(task.assignee_id)
        return self.able(task, "affairs.handle" if task.kind == "handle" else "affairs.dispatch")[0]

    def able(self, task: Any, permission: str) -> list[int]:
        """Ids of people of the task's section with the permission over its case."""
        from houqin.foundation.people import scope

        section, place = task.section or task.case.section, task.case.place
        key = (section.pk, place.pk if place else None)
        if (key_ := (*key, permission)) not in self.others:  # type: ignore[comparison-overlap]
            found = scope.holders(
                permission,
                organisation_path=section.path,
                place_path=place.path if place else "",
                service=task.case.service,
            )
            self.others[key_] = list(found.values_list("pk", flat=True))  # type: ignore[index]
        return self.others[key_]  # type: ignore[index]

    def another(self, task: Any) -> int:
        """Somebody else who could have the task."""
        return next(pk for pk in self.able(task, "affairs.handle") if pk != task.assignee_id)


def measure(house: House) -> bool:
    """Print a line for each step; whether all passed."""
    count = WARM + (160 if house.quick else 640)
    desk = Desk(house)
    return all([*_repairs(desk, count), *_withdrawn(desk, count), *_approvals(desk, count)])


def _repairs(desk: Desk, count: int) -> Iterable[bool]:
    """A repair from the report to the rating, by way of everything that can happen to it."""
    numbers, calls = desk_numbers(), _reports(desk, count)
    yield _step(desk, "submit", calls)
    new = sorted(desk_numbers() - numbers)
    yield _step(desk, "accept", desk.on_task(new, "accept", lambda task: {}))
    yield _step(desk, "arrive", desk.on_task(new, "arrive", lambda task: {}))
    reason = {"comment": "请说明具体位置和故障现象。"}
    yield _step(desk, "request_supplement", desk.on_task(new, "request_supplement", lambda task: reason))
    yield _step(
        desk, "supplement", desk.by_applicant(_in(new, "waiting_applicant"), "supplement", comment="在窗边。")
    )
    to = lambda task: {"comment": "请就近处理。", "person": desk.another(task)}  # noqa: E731
    yield _step(desk, "transfer", desk.on_task(_in(new, "open"), "transfer", to))
    done: Callable[[Any], Body] = lambda task: {"comment": "已更换配件，试用正常。"}  # noqa: E731
    yield _step(desk, "complete", desk.on_task(_in(new, "open"), "complete", done))
    yield _step(desk, "reopen", desk.by_applicant(_in(new, "confirming"), "reopen", comment="又坏了。"))
    _do(desk, desk.on_task(_in(new, "open"), "complete", done))
    yield _step(desk, "confirm", desk.by_applicant(_in(new, "confirming"), "confirm"))
    yield _step(desk, "rate", desk.by_applicant(_in(new, "completed"), "rate", stars=5, comment="来得快。"))


def _withdrawn(desk: Desk, count: int) -> Iterable[bool]:
    numbers = desk_numbers()
    _do(desk, _reports(desk, count, skip=count))
    new = sorted(desk_numbers() - numbers)
    yield _step(desk, "remind", desk.by_applicant(_in(new, "open"), "remind"))
    yield _step(desk, "withdraw", desk.by_applicant(_in(new, "open"), "withdraw"))


def _approvals(desk: Desk, count: int) -> Iterable[bool]:
    """The verbs of approval and dispatch, on the benchmarks' own item."""
    from houqin.foundation.people.models import Person

    added = Person.objects.get(username="manager").pk
    numbers = desk_numbers()
    _do(desk, _asked(desk, count))
    new = sorted(desk_numbers() - numbers)
    more = {"comment": "请会同审核。", "person": added}
    nothing: Callable[[Any], Body] = lambda task: {}  # noqa: E731
    why: Callable[[Any], Body] = lambda task: {"comment": "请补充预算依据。"}  # noqa: E731
    to: Callable[[Any], Body] = lambda task: {"person": desk.able(task, "affairs.handle")[0]}  # noqa: E731
    yield _step(desk, "add_approver", desk.on_task(new, "add_approver", lambda task: more))
    _do(desk, desk.on_task(new, "approve", nothing, of=added))
    yield _step(desk, "approve", desk.on_task(new, "approve", nothing))
    yield _step(desk, "return_step", desk.on_task(_at(new, 1), "return_step", why))
    for _again in range(2):
        _do(desk, desk.on_task(_at(new, 0), "approve", nothing))
    yield _step(desk, "dispatch", desk.on_task(_at(new, 1), "dispatch", to))
    numbers = desk_numbers()
    _do(desk, _asked(desk, count))
    yield _step(desk, "refuse", desk.on_task(sorted(desk_numbers() - numbers), "refuse", why))


def desk_numbers() -> set[str]:
    """Numbers of all cases there are."""
    from houqin.affairs.models import Case

    return set(Case.objects.values_list("number", flat=True))


def _in(numbers: list[str], state: str) -> list[str]:
    from houqin.affairs.models import Case

    return list(Case.objects.filter(number__in=numbers, state=state).values_list("number", flat=True))


def _at(numbers: list[str], step: int) -> list[str]:
    from houqin.affairs.models import Case

    found = Case.objects.filter(number__in=numbers, state="open", step=step)
    return list(found.values_list("number", flat=True))


def _applicants() -> list[int]:
    """Colleagues of the demo's `staff`: their head approves for them."""
    from houqin.foundation.people.models import Person

    staff = Person.objects.get(username="staff")
    head = Person.objects.get(username="head")
    same = Person.objects.active().filter(organisation=staff.organisation).exclude(pk=head.pk)
    return list(same.order_by("id").values_list("pk", flat=True)[:20])


def _reports(desk: Desk, count: int, skip: int = 0) -> list[wrk.Call]:
    """Reports at as many places, of several trades in turn: no section drowns in a backlog that it would never have."""
    from houqin.foundation.places.models import Place

    who = [desk.token(each) for each in _applicants()]
    places = Place.objects.filter(kind="space", ended_on__isnull=True).order_by("id")[skip : skip + count]
    return [
        (
            f"{API}/items/repairs.report/cases",
            who[index % len(who)],
            json.dumps({"place": place.code, "fault": FAULTS[index % len(FAULTS)], "description": "又坏了"}),
        )
        for index, place in enumerate(places)
    ]


def _asked(desk: Desk, count: int) -> list[wrk.Call]:
    from houqin.affairs.models import Route
    from houqin.foundation.people.models import Person

    section = Person.objects.get(username="worker").organisation
    Route.objects.get_or_create(item_code=items.CODE, defaults={"section": section})
    who = [desk.token(each) for each in _applicants()]
    body = json.dumps({"what": "申请增配会议平板"}, ensure_ascii=False)
    return [(f"{API}/items/{items.CODE}/cases", who[index % len(who)], body) for index in range(count)]


def _do(desk: Desk, calls: list[wrk.Call]) -> None:
    """Carry the calls out, unmeasured; a handful by this process itself."""
    if len(calls) > 4 * CLIENTS:
        _run(desk, calls)
        return
    for call in calls:
        statements_of_post(*call)


def _step(desk: Desk, name: str, calls: list[wrk.Call]) -> bool:
    """Measure one step in parts, each between two runs of the floor, and print its line. The median of the parts counts: a
    vacuum, or a processor that changes its speed, is somewhere in most runs and seldom in most parts."""
    person = _applicants()[0]
    bare = [(FLOOR, desk.token(person), "{}")] * max(200, len(calls) // ROUNDS)
    _do(desk, bare[:WARM])
    # Counted as in a process that has been at work: the first calls of this one fill what it keeps of the configuration.
    counted = [call for call in calls if call[1] == calls[0][1]][: 2 * len(FAULTS)]
    statements, told = [statements_of_post(*call) for call in counted][-1]
    calls = [call for call in calls if call not in counted]
    floor_statements, _ = statements_of_post(*bare[0])
    if os.environ.get("BENCH_SQL"):
        print(name, *told, sep="\n    ", file=sys.stderr)
    _do(desk, calls[:WARM])
    floors, parts = [_run(desk, bare)], []
    for part in range(ROUNDS):
        parts.append(_run(desk, calls[WARM:][part::ROUNDS]))
        floors.append(_run(desk, bare))
    beside = [middle([before.a_second, after.a_second]) for (before, _), (after, _) in pairwise(floors)]
    ratio = middle(run.a_second / floor for (run, _), floor in zip(parts, beside, strict=True))
    share = max(run.share for run, _ in floors + parts)
    void = share > wrk.MOST_SHARE
    return line(
        f"step: {name}",
        figure=_side(parts, statements),
        limit=_side(floors, floor_statements),
        ratio=round(ratio, 3),
        bound=f">= {LEAST_THROUGHPUT:.3f}",
        cpu_ratio=cpu_ratio([each for _, each in floors], [each for _, each in parts]),
        clients=CLIENTS,
        client_share=round(share, 3),
        strangers_share=round(middle(each["strangers"] for _, each in floors + parts), 3),
        void=void,
        **{"pass": ratio >= LEAST_THROUGHPUT and not void},
    )


def _side(runs: list[tuple[wrk.Run, dict[str, float]]], statements: int) -> dict[str, Any]:
    """One side of a line, by the medians of its runs."""
    costs = {part: middle(each[part] for _, each in runs) for part in ("web", "database", "worker")}
    return {
        "requests_a_second": round(middle(run.a_second for run, _ in runs), 1),
        "statements": statements,
        "cpu_ms": whole(costs),
    }


def _run(desk: Desk, calls: list[wrk.Call]) -> tuple[wrk.Run, dict[str, float]]:
    before = used(desk.house)
    run = wrk.feed(desk.house.base, calls, connections=CLIENTS)
    time.sleep(SETTLE)
    return run, spent(before, used(desk.house), run.requests, run.share)
