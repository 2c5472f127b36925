"""What nobody thinks of until it happens: people who leave, joined reports, forged verbs, odd settings."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from houqin.affairs import actions, jobs, offers, queries
from houqin.affairs.models import State, Task, TaskState
from houqin.foundation.errors import NotFound, NotPermitted, Problem
from houqin.foundation.notices.models import Notice
from houqin.foundation.people.models import Person
from houqin.foundation.trail.actors import Outsider
from houqin.foundation.trail.models import Entry
from houqin.testing.desk import Desk
from houqin.testing.dummy import MEND

MONDAY = timezone.make_aware(timezone.datetime(2026, 3, 16, 9, 0))


@pytest.fixture(autouse=True)
def monday_morning():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


def _joined(desk: Desk):
    case = desk.submit()
    desk.diary.running = case
    desk.submit(by=desk.cast.colleague)
    return case


def _told(person: Person, kind: str) -> int:
    return Notice.objects.filter(person=person, kind=kind).count()


# -- who joined, who is inside ------------------------------------------------------------------------------------


def test_who_joined_may_rate_once_and_sees_the_outside_only(desk: Desk) -> None:
    cast = desk.cast
    case = _joined(desk)
    desk.do("accept", case, by=cast.worker)
    desk.do("complete", case, by=cast.worker)
    desk.do("confirm", case, by=cast.staff)
    view = queries.case_view(cast.colleague, case.number)
    assert ([each["verb"] for each in view.verbs], view.inside) == (["rate"], False)
    assert all(moment.notice is None for moment in view.timeline)
    desk.do("rate", case, by=cast.colleague, stars=4)
    assert queries.case_view(cast.colleague, case.number).verbs == []
    assert [each["verb"] for each in queries.case_view(cast.staff, case.number).verbs] == ["rate"]


def test_the_offer_after_a_verb_is_that_of_the_page(desk: Desk) -> None:
    cast = desk.cast
    case = _joined(desk)
    desk.do("accept", case, by=cast.worker)
    desk.do("complete", case, by=cast.worker)
    case = desk.do("confirm", case, by=cast.staff)
    assert [each["verb"] for each in queries.standing(cast.colleague, case).verbs] == ["rate"]


def test_an_applicant_who_works_on_the_case_is_inside(desk: Desk) -> None:
    cast = desk.cast
    assert queries.case_view(cast.staff, desk.submit().number).inside is False
    assert queries.case_view(cast.worker, desk.submit(by=cast.worker).number).inside is True
    assert queries.case_view(cast.dispatcher, desk.submit().number).inside is True


def test_a_clerk_cannot_rate_for_the_caller(desk: Desk) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    case = desk.submit(by=cast.clerk, applicant=cast.other_staff)
    desk.do("complete", case, by=cast.worker)
    desk.do("confirm", case, by=cast.clerk)
    with pytest.raises(NotPermitted):
        desk.do("rate", case, by=cast.clerk, stars=5)
    assert not case.ratings.exists()


def test_a_joined_report_is_in_the_trail_under_whoever_registered_it(desk: Desk) -> None:
    cast = desk.cast
    case = desk.submit()
    desk.diary.running = case
    desk.submit(by=cast.clerk, applicant=cast.other_staff)
    event = case.events.get(verb="join")
    assert (event.actor, event.data) == (cast.clerk, {"for": "吴敏"})
    entry = Entry.objects.get(action="affairs.join")
    assert (entry.actor_id, entry.record_name) == (cast.clerk.pk, case.number)


def test_those_who_joined_hear_that_the_case_was_withdrawn(desk: Desk) -> None:
    case = _joined(desk)
    desk.do("withdraw", case, by=desk.cast.staff)
    assert _told(desk.cast.colleague, "affairs.withdrawn") == 1


# -- verbs --------------------------------------------------------------------------------------------------------


def test_return_is_offered_only_where_there_is_a_step_to_return_to(desk: Desk) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    straight = desk.submit()
    assert straight.step == 1
    assert "return_step" not in queries.case_view(cast.worker, straight.number).tasks[0].verbs
    sorted_first = desk.submit(data={"kind": ""})
    desk.do("dispatch", sorted_first, by=cast.dispatcher, sections=[cast.repairs.pk])
    assert "return_step" in queries.case_view(cast.worker, sorted_first.number).tasks[0].verbs


def test_sections_are_given_the_case_in_the_order_chosen(desk: Desk) -> None:
    cast = desk.cast
    case = desk.submit(data={"kind": ""})
    order = [cast.contractor.pk, cast.repairs.pk]
    case = desk.do("dispatch", case, by=cast.dispatcher, sections=order)
    assert desk.holders(case) == [cast.contractor, cast.repairs]
    assert case.section == cast.contractor


def test_a_second_queue_of_the_same_case_is_refused_in_words(desk: Desk) -> None:
    cast = desk.cast
    cast.appoint(cast.worker, ["affairs.handle"], cast.contractor)
    case = desk.submit(data={"kind": ""})
    desk.do("dispatch", case, by=cast.dispatcher, sections=[cast.repairs.pk, cast.contractor.pk])
    first, second = desk.open(case)
    desk.do("accept", case, by=cast.worker, task=first)
    with pytest.raises(Problem, match="已在办理"):
        desk.do("accept", case, by=cast.worker, task=second)


def test_a_dispatcher_does_not_choose_who_approves(desk: Desk) -> None:
    cast = desk.cast
    case = desk.submit("借用会场", item="dummy.ask")
    with pytest.raises(NotPermitted):
        desk.do("transfer", case, by=cast.dispatcher, person=cast.dispatcher.pk, comment="我来批")
    assert desk.holders(case) == [cast.head]


def test_an_approval_goes_only_to_somebody_who_approves(desk: Desk) -> None:
    cast = desk.cast
    case = desk.submit("借用会场", item="dummy.ask")
    with pytest.raises(Problem, match="没有审批"):
        desk.do("transfer", case, by=cast.head, person=cast.colleague.pk, comment="你看")
    desk.do("transfer", case, by=cast.head, person=cast.manager.pk, comment="请定")
    assert desk.holders(case) == [cast.manager]


def test_sorting_is_handed_to_somebody_who_dispatches(desk: Desk) -> None:
    cast = desk.cast
    cast.appoint(cast.colleague, ["affairs.dispatch", "affairs.view"], cast.repairs)
    case = desk.submit(data={"kind": ""})
    desk.do("transfer", case, by=cast.dispatcher, person=cast.colleague.pk, comment="我在开会")
    assert desk.holders(case) == [cast.colleague]
    with pytest.raises(Problem, match="不负责"):
        desk.do("transfer", case, by=cast.colleague, person=cast.worker.pk, comment="你派")


def test_the_service_hears_of_approval_though_a_later_one_does_not_apply(desk: Desk, monkeypatch) -> None:
    cast = desk.cast
    desk.agree(cast.manager)
    case = desk.submit("借用会场", item="dummy.ask")
    case.flow["steps"][1]["when"] = "dummy.unsorted"
    case.save()
    desk.do("approve", case, by=cast.head)
    assert "approved" in [moment for moment, _, _ in desk.diary.heard]


def test_not_fixed_after_approvals_alone_goes_back_to_who_approved(desk: Desk) -> None:
    cast = desk.cast
    case = desk.submit("借用会场", item="dummy.ask")
    case.flow["steps"] = [case.flow["steps"][0], {**case.flow["steps"][2], "key": "ok", "kind": "confirm"}]
    case.save()
    assert desk.do("approve", case, by=cast.head).state == State.CONFIRMING
    case = desk.do("reopen", case, by=cast.staff, comment="没办成")
    assert desk.holders(case) == [cast.head]


# -- time ---------------------------------------------------------------------------------------------------------


def test_an_ended_case_keeps_the_colour_it_ended_with(desk: Desk, monday_morning) -> None:
    case = desk.submit()
    case = desk.do("withdraw", case, by=desk.cast.staff)
    monday_morning.shift(timedelta(days=30))
    assert case.colour() == "open"
    assert case.tasks.get().colour() == "open"


def test_limits_of_a_queue_reach_its_dispatcher(desk: Desk, monday_morning) -> None:
    cast = desk.cast
    task = desk.open(desk.submit())[0]
    assert task.assignee is None
    monday_morning.move_to(task.amber_at)
    jobs.watch_limits()
    assert _told(cast.dispatcher, "affairs.amber") == 1
    monday_morning.move_to(task.due_at + timedelta(minutes=1))
    jobs.watch_limits()
    assert (_told(cast.dispatcher, "affairs.overdue"), _told(cast.repairs_head, "affairs.overdue")) == (1, 1)


def test_silence_counts_from_the_last_time_it_was_asked(desk: Desk, monday_morning, monkeypatch) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    case = desk.submit()
    desk.do("complete", case, by=cast.worker)
    first = list(jobs.silent_cases(MONDAY + timedelta(days=4)))
    monday_morning.shift(timedelta(days=2))
    desk.do("reopen", case, by=cast.staff, comment="还漏")
    desk.do("complete", case, by=cast.worker)
    monkeypatch.setattr(jobs, "silent_cases", lambda now: first)
    monday_morning.shift(timedelta(days=2))
    assert jobs.complete_silent(timezone.now()) == 0
    case.refresh_from_db()
    assert case.state == State.CONFIRMING


def test_a_step_without_a_limit_is_due_when_the_case_is(desk: Desk, monday_morning) -> None:
    case = desk.submit("借用会场", item="dummy.ask")
    case.flow["steps"][1]["limit"] = None
    case.save()
    desk.agree(desk.cast.manager)
    desk.do("approve", case, by=desk.cast.head)
    case.refresh_from_db()
    assert desk.open(case)[0].due_at == case.due_at


# -- people who are away, and people who leave ----------------------------------------------------------------------


def _away(person: Person, delegate: Person) -> None:
    now = timezone.now()
    actions.delegate_tasks(person, delegate=delegate, starts_at=now, ends_at=now + timedelta(days=3))


def test_a_delegate_is_told_and_never_decides_their_own_case(desk: Desk) -> None:
    cast = desk.cast
    _away(cast.head, cast.staff)
    own = desk.submit("借用会场", item="dummy.ask")
    assert list(queries.todo(cast.staff)) == []
    assert queries.todo_count(cast.staff) == 0
    assert "approve" not in [each["verb"] for each in queries.case_view(cast.staff, own.number).verbs]
    with pytest.raises(NotPermitted):
        desk.do("approve", own, by=cast.staff)
    others = desk.submit("借用会场", item="dummy.ask", by=cast.colleague)
    assert _told(cast.staff, "affairs.task") == 1
    assert [task.case for task in queries.todo(cast.staff)] == [others]
    desk.do("approve", others, by=cast.staff)


def test_tasks_go_to_nobody_who_has_left_already(desk: Desk) -> None:
    with pytest.raises(Problem, match="已离开"):
        cast = desk.cast
        Person.objects.filter(pk=cast.colleague.pk).update(ended_on=timezone.localdate())
        cast.colleague.refresh_from_db()
        _away(cast.head, cast.colleague)


def test_who_leaves_hands_the_jobs_back_to_the_queue(desk: Desk) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    case = desk.submit()
    desk.do("accept", case, by=cast.worker)
    before = desk.open(case)[0]
    Person.objects.filter(pk=cast.worker.pk).update(ended_on=timezone.localdate())
    assert (jobs.hand_back(), jobs.hand_back()) == (1, 0)
    after = desk.open(case)[0]
    assert (after.assignee, after.section, after.due_at) == (None, cast.repairs, before.due_at)
    assert Task.objects.get(pk=before.pk).state == TaskState.MOVED
    assert Notice.objects.filter(person=cast.dispatcher, record_id=case.pk).exists()
    assert case.events.last().verb == "transfer"
    desk.do("accept", case, by=cast.worker2)


def test_who_leaves_hands_approvals_to_the_head_above(desk: Desk) -> None:
    cast = desk.cast
    case = desk.submit("借用会场", item="dummy.ask")
    Person.objects.filter(pk=cast.head.pk).update(ended_on=timezone.localdate())
    cast.appoint(cast.manager, ["affairs.approve"], cast.finance, head=True)
    assert jobs.hand_back() == 1
    assert desk.holders(case) == [cast.manager]


def test_a_case_does_not_go_back_to_somebody_who_has_left(desk: Desk) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    case = desk.submit()
    desk.do("complete", case, by=cast.worker)
    Person.objects.filter(pk=cast.worker.pk).update(ended_on=timezone.localdate())
    desk.do("reopen", case, by=cast.staff, comment="还在滴")
    assert desk.holders(case) == [cast.repairs]


# -- what administrators set ----------------------------------------------------------------------------------------


def test_a_units_setting_leaves_the_rest_as_set_for_all(desk: Desk) -> None:
    admin, education = desk.cast.sysadmin, desk.cast.education
    actions.change_item(admin, item="dummy.mend", position=7, steps={"mend": {"name": "上门"}})
    actions.change_item(
        admin, item="dummy.mend", unit=education, steps={"mend": {"minutes": 30}, "sort": {"minutes": 5}}
    )
    theirs = offers.offered(MEND, desk.cast.schools)
    assert theirs.position == 7
    assert (theirs.steps[1]["name"], theirs.steps[1]["limit"]["minutes"]) == ("上门", 30)


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit_minutes": 0},
        {"steps": {"mend": {"clock": "sundial"}}},
        {"steps": {"mend": {"minutes": True}}},
        {"steps": {"mend": {"who": "role:head"}}},
        {"steps": {"mend": ["minutes", 30]}},
        {"steps": {"mend": {"name": 5}}},
    ],
)
def test_settings_that_would_stop_submission_are_refused(desk: Desk, wrong: dict) -> None:
    with pytest.raises(Problem):
        actions.change_item(desk.cast.sysadmin, item="dummy.mend", **wrong)
    desk.submit()


def test_an_administrator_of_one_unit_sets_nothing_for_others(desk: Desk) -> None:
    cast = desk.cast
    cast.appoint(cast.other_head, ["affairs.manage"], cast.education)
    actions.change_item(cast.other_head, item="dummy.mend", unit=cast.education, limit_minutes=60)
    for unit in (None, cast.finance):
        with pytest.raises(NotPermitted):
            actions.change_item(cast.other_head, item="dummy.mend", unit=unit, enabled=False)
    for unit in (None, cast.education):
        with pytest.raises(NotPermitted):
            actions.set_route(cast.other_head, item="dummy.mend", unit=unit, section=cast.repairs)
    route = actions.set_route(cast.other_head, item="dummy.mend", unit=cast.education, section=cast.schools)
    actions.unset_route(cast.other_head, route=route)


def test_a_clerk_registers_and_looks_up_within_their_scope(desk: Desk) -> None:
    cast = desk.cast
    case = desk.submit()
    assert list(queries.by_phone(cast.clerk, cast.staff.phone)) == [case]
    cast.appoint(cast.other_head, ["affairs.intake"], cast.education)
    assert list(queries.by_phone(cast.other_head, cast.staff.phone)) == []
    desk.submit(by=cast.other_head, applicant=cast.other_staff, channel="phone")
    with pytest.raises(NotPermitted):
        desk.submit(by=cast.other_head, applicant=cast.staff, channel="phone")
    with pytest.raises(NotFound):
        queries.by_phone(cast.staff, cast.staff.phone)


def test_what_is_for_staff_is_not_registered_for_a_passer_by(desk: Desk) -> None:
    caller = Outsider("王女士", "13900001111")
    with pytest.raises(NotPermitted):
        desk.submit(by=desk.cast.clerk, applicant=caller, item="dummy.ask", channel="phone")
    assert desk.submit(by=desk.cast.clerk, applicant=caller, channel="phone").applicant_phone == "13900001111"
