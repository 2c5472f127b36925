"""From a notice in the portal to a message outside: by choice, at its time, again after failure, shown once."""

from collections import Counter
from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from houqin.foundation.channels import jobs, planning, sending
from houqin.foundation.channels.models import Address, Attempt, ChannelState, Preference, QuietHours, Sending
from houqin.foundation.notices import actions as notices
from houqin.foundation.notices.models import Notice
from houqin.foundation.people.models import Identity

MONDAY = datetime.fromisoformat("2026-03-02T10:20+08:00")


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(MONDAY, tick=False)
    return time_machine


@pytest.fixture
def staff(cast):
    Address.objects.create(person=cast.staff, channel="dingtalk", value="42")
    return cast.staff


def tell(*people, kind="affairs.task", **more):
    notices.tell(people, **{"kind": kind, "title": "轮到您办理：水管漏水", "url": "/cases/2026000017"} | more)
    notices.deliver()


def work(name, job):
    """What the worker does with the waiting jobs of a name."""
    for each in ProcrastinateJob.objects.filter(task_name=name, status="todo"):
        job(**each.args)
    ProcrastinateJob.objects.filter(task_name=name).update(status="succeeded")


def plan():
    work("channels.plan", jobs.plan)


def prefer(person, group, channels, pace="at_once"):
    Preference.objects.create(person=person, group=group, channels=channels, pace=pace)


def only():
    return Sending.objects.get()


def test_who_comes_in_by_dingtalk_is_reached_there_without_another_address(cast, dingtalk, clock):
    Identity.objects.create(person=cast.staff, provider="dingtalk", subject="331")
    tell(cast.staff, cast.colleague)
    plan()
    assert jobs.send() == 1
    assert only().person == cast.staff
    assert planning.address_of(cast.staff, "dingtalk") == "331"
    Address.objects.create(person=cast.staff, channel="dingtalk", value="42")
    assert planning.address_of(cast.staff, "dingtalk") == "42"


def test_a_notice_goes_out_with_a_link_to_its_page(staff, dingtalk, clock, settings):
    settings.BASE_URL = "https://houqin.example.cn"
    tell(staff)
    plan()
    assert jobs.send() == 1
    (shown,) = dingtalk.shown.values()
    assert shown["to"] == ["42"]
    assert shown["action_card"]["single_url"] == "https://houqin.example.cn/cases/2026000017"
    assert (only().state, only().attempts) == ("sent", 1)
    assert jobs.send() == 0


def test_without_any_channel_set_up_nothing_is_planned(staff):
    tell(staff)
    assert not ProcrastinateJob.objects.filter(task_name__startswith="channels").exists()
    assert Notice.objects.get().delivered_at


def test_planning_twice_plans_once(staff, dingtalk, clock):
    tell(staff)
    for _ in range(2):
        jobs.plan([Notice.objects.get().pk])
    assert Sending.objects.count() == 1
    assert ProcrastinateJob.objects.filter(task_name="channels.send", status="todo").count() == 1


def test_who_has_no_address_or_left_gets_nothing_outside(cast, staff, dingtalk, clock):
    cast.head.ended_on = timezone.localdate() - timedelta(days=1)
    cast.head.save()
    Address.objects.create(person=cast.head, channel="dingtalk", value="43")
    tell(cast.colleague, cast.head)
    plan()
    assert not Sending.objects.exists()


def test_people_choose_what_comes_where(staff, dingtalk, sms, clock):
    staff.phone = "13800138000"
    staff.save()
    prefer(None, "todo", ["sms"])
    prefer(staff, "progress", [])
    tell(staff)
    tell(staff, kind="affairs.approve")
    plan()
    assert jobs.send() == 1
    assert len(sms.shown) == 1
    assert not dingtalk.shown


def test_quiet_hours_hold_back_what_is_not_urgent(staff, dingtalk, clock):
    QuietHours.objects.create(person=staff, starts=time(21), ends=time(7, 30))
    clock.move_to(datetime.fromisoformat("2026-03-02T22:00+08:00"), tick=False)
    tell(staff)
    tell(staff, kind="affairs.overdue", title="已超时")
    plan()
    assert jobs.send() == 1
    assert [each["action_card"]["title"] for each in dingtalk.shown.values()] == ["已超时"]
    clock.move_to(datetime.fromisoformat("2026-03-03T07:29+08:00"), tick=False)
    assert jobs.send() == 0
    clock.move_to(datetime.fromisoformat("2026-03-03T07:30+08:00"), tick=False)
    assert jobs.send() == 1


def test_a_bundle_is_one_message_that_leaves_out_what_was_read(staff, dingtalk, clock):
    prefer(staff, "todo", ["dingtalk"], "hourly")
    for number in range(14):
        tell(staff, title=f"第{number:02}件")
    plan()
    assert jobs.send() == 0
    notices.read(staff, [Notice.objects.order_by("id")[0].pk])
    clock.move_to(MONDAY + timedelta(minutes=40), tick=False)
    assert jobs.send() == 1
    (shown,) = dingtalk.shown.values()
    card = shown["action_card"]
    assert card["title"] == "您有 13 条通知"
    assert "第00件" not in card["markdown"]
    assert "· 第01件\n" in card["markdown"]
    assert "另有 3 条" in card["markdown"]
    assert set(Sending.objects.values_list("state", flat=True)) == {"sent"}
    assert Attempt.objects.get().notices == 14


def test_a_bundle_of_what_was_read_is_not_sent(staff, dingtalk, clock):
    prefer(staff, "todo", ["dingtalk"], "daily")
    tell(staff)
    plan()
    notices.read(staff)
    clock.move_to(datetime.fromisoformat("2026-03-02T17:00+08:00"), tick=False)
    assert jobs.send() == 0
    assert only().state == "dropped"


def test_daily_bundles_wait_for_a_workday(staff, dingtalk, clock):
    prefer(staff, "todo", ["dingtalk"], "daily")
    clock.move_to(datetime.fromisoformat("2026-03-06T17:01+08:00"), tick=False)  # a Friday
    tell(staff)
    plan()
    assert timezone.localtime(only().due_at) == datetime.fromisoformat("2026-03-09T17:00+08:00")


def test_a_channel_that_is_down_rests_and_loses_nothing(staff, dingtalk, clock):
    dingtalk.always = 503
    for number in range(3):
        tell(staff, title=f"第{number}件")
    plan()
    assert jobs.send() == 0
    state = ChannelState.objects.get(channel="dingtalk")
    assert state.paused_until > timezone.now()
    asked = len(dingtalk.asked)
    assert jobs.send() == 0
    assert len(dingtalk.asked) == asked, "while it rests nobody is asked"
    clock.shift(3600)
    assert jobs.send() == 0
    assert len(dingtalk.asked) == asked + 1, "after the pause one message tries"
    dingtalk.always = None
    for _ in range(3):
        clock.shift(3600)
        jobs.send()
    assert Counter(Sending.objects.values_list("state", flat=True)) == {"sent": 3}
    state.refresh_from_db()
    assert (state.failures, state.paused_until) == (0, None)


def test_what_is_refused_for_good_is_dead_at_once_and_blocks_nobody(cast, staff, dingtalk, clock):
    Address.objects.create(person=cast.head, channel="dingtalk", value="43")
    dingtalk.unknown.add("42")
    tell(staff, cast.head)
    plan()
    assert jobs.send() == 1
    dead = Sending.objects.get(state="dead")
    assert (dead.person, dead.code) == (staff, "dingtalk:RECEIVER_NOT_EXIST")


def test_a_busy_mailbox_is_tried_with_growing_pauses_and_then_given_up(staff, mail, clock):
    staff.email = "wang@example.gov.cn"
    staff.save()
    prefer(staff, "todo", ["email"])
    mail.refusals["wang@example.gov.cn"] = "450 busy"
    tell(staff)
    plan()
    waits = []
    for _ in range(8):
        jobs.send()
        if only().state == "waiting":
            waits.append((only().due_at - timezone.now()).total_seconds())
            clock.move_to(only().due_at, tick=False)
    assert waits == [30, 120, 480, 1920, 7680, 21600, 21600]
    assert (only().state, only().attempts, only().code) == ("dead", 8, "smtp:450")


def test_a_channel_that_stays_down_for_three_days_ends_in_dead_letters(staff, dingtalk, clock):
    dingtalk.always = "cut"
    tell(staff)
    plan()
    for _ in range(40):
        jobs.send()
        clock.shift(6 * 3600 + 1)
    assert (only().state, only().code) == ("dead", "unreachable:RemoteProtocolError")


def test_a_worker_that_dies_while_sending_leaves_a_message_that_is_sent_again_and_shown_once(
    staff, dingtalk, clock, monkeypatch
):
    tell(staff)
    plan()
    monkeypatch.setattr(sending, "mark", _die)
    with pytest.raises(SystemExit):
        jobs.send()
    assert (only().state, len(dingtalk.shown)) == ("waiting", 1)
    monkeypatch.undo()
    assert jobs.send() == 0
    clock.shift(181)
    assert jobs.send() == 1
    assert (only().state, len(dingtalk.shown)) == ("sent", 1)


def _die(*_args):
    raise SystemExit


def test_what_a_killed_worker_had_begun_to_plan_is_planned_by_the_next(staff, dingtalk, clock):
    tell(staff)
    lost = ProcrastinateJob.objects.filter(task_name="channels.plan", status="todo")
    lost.update(status="doing")
    assert jobs.send() == 1
    assert not ProcrastinateJob.objects.filter(task_name="channels.plan").exists()


def test_no_more_in_a_minute_than_the_channel_takes(staff, dingtalk, clock, monkeypatch):
    monkeypatch.setattr("houqin.foundation.channels.clients.dingtalk.DingTalkNotice.per_minute", 2)
    for number in range(5):
        tell(staff, title=f"第{number}件")
    plan()
    sent = []
    for _ in range(3):
        sent.append(jobs.send())
        clock.shift(60)
    assert sent == [2, 2, 1]


def test_a_gateway_that_asks_to_wait_is_left_alone_so_long(staff, sms, clock):
    from houqin.testing.outside.server import Answer

    staff.phone = "13800138000"
    staff.save()
    prefer(staff, "todo", ["sms"])
    sms.troubles.append(Answer({}, status=429, headers=(("Retry-After", "1800"),)))
    tell(staff)
    plan()
    jobs.send()
    state = ChannelState.objects.get(channel="sms")
    assert (state.paused_until - timezone.now()).total_seconds() == 1800


def test_a_mistake_of_ours_hurts_one_message_alone(cast, staff, dingtalk, clock, monkeypatch):
    Address.objects.create(person=cast.head, channel="dingtalk", value="43")
    from houqin.foundation.channels.clients import dingtalk as client

    content = client._content
    monkeypatch.setattr(client, "_content", lambda message: 1 / 0 if message.to == "42" else content(message))
    tell(staff, cast.head)
    plan()
    assert jobs.send() == 1
    assert Sending.objects.get(person=staff).code == "error:ZeroDivisionError"


def test_each_is_told_in_their_language(staff, dingtalk, clock):
    staff.language = "en"
    staff.save()
    prefer(staff, "todo", ["dingtalk"], "hourly")
    tell(staff)
    tell(staff)
    plan()
    clock.shift(3600)
    jobs.send()
    assert [each["action_card"]["single_title"] for each in dingtalk.shown.values()] == ["View"]


def test_neither_content_nor_address_is_kept_beside_the_notice(staff, dingtalk, clock):
    tell(staff)
    plan()
    jobs.send()
    kept = repr(list(Attempt.objects.values())) + repr(list(Sending.objects.values()))
    assert "水管" not in kept
    assert "'42'" not in kept


def test_planning_and_sending_cost_the_same_however_many(
    cast, dingtalk, clock, django_assert_max_num_queries
):
    people = cast.people()
    for person in people:
        Address.objects.create(person=person, channel="dingtalk", value=uuid4().hex)
    tell(*people)
    with django_assert_max_num_queries(14):
        jobs.plan(list(Notice.objects.values_list("pk", flat=True)))
    assert Sending.objects.count() == len(people)
