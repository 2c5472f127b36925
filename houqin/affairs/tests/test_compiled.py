"""Compiled queries answer as their querysets do, whatever the arguments, and narrow writes write what they say."""

import re
from datetime import datetime

import pytest
import time_machine
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from houqin.affairs.models import Case, Event, Task
from houqin.foundation.compiled import Compiled
from houqin.foundation.rows import Writes, changed, fresh, insert, next_ids, snapshot, update
from houqin.testing.cast import Cast
from houqin.testing.desk import Desk


def test_rows_are_those_of_the_queryset_for_each_argument(desk: Desk) -> None:
    first, second = desk.submit("漏水"), desk.submit("停电")

    def by_number(number: str):
        return (
            Case.objects.select_related("section", "place").annotate(n=Count("tasks")).filter(number=number)
        )

    compiled = Compiled(by_number, str)
    for case in (first, second, first):
        with CaptureQueriesContext(connection) as caught:
            found = compiled.first(case.number)
            said = (found.pk, found.title, found.section.name, found.place.name, found.data, found.n)
        plain = by_number(case.number).get()
        assert said == (plain.pk, plain.title, plain.section.name, plain.place.name, plain.data, plain.n)
        assert len(caught) == 1
    assert compiled.first("nothing") is None


def test_plain_values_and_moments(desk: Desk) -> None:
    case = desk.submit()
    since = Compiled(
        lambda at, pk: Task.objects.filter(opened_at__gte=at, case=pk).values_list("id", "step_key"),
        datetime,
        int,
    )
    task = desk.open(case)[0]
    assert since.values(task.opened_at, case.pk) == [(task.pk, task.step_key)]
    assert since.values(task.opened_at.replace(year=2999), case.pk) == []


def test_an_argument_that_does_not_occur_as_it_is_is_refused(desk: Desk) -> None:
    within = Compiled(lambda title: Case.objects.filter(title__startswith=title), str)
    with pytest.raises(AssertionError, match="do not occur"):
        within.rows("漏")


def test_only_what_changed_is_written(desk: Desk) -> None:
    case = Case.objects.get(pk=desk.submit("漏水").pk)
    before = snapshot(case)
    case.title = "水龙头漏水"
    assert changed(case, before) == ["title"]
    Case.objects.filter(pk=case.pk).update(category="door")
    update(case, ["title"])
    written = Case.objects.get(pk=case.pk)
    assert (written.title, written.category) == ("水龙头漏水", "door")


def test_rows_written_together_are_all_there_by_one_statement(desk: Desk) -> None:
    case, (task,) = desk.submit(), desk.open(desk.submit())
    writes = Writes()
    writes.update(case, ["title"])
    writes.update(task, ["step_name"])
    writes.update(task, ["outcome"])
    (key,) = next_ids(Task)
    more = Task(pk=key, case=case, step=0, step_key="x", step_name="", kind="handle", section=case.section)
    event = Event(case=case, actor_name="系统", verb="note", data={"多": ["行"]})
    writes.insert(more, event)
    case.title, task.step_name, task.outcome, more.step_name = "改过", "换名", "随便", "后来才定"
    with CaptureQueriesContext(connection) as caught:
        writes.run()
        writes.run()
    assert len(caught) == 1
    task.refresh_from_db()
    assert Case.objects.get(pk=case.pk).title == "改过"
    assert (task.step_name, task.outcome) == ("换名", "随便")
    assert Task.objects.get(pk=key).step_name == "后来才定"
    assert case.events.get(verb="note").data == {"多": ["行"]}


def test_a_change_of_a_row_that_is_not_there_is_not_passed_over(desk: Desk) -> None:
    case = desk.submit()
    case.pk = -1
    with pytest.raises(AssertionError, match="not there"):
        update(case, ["title"])


def test_every_kind_of_field_comes_back_as_it_was_written(desk: Desk) -> None:
    case = desk.submit()
    for verb in ("one", "two"):
        each = Event(case=case, actor_name="系统", verb=verb, data={"n": [1, None]}, inside=verb == "one")
        insert(each)
        kept = Event.objects.get(pk=each.pk)
        for field in Event._meta.concrete_fields:
            assert getattr(kept, field.attname) == getattr(each, field.attname), field.name


def test_rows_alike_but_for_one_relation_are_one_statement_for_any_number(desk: Desk, cast: Cast) -> None:
    case, people = desk.submit(), cast.people()
    texts = set()
    for count in (1, 2, len(people)):
        like = fresh(Event, case=case, actor_name='{"某人"}', verb=f"v{count}", data={"n": [count, None]})
        writes = Writes()
        writes.insert_each(like, "actor", [each.pk for each in people[:count]])
        with CaptureQueriesContext(connection) as caught:
            writes.run()
        texts |= {re.sub(r"'.*", "", each["sql"], flags=re.DOTALL) for each in caught}
        kept = list(case.events.filter(verb=f"v{count}").order_by("id"))
        assert [each.actor_id for each in kept] == [each.pk for each in people[:count]]
        for field in Event._meta.concrete_fields:
            if field.name not in ("id", "actor"):
                assert {str(getattr(each, field.attname)) for each in kept} == {
                    str(getattr(like, field.attname))
                }
    assert len(texts) == 1, texts


def test_a_fresh_record_is_what_the_model_makes(cast: Cast) -> None:
    given = {"case_id": 7, "verb": "accept", "actor": cast.worker, "at": timezone.now()}
    for model, values in (
        (Event, given),
        (Task, {"case_id": 7, "assignee": cast.worker}),
        (Case, {"title": "漏水"}),
    ):
        with time_machine.travel(timezone.now(), tick=False):
            made, usual = fresh(model, **values), model(**values)
        for field in model._meta.concrete_fields:
            one, other = getattr(made, field.attname), getattr(usual, field.attname)
            assert (type(one), str(one)) == (type(other), str(other)), field
        assert (made._state.adding, made._state.db) == (usual._state.adding, usual._state.db)
    assert fresh(Event).data is not fresh(Event).data
