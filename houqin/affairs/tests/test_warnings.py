"""Warnings: one open a subject, told to who can act, worse, gone, back again."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from houqin.affairs.models import Level, Warning, WarningSetting
from houqin.affairs.warnings import actions, evaluation, queries
from houqin.affairs.warnings.declare import RULES, Breach, Rule, Thresholds, announce
from houqin.affairs.who import heads_over
from houqin.foundation.errors import NotFound, NotPermitted, Problem
from houqin.foundation.notices.models import Notice
from houqin.foundation.people import scope
from houqin.foundation.trail.models import Entry


class Meter:
    """A rule whose readings the test sets: subject → (value, organisation)."""

    def __init__(self, monkeypatch, **more):
        self.readings = {}
        self.rule = Rule(
            **{
                "code": "test.meter",
                "name": "读数",
                "about": "测试",
                "find": self._find,
                "words": lambda warning: f"{warning.name}的读数是 {warning.measured}",
                "permission": "affairs.dispatch",
                "seen_by": ("affairs.view",),
                "amber": 5,
                "red": 10,
                "unit": "度",
                "minutes": 1,
                **more,
            }
        )
        monkeypatch.setitem(RULES._entries, "test.meter", self.rule)

    def _find(self, thresholds: Thresholds):
        for subject, (value, organisation) in self.readings.items():
            yield Breach(subject, f"表{subject}", value, organisation and organisation.pk)

    def look(self, now=None):
        return evaluation.evaluate(self.rule, now)


@pytest.fixture
def meter(cast, monkeypatch):
    return Meter(monkeypatch)


OPENED = ("warnings.amber", "warnings.red")


def told(*kinds):
    return sorted(Notice.objects.filter(kind__in=kinds or OPENED).values_list("person__username", "title"))


def test_what_is_amiss_is_told_once_to_who_can_act(cast, meter):
    meter.readings = {"1": (7, cast.repairs), "2": (4, cast.repairs)}
    assert meter.look() == 1
    assert meter.look() == 0
    warning = Warning.objects.get()
    assert (warning.level, warning.value, warning.organisation) == (Level.AMBER, Decimal(7), cast.repairs)
    assert told() == [("dispatcher", "黄色预警：表1的读数是 7")]


def test_what_gets_worse_turns_red_and_is_told_again(cast, meter):
    meter.readings = {"1": (7, cast.repairs)}
    meter.look()
    warning = actions.acknowledge(cast.dispatcher, warning=Warning.objects.get().pk, note="在看")
    meter.readings = {"1": (12, cast.repairs)}
    meter.look()
    meter.look()
    warning.refresh_from_db()
    assert (warning.level, warning.value, warning.acknowledged_by) == (Level.RED, Decimal(12), None)
    assert warning.reddened_at
    assert [title for _who, title in told()] == ["红色预警：表1的读数是 12", "黄色预警：表1的读数是 7"]
    meter.readings = {"1": (6, cast.repairs)}
    meter.look()
    warning.refresh_from_db()
    assert warning.level == Level.AMBER
    assert len(told()) == 2


def test_what_is_gone_ends_by_itself_says_so_and_comes_back_as_a_new_one(cast, meter):
    meter.readings = {"1": (7, cast.repairs)}
    meter.look()
    meter.readings = {}
    assert meter.look() == 1
    first = Warning.objects.get()
    assert first.resolved_at
    assert told("warnings.resolved") == [("dispatcher", "已解除：表1的读数是 7")]
    meter.readings = {"1": (8, cast.repairs)}
    meter.look()
    assert Warning.objects.filter(subject="1").count() == 2
    assert Warning.objects.get(resolved_at=None).pk != first.pk


def test_nobody_taking_note_is_told_again_after_a_week(cast, meter):
    now = timezone.now()
    meter.readings = {"1": (7, cast.repairs), "2": (7, cast.repairs)}
    meter.look(now)
    actions.acknowledge(cast.dispatcher, warning=Warning.objects.get(subject="2").pk)
    meter.look(now + timedelta(days=6))
    assert len(told()) == 2
    meter.look(now + timedelta(days=7))
    meter.look(now + timedelta(days=8))
    assert [title for _who, title in told()].count("黄色预警：表1的读数是 7") == 2
    assert len(told()) == 3


def test_the_less_the_worse(cast, monkeypatch):
    meter = Meter(monkeypatch, amber=15, red=5, falling=True)
    meter.readings = {"1": (15, cast.repairs), "2": (16, cast.repairs), "3": (5, cast.repairs)}
    meter.look()
    assert dict(Warning.objects.values_list("subject", "level")) == {"1": "amber", "3": "red"}


def test_thresholds_are_set_with_history_and_felt_at_the_next_look(cast, meter):
    meter.readings = {"1": (7, cast.repairs)}
    meter.look()
    actions.change_rule(cast.sysadmin, rule="test.meter", amber=Decimal(8))
    meter.look()
    assert Warning.objects.get().resolved_at
    actions.change_rule(cast.sysadmin, rule="test.meter", amber=Decimal(2), red=Decimal(6))
    actions.change_rule(cast.sysadmin, rule="test.meter", amber=Decimal(2), red=Decimal(6))
    meter.look()
    assert Warning.objects.get(resolved_at=None).level == Level.RED
    first, second = Entry.objects.filter(action="warnings.change_rule").order_by("id")
    assert (first.before, first.after["amber"]) == (None, "8")
    assert second.after["red"] == "6"
    actions.change_rule(cast.sysadmin, rule="test.meter", enabled=False)
    meter.look()
    assert not Warning.objects.filter(resolved_at=None).exists()


@pytest.mark.parametrize("given", [{"amber": Decimal(11)}, {"red": Decimal(4)}, {"amber": Decimal(-1)}])
def test_thresholds_that_make_no_sense_are_refused(cast, meter, given):
    with pytest.raises(Problem) as refused:
        actions.change_rule(cast.sysadmin, rule="test.meter", **given)
    assert refused.value.errors
    assert not WarningSetting.objects.exists()


def test_only_who_keeps_the_settings_sets_thresholds(cast, meter):
    with pytest.raises(NotPermitted):
        actions.change_rule(cast.dispatcher, rule="test.meter", amber=Decimal(8))
    with pytest.raises(NotFound):
        actions.change_rule(cast.sysadmin, rule="test.unknown", amber=Decimal(8))


def test_who_may_look_may_not_take_note_and_others_see_nothing(cast, meter):
    meter.readings = {"1": (7, cast.repairs), "2": (7, cast.schools)}
    meter.look()
    mine = Warning.objects.get(subject="1")
    assert list(queries.visible(cast.dispatcher)) == [mine]
    assert list(queries.visible(cast.repairs_head)) == [mine]
    assert queries.visible(cast.manager).count() == 2
    assert not queries.visible(cast.staff)
    with pytest.raises(NotPermitted):
        actions.acknowledge(cast.manager, warning=mine.pk)
    with pytest.raises(NotFound):
        actions.acknowledge(cast.dispatcher, warning=Warning.objects.get(subject="2").pk)
    assert queries.standing(cast.dispatcher) == queries.Standing(waiting=1, red=0)
    actions.acknowledge(cast.dispatcher, warning=mine.pk, note=" 已派人 ")
    assert queries.standing(cast.dispatcher).waiting == 0
    entry = Entry.objects.get(action="warnings.acknowledge")
    assert entry.after == {"acknowledged_by_id": cast.dispatcher.pk, "note": "已派人"}
    with pytest.raises(Problem):
        actions.acknowledge(cast.dispatcher, warning=mine.pk, note="长" * 501)


def test_what_concerns_the_whole_house_is_for_who_acts_over_all_of_it(cast, meter):
    meter.readings = {"1": (7, None)}
    meter.look()
    assert told() == []
    assert not queries.visible(cast.dispatcher)
    cast.appoint(cast.clerk, ["affairs.dispatch"], cast.city)
    meter.readings = {"1": (17, None)}
    meter.look()
    assert [who for who, _title in told()] == ["clerk"]
    assert queries.standing(cast.clerk) == queries.Standing(waiting=1, red=1)


def test_a_warning_that_is_over_takes_no_more(cast, meter):
    meter.readings = {"1": (7, cast.repairs)}
    meter.look()
    meter.readings = {}
    meter.look()
    with pytest.raises(actions.WarningOver):
        actions.acknowledge(cast.dispatcher, warning=Warning.objects.get().pk)


def test_it_becomes_a_case_once(desk, monkeypatch):
    cast = desk.cast
    data = {"kind": "water", "place": cast.toilet.pk}
    meter = Meter(monkeypatch, item="dummy.mend", case_data=lambda warning: {"what": warning.name, **data})
    meter.readings = {"1": (7, cast.repairs)}
    meter.look()
    warning = Warning.objects.get()
    case = actions.open_case(cast.dispatcher, warning=warning.pk)
    warning.refresh_from_db()
    assert (warning.case, warning.acknowledged_by) == (case, cast.dispatcher)
    assert case.applicant == cast.dispatcher
    with pytest.raises(actions.WarningOver):
        actions.open_case(cast.dispatcher, warning=warning.pk)


def test_without_an_item_it_is_an_errand_of_its_section(cast, meter):
    cast.duty(cast.worker)
    meter.readings = {"1": (7, cast.repairs)}
    meter.look()
    case = actions.open_case(cast.dispatcher, warning=Warning.objects.get().pk)
    assert (case.item_code, case.section, case.applicant) == (
        "affairs.warning",
        cast.repairs,
        cast.dispatcher,
    )
    assert case.title == RULES["test.meter"].words(Warning.objects.get())
    assert [task.assignee for task in case.tasks.all()] == [cast.worker]


def test_of_a_section_where_nobody_is_on_duty_the_head_has_it(cast, meter):
    meter.readings = {"1": (7, cast.repairs)}
    meter.look()
    case = actions.open_case(cast.dispatcher, warning=Warning.objects.get().pk)
    assert case.tasks.get().assignee in heads_over(cast.repairs)


def test_what_is_no_sections_affair_becomes_no_case(cast, meter):
    cast.appoint(cast.dispatcher, ["affairs.dispatch"], cast.city)
    meter.readings = {"1": (7, None)}
    meter.look()
    with pytest.raises(Problem, match="不转办件"):
        actions.open_case(cast.dispatcher, warning=Warning.objects.get().pk)


def test_a_look_asks_the_same_whatever_the_subjects(cast, meter, django_assert_max_num_queries):
    meter.readings = {str(number): (7, cast.repairs) for number in range(60)}
    with django_assert_max_num_queries(75):  # one notice each, for each is about something else
        meter.look()
    with django_assert_max_num_queries(6):
        meter.look()


def test_a_rule_that_fails_holds_up_no_other(cast, meter, monkeypatch):
    def broken(thresholds):
        raise RuntimeError("a table is gone")

    monkeypatch.setitem(
        RULES._entries, "test.broken", Rule(**{**vars(meter.rule), "code": "test.broken", "find": broken})
    )
    meter.readings = {"1": (7, cast.repairs)}
    with pytest.raises(ExceptionGroup):
        evaluation.evaluate_due(timezone.now())
    assert Warning.objects.filter(rule="test.meter").exists()


def test_item_and_its_data_belong_together(meter):
    with pytest.raises(ValueError, match="belong together"):
        announce(Rule(**{**vars(meter.rule), "item": "dummy.ask"}))


@pytest.mark.db_facing
def test_the_database_allows_one_open_warning_a_subject(cast, meter):
    meter.readings = {"1": (7, cast.repairs)}
    meter.look()
    with pytest.raises(IntegrityError, match="warning_open_once"), transaction.atomic():
        Warning.objects.create(rule="test.meter", subject="1", name="表1", level="amber", value=1)


@pytest.mark.db_facing
def test_evaluators_at_once_open_one_warning(committed_cast, monkeypatch):
    meter = Meter(monkeypatch)
    meter.readings = {str(number): (7, committed_cast.repairs) for number in range(5)}
    gate = threading.Barrier(6)
    opened, failures = [], []

    def look():
        try:
            gate.wait(20)
            opened.append(meter.look())
        except Exception as failure:
            failures.append(failure)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=look) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert not failures
    assert sum(opened) == 5
    assert Warning.objects.count() == 5
    assert Notice.objects.filter(kind="warnings.amber").count() == 5
    assert scope.holds(committed_cast.dispatcher, "affairs.dispatch")
