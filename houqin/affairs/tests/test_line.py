"""One line from submission to rating, and the turns it can take."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from houqin.affairs import actions, queries
from houqin.affairs.models import Case, State
from houqin.affairs.moves import MovedOn
from houqin.affairs.numbers import heard
from houqin.foundation.errors import NotFound, NotPermitted, Problem, TooMany
from houqin.foundation.notices.models import Notice
from houqin.foundation.trail.actors import Outsider
from houqin.foundation.trail.models import Entry
from houqin.testing.desk import Desk

MONDAY = timezone.make_aware(timezone.datetime(2026, 3, 16, 9, 0))


@pytest.fixture(autouse=True)
def monday_morning():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


def test_a_report_finds_the_person_on_duty_and_is_rated(desk: Desk) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    case = desk.submit()
    assert desk.holders(case) == [cast.worker]
    assert heard(case.spoken_number) == case.number
    desk.do("accept", case, by=cast.worker)
    desk.do("arrive", case, by=cast.worker, code=cast.toilet.qr)
    case = desk.do("complete", case, by=cast.worker, comment="已换垫片", minutes=20)
    assert case.state == State.CONFIRMING
    assert desk.holders(case) == []
    case = desk.do("confirm", case, by=cast.staff)
    assert case.state == State.COMPLETED
    desk.do("rate", case, by=cast.staff, stars=5, tags=["及时"], comment="谢谢师傅")
    assert [moment for moment, _, _ in desk.diary.heard] == [
        "submitted", "accept", "arrive", "complete", "completed", "confirm",
    ]  # fmt: skip
    assert ("complete", case.number, 20) in desk.diary.heard
    lines = [moment.event.verb for moment in queries.timeline(case, inside=False) if moment.event]
    assert lines == ["submit", "accept", "arrive", "complete", "confirm", "rate"]


def test_the_least_busy_person_on_duty_gets_it_and_the_place_counts(desk: Desk) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    cast.duty(cast.worker2)
    first, second = desk.submit(), desk.submit("灯不亮")
    assert {desk.holders(first)[0], desk.holders(second)[0]} == {cast.worker, cast.worker2}


def test_a_substitute_stands_in(desk: Desk) -> None:
    desk.cast.duty(desk.cast.worker, substitute=desk.cast.worker2)
    assert desk.holders(desk.submit()) == [desk.cast.worker2]


def test_nobody_on_duty_means_the_queue_and_its_dispatcher_is_told(desk: Desk) -> None:
    case = desk.submit()
    assert desk.holders(case) == [desk.cast.repairs]
    assert Notice.objects.filter(person=desk.cast.dispatcher, record_id=case.pk).exists()
    desk.do("accept", case, by=desk.cast.worker2)
    assert desk.holders(case) == [desk.cast.worker2]
    with pytest.raises(MovedOn, match="办件已有新进展"):
        desk.do("accept", case, by=desk.cast.worker)


def test_an_unsorted_report_is_dispatched_to_several_sections_under_one_deadline(desk: Desk) -> None:
    cast = desk.cast
    case = desk.submit(data={"kind": ""})
    assert case.step_name == "派单"
    desk.do("dispatch", case, by=cast.dispatcher, sections=[cast.repairs.pk, cast.contractor.pk])
    first, second = sorted(desk.open(case), key=lambda task: task.section != cast.repairs)
    assert (first.section, second.section) == (cast.repairs, cast.contractor)
    assert first.due_at == second.due_at
    desk.do("accept", case, by=cast.worker, task=first)
    case = desk.do("complete", case, by=cast.worker, task=first)
    assert case.state == State.OPEN
    cast.appoint(cast.worker2, ["affairs.handle"], cast.contractor)
    assert queries.case_view(cast.worker2, case.number).tasks[0].verbs == ["accept", "transfer"]
    desk.do("accept", case, by=cast.worker2, task=second)
    case = desk.do("complete", case, by=cast.worker2, task=second)
    assert case.state == State.CONFIRMING


def test_not_fixed_goes_back_to_who_did_it(desk: Desk) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    case = desk.submit()
    desk.do("complete", case, by=cast.worker)
    case = desk.do("reopen", case, by=cast.staff, comment="还在滴")
    assert (case.state, case.reopened, desk.holders(case)) == (State.OPEN, 1, [cast.worker])
    assert desk.open(case)[0].visit == 2
    assert case.confirm_by is None


def test_approval_needs_head_then_all_and_the_first_refusal_ends_it(desk: Desk) -> None:
    cast = desk.cast
    desk.agree(cast.manager, cast.other_head)
    case = desk.submit("借用会场", item="dummy.ask")
    assert desk.holders(case) == [cast.head]
    case = desk.do("approve", case, by=cast.head)
    manager, other = desk.open(case)
    case = desk.do("approve", case, by=cast.manager, task=manager)
    assert case.step_name == "会签"
    case = desk.do("refuse", case, by=cast.other_head, task=other, comment="时间冲突")
    assert case.state == State.REFUSED
    assert desk.open(case) == []
    assert "refused" in [moment for moment, _, _ in desk.diary.heard]


def test_all_agreed_reaches_the_section_and_completes_without_confirmation(desk: Desk) -> None:
    cast = desk.cast
    desk.agree(cast.manager)
    case = desk.submit("借用会场", item="dummy.ask")
    desk.do("approve", case, by=cast.head)
    case = desk.do("approve", case, by=cast.manager)
    assert "approved" in [moment for moment, _, _ in desk.diary.heard]
    desk.do("accept", case, by=cast.worker)
    case = desk.do("complete", case, by=cast.worker)
    assert case.state == State.COMPLETED


def test_a_heads_own_request_goes_one_head_up(desk: Desk) -> None:
    cast = desk.cast
    cast.appoint(cast.manager, ["affairs.approve"], cast.finance, head=True)
    case = desk.submit("借用会场", item="dummy.ask", by=cast.head)
    assert desk.holders(case) == [cast.manager]


def test_an_added_approver_must_agree_too(desk: Desk) -> None:
    cast = desk.cast
    desk.agree(cast.manager)
    case = desk.submit("借用会场", item="dummy.ask")
    desk.do("add_approver", case, by=cast.head, person=cast.other_head.pk, comment="涉及教育局场地")
    own = next(task for task in desk.open(case) if task.assignee == cast.head)
    case = desk.do("approve", case, by=cast.head, task=own)
    assert (case.step_name, desk.holders(case)) == ("处室审批", [cast.other_head])
    case = desk.do("approve", case, by=cast.other_head)
    assert case.step_name == "会签"


def test_the_applicant_cannot_be_asked_to_approve(desk: Desk) -> None:
    case = desk.submit("借用会场", item="dummy.ask")
    with pytest.raises(Problem, match="申请人不能审批自己的办件"):
        desk.do("add_approver", case, by=desk.cast.head, person=desk.cast.staff.pk, comment="请看")


def test_return_goes_to_those_who_had_the_step_before(desk: Desk) -> None:
    cast = desk.cast
    desk.agree(cast.manager, cast.other_head)
    case = desk.submit("借用会场", item="dummy.ask")
    with pytest.raises(Problem, match="第一个环节"):
        desk.do("return_step", case, by=cast.head, comment="请重审")
    desk.do("approve", case, by=cast.head)
    case = desk.do("return_step", case, by=cast.manager, comment="请核实人数", task=desk.open(case)[0])
    assert (case.step_name, desk.holders(case)) == ("处室审批", [cast.head])


def test_transfer_keeps_the_clock_and_makes_the_old_task_stale(desk: Desk, monday_morning) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    case = desk.submit()
    before = desk.open(case)[0]
    monday_morning.shift(timedelta(minutes=40))
    desk.do("transfer", case, by=cast.worker, person=cast.worker2.pk, comment="我在别处")
    after = desk.open(case)[0]
    assert (after.assignee, after.due_at, after.amber_at) == (cast.worker2, before.due_at, before.amber_at)
    with pytest.raises(MovedOn):
        desk.do("complete", case, by=cast.worker, task=before)


def test_only_those_who_handle_this_place_can_be_given_it(desk: Desk) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    with pytest.raises(Problem, match="不负责此处"):
        desk.do("transfer", desk.submit(), by=cast.worker, person=cast.other_staff.pk, comment="帮个忙")


def test_waiting_for_the_applicant_stops_both_clocks(desk: Desk, monday_morning) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    case = desk.submit()
    monday_morning.shift(timedelta(minutes=60))
    case = desk.do("request_supplement", case, by=cast.worker, comment="请拍一张照片")
    assert (case.state, case.left_minutes) == (State.WAITING_APPLICANT, 7 * 60)
    with pytest.raises(MovedOn):
        desk.do("complete", case, by=cast.worker)
    monday_morning.shift(timedelta(days=1))
    case = desk.do("supplement", case, by=cast.staff, comment="见附图")
    task = desk.open(case)[0]
    assert (case.state, case.left_minutes, task.left_minutes) == (State.OPEN, None, None)
    # Tuesday 10:00, three hours of the four left for the task, seven of the eight for the case, across lunch.
    assert timezone.localtime(task.due_at).strftime("%d %H:%M") == "17 14:00"
    assert timezone.localtime(case.due_at).strftime("%d %H:%M") == "18 09:00"


def test_a_passer_by_reports_and_confirms_with_the_phone_number(desk: Desk) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    passer_by = Outsider("路人", "13900000001")
    case = desk.submit(by=passer_by)
    desk.do("complete", case, by=cast.worker)
    with pytest.raises(NotFound):
        desk.do("confirm", case, by=Outsider("他人", "13900000002"))
    assert desk.do("confirm", case, by=passer_by).state == State.COMPLETED
    assert desk.do("rate", case, by=passer_by, stars=4).version == 4


def test_a_clerk_registers_a_call_for_somebody(desk: Desk) -> None:
    case = desk.submit(by=desk.cast.clerk, applicant=desk.cast.other_staff, channel="phone")
    assert (case.applicant, case.registered_by) == (desk.cast.other_staff, desk.cast.clerk)
    with pytest.raises(NotPermitted, match="没有代他人登记的权限"):
        desk.submit(by=desk.cast.staff, applicant=desk.cast.other_staff)


def test_strangers_find_nothing_and_colleagues_without_the_right_are_refused(desk: Desk) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    case = desk.submit()
    with pytest.raises(NotFound):
        desk.do("complete", case, by=cast.other_staff)
    with pytest.raises(NotFound):
        queries.case_view(cast.other_staff, case.number)
    with pytest.raises(NotPermitted):
        desk.do("complete", case, by=cast.staff)
    with pytest.raises(NotPermitted):
        desk.do("withdraw", case, by=cast.worker)


def test_a_delegate_has_the_tasks_while_the_other_is_away(desk: Desk) -> None:
    cast = desk.cast
    case = desk.submit("借用会场", item="dummy.ask")
    assert list(queries.todo(cast.manager)) == []
    now = timezone.now()
    actions.delegate_tasks(
        cast.head, delegate=cast.manager, starts_at=now, ends_at=now + timedelta(days=3), reason="出差"
    )
    assert [task.case for task in queries.todo(cast.manager)] == [case]
    desk.do("approve", case, by=cast.manager)
    event = case.events.get(verb="approve")
    assert (event.actor_name, event.data["for"]) == ("林正", "周建国")


def test_reminders_reach_the_holder_but_not_too_often(desk: Desk, monday_morning) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    case = desk.submit()
    desk.do("remind", case, by=cast.staff)
    assert Notice.objects.filter(person=cast.worker, kind="affairs.reminded").count() == 1
    with pytest.raises(TooMany, match="30 分钟后"):
        desk.do("remind", case, by=cast.staff)
    monday_morning.shift(timedelta(minutes=31))
    assert desk.do("remind", case, by=cast.staff).reminders == 2


def test_withdrawn_is_withdrawn(desk: Desk) -> None:
    case = desk.submit()
    case = desk.do("withdraw", case, by=desk.cast.staff)
    assert (case.state, desk.open(case)) == (State.WITHDRAWN, [])
    with pytest.raises(MovedOn):
        desk.do("withdraw", case, by=desk.cast.staff)


def test_ratings_are_once_and_within_thirty_days(desk: Desk, monday_morning) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    case = desk.submit()
    desk.do("complete", case, by=cast.worker)
    desk.do("confirm", case, by=cast.staff)
    desk.do("rate", case, by=cast.staff, stars=2, comment="等太久")
    assert Notice.objects.filter(person=cast.dispatcher, kind="affairs.poor_rating").exists()
    with pytest.raises(Problem, match="已评价过"):
        desk.do("rate", case, by=cast.staff, stars=5)
    actions.rate_quality(cast.manager, case=case.number, stars=4, comment="回访属实")
    assert sorted(case.ratings.values_list("kind", "stars")) == [("applicant", 2), ("quality", 4)]
    late = desk.submit("灯不亮")
    desk.do("complete", late, by=cast.worker)
    desk.do("confirm", late, by=cast.staff)
    monday_morning.shift(timedelta(days=31))
    with pytest.raises(Problem, match="评价期"):
        desk.do("rate", late, by=cast.staff, stars=5)


def test_a_running_case_takes_another_report_in(desk: Desk) -> None:
    case = desk.submit()
    desk.diary.running = case
    joined = desk.submit(by=desk.cast.colleague)
    assert joined.pk == case.pk
    assert list(queries.my_cases(desk.cast.colleague)) == [case]
    assert Case.objects.count() == 1


def test_a_direct_item_and_an_unknown_one_open_no_case(desk: Desk) -> None:
    with pytest.raises(Problem, match="无需受理"):
        desk.submit(item="dummy.direct")
    with pytest.raises(NotFound):
        desk.submit(item="dummy.nothing")
    with pytest.raises(Problem) as missing:
        desk.submit(data={"what": ""})
    assert missing.value.errors == {"what": ["请写明事由。"]}


def test_the_trail_names_the_appointment_used(desk: Desk) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    case = desk.submit()
    desk.do("accept", case, by=cast.worker)
    entry = Entry.objects.filter(action="affairs.accept").get()
    assert entry.appointment_name == "维修工 · 维修科"
    assert entry.record_name == case.number


def test_bulk_handling_does_what_it_can(desk: Desk) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    good, gone = desk.submit(), desk.submit("灯不亮")
    tasks = [desk.open(good)[0].pk, desk.open(gone)[0].pk]
    desk.do("withdraw", gone, by=cast.staff)
    done, failed = actions.perform_many(cast.worker, "accept", tasks=tasks, data={})
    assert done.problem is None
    assert "办件已有新进展" in str(failed.problem)
