"""Several workers at once, and other sides that are down or silent."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from django.db import IntegrityError, connection, connections, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from houqin.foundation.channels import jobs, planning, sending
from houqin.foundation.channels.models import Address, Attempt, Preference, Sending
from houqin.foundation.notices import actions as notices
from houqin.foundation.notices import queries
from houqin.foundation.notices.models import Notice

pytestmark = [pytest.mark.db_facing, pytest.mark.django_db(transaction=True)]


def everybody(cast):
    for person in cast.people():
        Address.objects.create(person=person, channel="dingtalk", value=f"{person.pk}")
    return cast.people()


def tell(people, count=1, kind="affairs.overdue"):
    """Urgent, so that it is sent whatever the hour."""
    for number in range(count):
        notices.tell(people, kind=kind, title=f"第{number}件")
    notices.deliver()


def at_once(*calls):
    """Each call on a connection of its own, all at the same time; answers what they answered."""

    def run(call):
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_two_workers_send_each_notice_once(committed_cast, dingtalk):
    people = everybody(committed_cast)
    Preference.objects.create(person=people[0], group="todo", channels=["dingtalk"], pace="hourly")
    tell(people, count=5, kind="affairs.task")
    ids = list(Notice.objects.values_list("pk", flat=True))
    planned = at_once(*[lambda: planning.plan(ids)] * 3)
    assert Sending.objects.count() == len(ids), planned
    Sending.objects.update(due_at="2020-01-01T00:00Z")
    sent = sum(at_once(*[sending.send_due] * 3))
    assert set(Attempt.objects.values_list("result", "code")) == {("sent", "ok")}
    assert sent == len(dingtalk.shown) == Attempt.objects.count() == len(ids) - 5 + 1
    posted = [asked for asked in dingtalk.asked if asked.path == "/message/workNotification"]
    assert len(posted) == sent, "none was sent twice"
    assert set(Sending.objects.values_list("state", flat=True)) == {"sent"}


def test_the_database_refuses_a_second_sending_of_a_notice(committed_cast, dingtalk):
    tell(everybody(committed_cast))
    planning.plan(list(Notice.objects.values_list("pk", flat=True)))
    row = Sending.objects.first()
    with pytest.raises(IntegrityError):
        Sending.objects.create(
            notice_id=row.notice_id, person_id=row.person_id, channel=row.channel, due_at=row.due_at
        )


def test_one_job_sends_at_a_time_and_a_dead_one_leaves_no_lock(committed_cast, dingtalk):
    tell(everybody(committed_cast))
    planning.plan(list(Notice.objects.values_list("pk", flat=True)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [jobs._LOCK])
    assert at_once(jobs.send) == [0]
    connection.close()  # as a killed worker's is
    # The server notices within moments that its client is gone.
    sent = next(found for found in (at_once(jobs.send)[0] for _ in range(500)) if found)
    assert sent == len(dingtalk.shown) == len(committed_cast.people())


def test_with_every_channel_down_or_silent_the_portal_tells_and_the_worker_goes_on(
    committed_cast, dingtalk, wechat, sms, settings, monkeypatch
):
    monkeypatch.setattr("houqin.foundation.outside.ask.TIMEOUT", httpx.Timeout(0.3))
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    dingtalk.always = wechat.always = "hang"
    sms.always = "cut"
    staff = committed_cast.staff
    staff.email, staff.phone = "wang@example.gov.cn", "13800138000"
    staff.save()
    codes = ["dingtalk", "wechat", "email", "sms"]
    for code in codes[:2]:
        Address.objects.create(person=staff, channel=code, value="42")
    Preference.objects.create(person=staff, group="warning", channels=codes)
    tell([staff], count=3)
    assert queries.unread_count(staff) == 3
    planning.plan(list(Notice.objects.values_list("pk", flat=True)))
    began = time.monotonic()
    assert jobs.send() == 0
    # Every message of a channel waits at the same time as the others; afterwards all channels rest.
    assert time.monotonic() - began < 6
    asked = len(dingtalk.asked)
    assert asked
    assert set(Attempt.objects.values_list("channel", "result")) == {(code, "blocked") for code in codes}
    tell([staff])
    assert jobs.send() == 0
    assert len(dingtalk.asked) == asked
    assert queries.unread_count(staff) == 4
    assert set(Sending.objects.values_list("state", flat=True)) == {"waiting"}


def test_what_planning_cannot_do_leaves_the_portal_alone(committed_cast, dingtalk, monkeypatch):
    monkeypatch.setattr(planning, "choices_of", lambda people: 1 / 0)
    with transaction.atomic():
        notices.tell([committed_cast.staff], kind="affairs.task", title="水管漏水")
    notices.deliver()
    (job,) = ProcrastinateJob.objects.filter(task_name="channels.plan")
    with pytest.raises(ZeroDivisionError):
        jobs.plan(**job.args)
    assert queries.unread_count(committed_cast.staff) == 1
