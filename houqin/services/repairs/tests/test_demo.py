"""The demo tells a repair as the case engine does it: the same rows, column by column."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest
import time_machine
from django.db import models, transaction

from houqin.affairs.actions import perform, submit
from houqin.affairs.demo import ENTRY, entries
from houqin.affairs.demo import book as rows
from houqin.affairs.jobs import complete_silent, escalate_red, warn_amber
from houqin.affairs.models import Case, Event, Task
from houqin.foundation.demo import Somebody, World, moment, seconds_of
from houqin.foundation.notices.models import Notice
from houqin.foundation.people.models import Organisation, Person
from houqin.foundation.trail.models import Entry
from houqin.project import demo
from houqin.services.repairs.demo.book import ORDER, Book
from houqin.services.repairs.demo.history import with_address
from houqin.services.repairs.demo.line import Line
from houqin.services.repairs.models import RepairOrder
from houqin.testing.compound import rolled_back

DAY = date(2026, 7, 15)


class Both:
    """The same verbs by the engine, at frozen moments, and by the demo's line; then compared."""

    def __init__(self, world: World, fault: str, minute: int) -> None:
        self.world = world
        self.staff, self.worker = world.accounts["staff"], world.accounts["worker"]
        self.book = Book(world)
        self.fault = self.book.faults[fault]
        self.at = seconds_of(DAY, 8.5) + minute * 60
        assert self.staff.room
        self.place = self.staff.room
        with self.clock():
            self.case = submit(
                self.person(self.staff), item="repairs.report",
                data={"place": str(self.place.id), "fault": fault, "description": "在滴水"},
            )  # fmt: skip
        self.task_id = self.case.tasks.get().pk
        self.book.case_id, self.book.task_ids = lambda at: self.case.pk, count(self.task_id)
        self.book.notices_from = 0
        holder = self.case.tasks.get().assignee_id
        self.holder = next((each for each in world.people if each.id == holder), None)
        who = with_address(self.staff)._replace(address=None)
        self.line = Line(self.book, self.at, self.fault, self.place, who, words="在滴水", holder=self.holder)
        # What the past of the compound brings along is not the matter here.
        self.line.repeat_of = self.case.repair.repeat_of_id

    def clock(self) -> time_machine.travel:
        return time_machine.travel(datetime.fromtimestamp(self.at, UTC), tick=False)

    def person(self, somebody: Somebody) -> Person:
        return Person.objects.select_related("organisation").get(pk=somebody.id)

    def do(self, minutes: int, by: Somebody, verb: str, told: Callable[[int], object], **data: Any) -> None:
        """``verb`` some minutes later, by the engine and then on the line."""
        self.at += minutes * 60
        self.case.refresh_from_db()
        task = self.case.tasks.filter(state="open").first()
        of_task = verb in (
            "accept",
            "arrive",
            "complete",
            "transfer",
            "dispatch",
            "refuse",
            "request_supplement",
        )
        with self.clock():
            perform(
                self.person(by), verb, case=self.case.number, task=task.pk if of_task and task else None,
                version=None if of_task else self.case.version, data=data,
            )  # fmt: skip
        told(self.at)

    def same(self) -> None:
        """Every column of every row."""
        self.line.close()
        self.case.refresh_from_db()
        self._compare(Case, rows.CASE, self.book.cases, Case.objects.filter(pk=self.case.pk))
        self._compare(Task, rows.TASK, self.book.tasks, Task.objects.filter(case=self.case))
        self._compare(
            Event, rows.EVENT, self.book.events, Event.objects.filter(case=self.case), leave=("id",)
        )
        self._compare(RepairOrder, ORDER, self.book.orders, RepairOrder.objects.filter(case=self.case))
        kept_entries = Entry.objects.filter(record_type="affairs.case", record_id=str(self.case.pk)).order_by(
            "id"
        )
        self._compare(Entry, ENTRY, list(entries(self.book.trail)), kept_entries, leave=("id", "address"))
        told = [(kind, title, who) for _, who, kind, title, *_ in self.book.notices]
        notices = Notice.objects.filter(record_type="affairs.case", record_id=self.case.pk)
        kept = notices.exclude(kind__startswith="repairs.").values_list("kind", "title", "person_id")
        assert sorted(told) == sorted(kept)

    def _compare(
        self, model: type[models.Model], fields: tuple[str, ...], told: list[Any], found: Any, leave: tuple[str, ...] = ()
    ) -> None:  # fmt: skip
        kept = list(found.order_by("pk"))
        assert len(told) == len(kept), model
        for row, record in zip(told, kept, strict=True):
            for name, value in zip(fields, row, strict=True):
                if name not in leave:
                    field = model._meta.get_field(name)
                    assert _plain(field, value) == _plain(field, getattr(record, field.attname)), (
                        model,
                        name,
                    )


def _plain(field: Any, value: Any) -> Any:
    if isinstance(field, models.JSONField) and isinstance(value, str):
        return json.loads(value)
    if isinstance(value, datetime):
        return moment(int(value.timestamp()))
    if isinstance(field, models.TextField) and value is not None:
        return str(value)
    return value


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """A small demo compound, rolled back when the module's tests are over."""
    with rolled_back(django_db_blocker):
        small = World(seed=1, today=date(2026, 7, 14), now=seconds_of(date(2026, 7, 14), 9.67), scale=1 / 60)
        demo.fill(small)
        yield small


@pytest.fixture
def both(world: World) -> Iterator[Callable[..., Both]]:
    with transaction.atomic():
        yield lambda fault, minute=0: Both(world, fault, minute)
        transaction.set_rollback(True)


def test_done_not_fixed_done_again_and_rated(both: Callable[..., Both]) -> None:
    told = both("water.pipe", 20)
    line, worker, staff = told.line, told.holder, told.staff
    assert worker is not None
    told.do(3, worker, "accept", lambda at: line.accept(at, worker))
    told.do(9, worker, "arrive", lambda at: line.arrive(at, worker, scanned=False))
    told.do(
        40,
        worker,
        "complete",
        lambda at: line.finish(at, "更换软管", 30),
        comment="更换软管",
        labour_minutes=30,
    )
    told.do(90, staff, "reopen", lambda at: line.reopen(at, "又漏了"), comment="又漏了")
    told.do(11, worker, "accept", lambda at: line.accept(at, worker))
    told.do(
        21,
        worker,
        "complete",
        lambda at: line.finish(at, "换了阀", 20),
        comment="换了阀",
        labour_minutes=20,
    )
    told.do(200, staff, "confirm", line.confirm)
    told.do(
        5,
        staff,
        "rate",
        lambda at: line.rate(at, 5, ["来得快"], "好"),
        stars=5,
        tags=["来得快"],
        comment="好",
    )
    told.same()


def test_handed_on_urged_late_and_silent(both: Callable[..., Both]) -> None:
    told = both("power.trip", 440)
    line, worker, world = told.line, told.holder, told.world
    assert worker is not None
    other = next(each for each in told.book.roster.mobile["DQB"] if each is not worker)
    section = Organisation.objects.get(code="DQB")
    told.do(
        4, worker, "transfer", lambda at: line.transfer(at, worker, section.pk, other, "转同事"),
        section=section.pk, person=other.id, comment="转同事",
    )  # fmt: skip
    told.do(2, other, "accept", lambda at: line.accept(at, other))
    told.do(30, told.staff, "remind", lambda at: line.remind(at, "请快"), comment="请快")
    due = line.open_job.clock.due
    assert due is not None
    assert line.open_job.clock.amber is not None
    for at, watch in ((line.open_job.clock.amber, warn_amber), (due + 20, escalate_red)):
        told.at = at
        with told.clock():
            watch(datetime.fromtimestamp(at, UTC))
    line.warn(due + 20)
    told.do(30, other, "complete", lambda at: line.finish(at, "合闸", 45), comment="合闸", labour_minutes=45)
    assert line.confirm_by is not None
    told.at = line.confirm_by + 30
    with told.clock():
        complete_silent(datetime.fromtimestamp(told.at, UTC))
    line.silence(told.at)
    assert world.crews["DQB"]
    told.same()


def test_waiting_for_the_applicant(both: Callable[..., Both]) -> None:
    told = both("air.noise", 100)
    line, worker = told.line, told.holder
    assert worker is not None
    told.do(2, worker, "accept", lambda at: line.accept(at, worker))
    told.do(8, worker, "request_supplement", lambda at: line.ask_more(at, worker, "哪一间"), comment="哪一间")
    told.same()


def test_sorted_out_by_the_dispatcher(both: Callable[..., Both]) -> None:
    told = both("other.wall", 60)
    line, dispatcher = told.line, told.world.accounts["dispatcher"]
    to, section = told.world.crews["ZHB"][7], Organisation.objects.get(code="ZHB")
    told.do(
        6, dispatcher, "dispatch", lambda at: line.dispatch(at, dispatcher, section.pk, to, "请到场"),
        sections=[section.pk], person=to.id, comment="请到场",
    )  # fmt: skip
    told.do(7, told.staff, "withdraw", lambda at: line.withdraw(at, "不用了"), comment="不用了")
    told.same()


def test_refused_by_the_dispatcher(both: Callable[..., Both]) -> None:
    told = both("other.wall", 60)
    line, dispatcher = told.line, told.world.accounts["dispatcher"]
    told.do(6, dispatcher, "refuse", lambda at: line.refuse(at, dispatcher, "不在范围"), comment="不在范围")
    told.same()
