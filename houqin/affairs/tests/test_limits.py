"""Time limits: amber, red, escalation, silence — with a moved clock, never a sleep."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from houqin.affairs import jobs
from houqin.affairs.models import State
from houqin.foundation.notices.models import Notice
from houqin.testing.desk import Desk

MONDAY = timezone.make_aware(timezone.datetime(2026, 3, 16, 9, 0))


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


def test_amber_at_four_fifths_and_red_past_the_limit_reaches_the_head(desk: Desk, clock) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    case = desk.submit()
    task = desk.open(case)[0]
    assert task.colour() == "open"
    clock.move_to(task.amber_at)
    assert task.colour() == "amber"
    jobs.watch_limits()
    jobs.watch_limits()
    assert list(Notice.objects.filter(kind="affairs.amber").values_list("person__name", flat=True)) == [
        "赵铁柱"
    ]
    clock.move_to(task.due_at + timedelta(minutes=1))
    assert task.colour() == "red"
    jobs.watch_limits()
    jobs.watch_limits()
    told = Notice.objects.filter(kind="affairs.overdue").values_list("person__name", flat=True)
    assert sorted(told) == ["孙志强", "赵铁柱"]
    assert case.events.get(verb="escalate").data == {"to": ["孙志强"]}


def test_four_working_hours_pause_for_lunch(desk: Desk, clock) -> None:
    desk.cast.duty(desk.cast.worker)
    due = timezone.localtime(desk.open(desk.submit())[0].due_at)
    assert due.strftime("%d %H:%M") == "16 14:00"


def test_three_workdays_of_silence_complete_the_case_and_rate_nothing(desk: Desk, clock) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    case = desk.submit()
    case = desk.do("complete", case, by=cast.worker)
    clock.move_to(MONDAY + timedelta(days=3) - timedelta(minutes=1))
    jobs.watch_limits()
    case.refresh_from_db()
    assert case.state == State.CONFIRMING
    clock.shift(timedelta(minutes=2))
    jobs.watch_limits()
    case.refresh_from_db()
    assert (case.state, case.ratings.count()) == (State.COMPLETED, 0)
    assert case.events.last().verb == "confirm_by_silence"


def test_a_paused_case_does_not_turn_red_and_a_red_one_stays_red(desk: Desk, clock) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    waiting, late = desk.submit(), desk.submit("灯不亮")
    desk.do("request_supplement", waiting, by=cast.worker, comment="请补照片")
    clock.shift(timedelta(days=7))
    desk.do("request_supplement", late, by=cast.worker, comment="请补照片")
    jobs.watch_limits()
    assert not Notice.objects.filter(kind="affairs.overdue").exists()
    assert desk.open(waiting)[0].colour() == "paused"
    assert desk.open(late)[0].colour() == "red"
    desk.do("supplement", late, by=cast.staff, comment="给")
    assert desk.open(late)[0].colour() == "red"


def test_a_broken_promise_reaches_the_head_though_the_step_has_time_left(desk: Desk, clock) -> None:
    cast = desk.cast
    cast.duty(cast.worker, hours=48)
    case = desk.submit()
    clock.shift(timedelta(hours=4))
    desk.do("complete", case, by=cast.worker)
    desk.do("reopen", case, by=cast.staff, comment="还漏")
    clock.move_to(MONDAY + timedelta(days=1, hours=1))
    desk.do("transfer", case, by=cast.worker, person=cast.worker2.pk, comment="换人")
    case.tasks.filter(state="open").update(due_at=MONDAY + timedelta(days=9), escalated_at=None)
    case.refresh_from_db()
    clock.move_to(case.due_at + timedelta(minutes=1))
    jobs.watch_limits()
    jobs.watch_limits()
    told = Notice.objects.filter(kind="affairs.overdue").values_list("person__name", flat=True)
    assert sorted(told) == ["单大勇", "孙志强"]
    assert case.events.get(verb="escalate").task is None


def test_one_lateness_is_told_once(desk: Desk, clock) -> None:
    """A step that is due when the case is says so once, not twice."""
    cast = desk.cast
    case = desk.submit()
    case.tasks.update(due_at=case.due_at)
    clock.move_to(case.due_at + timedelta(minutes=1))
    jobs.watch_limits()
    assert Notice.objects.filter(kind="affairs.overdue", person=cast.repairs_head).count() == 1
    assert case.events.filter(verb="escalate").count() == 1


def test_a_case_that_cannot_be_moved_holds_up_no_other(desk: Desk, clock, monkeypatch) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    bad, good = desk.submit(), desk.submit("灯不亮")
    for case in (bad, good):
        desk.do("complete", case, by=cast.worker)

    def completed(case) -> None:
        if case.pk == bad.pk:
            raise RuntimeError("its service stumbles")

    monkeypatch.setattr(desk.diary, "completed", completed)
    clock.shift(timedelta(days=5))
    with pytest.raises(ExceptionGroup):
        jobs.watch_limits()
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, good.state) == (State.CONFIRMING, State.COMPLETED)
