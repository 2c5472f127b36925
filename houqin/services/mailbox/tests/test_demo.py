"""The demo tells a letter as the case engine does it, and its year of letters is whole and believable."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.db.models import Count

from houqin.affairs.actions import perform, submit
from houqin.affairs.demo import ENTRY, entries
from houqin.affairs.demo.book import CASE, EVENT, TASK
from houqin.affairs.demo.line import Applicant
from houqin.affairs.models import Case, Event, Task
from houqin.foundation.demo import World, moment, seconds_of
from houqin.foundation.people.models import Person
from houqin.foundation.trail.models import Entry
from houqin.project import demo
from houqin.services.mailbox.demo.line import LETTER, Book, LetterLine
from houqin.services.mailbox.models import Letter, LetterCategory, Matter, Publication, SpotRating
from houqin.testing.compound import rolled_back

DAY = date(2026, 7, 15)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """A small demo compound, rolled back when the module's tests are over."""
    with rolled_back(django_db_blocker):
        small = World(seed=1, today=date(2026, 7, 14), now=seconds_of(date(2026, 7, 14), 9.67), scale=1 / 25)
        demo.fill(small)
        yield small


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return moment(int(value.timestamp()))
    return json.loads(value) if isinstance(value, str) and value[:1] in ("{", "[") else value


def _same(model: Any, fields: tuple[str, ...], told: list[Any], found: Any, leave: tuple[str, ...]) -> None:
    kept = list(found.order_by("pk"))
    assert len(told) == len(kept), model
    for row, record in zip(told, kept, strict=True):
        for name, value in zip(fields, row, strict=True):
            if name not in leave:
                stored = getattr(record, model._meta.get_field(name).attname)
                told_as = str(value) if isinstance(stored, str) and value is not None else value
                assert _plain(told_as) == _plain(stored), (model, name)


def test_a_reviewed_letter_asked_again_is_told_as_the_engine_does_it(world: World) -> None:
    staff, master = world.accounts["staff"], world.accounts["dispatcher"]
    own = world.sections["ABK"]
    answerer = next(each for each in world.crews["ABK"] if (each.id, "answerer", own) in world.appointments)
    head, at, words = world.crews["ABK"][0], seconds_of(DAY, 9), "西门车库早上没有车位，希望有人引导。"
    steps = [
        (30, master, "dispatch", {"category": "parking", "person": answerer.id}),
        (20, answerer, "accept", {}),
        (200, answerer, "complete", {"answer": "已加派引导员。"}),
        (60, head, "approve", {}),
        (90, staff, "reopen", {"comment": "还是没有"}),
        (100, answerer, "complete", {"answer": "已划出临时车位。"}),
        (30, head, "approve", {}),
        (20, staff, "confirm", {}),
        (5, staff, "rate", {"stars": 4, "tags": ["答复及时"], "comment": "好"}),
    ]
    with transaction.atomic():
        book = Book(world, [master])
        with time_machine.travel(datetime.fromtimestamp(at, UTC), tick=False):
            case = submit(
                _person(staff.id), item="mailbox.letter", data={"words": words, "may_publish": True}
            )
        book.case_id, book.task_ids = lambda at: case.pk, _tasks_of(case)
        line = LetterLine(book, at, Applicant(staff, staff.name, staff.phone), words, place=None)
        for minutes, who, verb, data in steps:
            at += minutes * 60
            with time_machine.travel(datetime.fromtimestamp(at, UTC), tick=False):
                task = case.tasks.filter(state="open").first()
                of_task = verb in ("dispatch", "accept", "complete", "approve")
                case = perform(
                    _person(who.id),
                    verb,
                    case=case.number,
                    task=task.pk if of_task and task else None,
                    data=data,
                )
            match verb:
                case "dispatch":
                    line.sort(at, who, "parking", answerer)
                case "accept":
                    line.accept(at, who)
                case "complete":
                    line.draft(at, data["answer"], head)
                case "approve":
                    line.agree(at)
                case "reopen":
                    line.reopen(at, data["comment"])
                case "confirm":
                    line.confirm(at)
                case "rate":
                    line.rate(at, 4, ["答复及时"], "好")
        line.close()
        _same(Case, CASE, book.cases, Case.objects.filter(pk=case.pk), ())
        _same(Task, TASK, book.tasks, Task.objects.filter(case=case), ())
        _same(Event, EVENT, book.events, Event.objects.filter(case=case), ("id",))
        _same(Letter, LETTER, book.letters, Letter.objects.filter(case=case), ())
        trail = Entry.objects.filter(record_type="affairs.case", record_id=str(case.pk))
        _same(Entry, ENTRY, list(entries(book.trail)), trail, ("id", "address"))
        transaction.set_rollback(True)


def _tasks_of(case: Case) -> Iterator[int]:
    """The ids of the case's tasks, one after the other, as they come to be."""
    last = 0
    while True:
        last = case.tasks.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[0]
        yield last


def _person(pk: int) -> Person:
    return Person.objects.select_related("organisation").get(pk=pk)


def test_a_year_of_letters_is_there(world: World) -> None:
    with transaction.atomic():
        letters = Letter.objects.select_related("case")
        assert letters.count() >= 60
        assert letters.filter(sorted_at=None).count() >= 5
        assert letters.filter(anonymous=True).exists()
        assert Matter.objects.annotate(n=Count("letters")).filter(n__gte=3).count() == 5
        assert Publication.objects.filter(state="published").exists()
        assert not LetterCategory.objects.filter(section=None).exists()
        assert SpotRating.objects.count() == round(1400 / 25)
        moments = list(Case.objects.order_by("pk").values_list("submitted_at", flat=True))
        steps_back = [before - after for before, after in pairwise(moments) if after < before]
        assert all(step < timedelta(minutes=1) for step in steps_back)  # repairs and letters together
        assert Entry.objects.order_by("id").values_list("at", flat=True)[1] <= Entry.objects.latest("id").at
        phrases = set(letters.values_list("case__data__words", flat=True))
        assert len(phrases) > 0.9 * letters.count()
