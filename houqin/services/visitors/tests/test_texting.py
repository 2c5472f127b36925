"""Text messages to visitors, through a gateway on this machine."""

import re

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from houqin.services.visitors import actions, jobs
from houqin.services.visitors.models import Denial
from houqin.services.visitors.tests.conftest import PHONE
from houqin.testing.outside.server import Answer
from houqin.testing.outside.sms import SmsServer

TASKS = {"visitors.text": jobs.text, "visitors.text_code": jobs.text_code}


@pytest.fixture
def sms(settings):
    with SmsServer() as server:
        settings.SMS_URL = server.setting()
        settings.BASE_URL = "https://houqin.jiangcheng.gov.cn"
        yield server


def work() -> None:
    """What the worker does with what waits."""
    for job in ProcrastinateJob.objects.filter(task_name__in=TASKS, status="todo").order_by("id"):
        assert PHONE not in str(job.args)
        TASKS[job.task_name](**job.args)
    ProcrastinateJob.objects.filter(task_name__in=TASKS).update(status="succeeded")


def texts(sms: SmsServer) -> list[str]:
    assert {number for number, _text in sms.shown.values()} <= {PHONE}
    return [text for _number, text in sms.shown.values()]


def test_the_pass_a_new_time_and_the_end_are_told_with_the_whole_link(gates, sms):
    visit = gates.invite()
    work()
    work()
    (told,) = texts(sms)
    assert told.endswith(f"https://houqin.jiangcheng.gov.cn/visitors/p/{visit.key}")
    assert len(told) <= 70
    actions.move(gates.cast.staff, source="test.case:1", from_at=gates.at(14), until_at=gates.at(15))
    work()
    actions.cancel(gates.cast.staff, source="test.case:1", reason="会议取消")
    work()
    assert len(texts(sms)) == 3
    assert "已取消" in texts(sms)[2]


def test_nobody_who_is_held_is_sent_a_pass(gates, sms):
    Denial.objects.create(section=gates.cast.general, name="钱明", phone=PHONE, reason="扰序")
    gates.invite()
    work()
    assert texts(sms) == []


def test_the_code_comes_to_the_phone_and_not_to_the_page(gates, sms):
    guest = Client()
    guest.post("/visitors/request", {"phone": PHONE})
    work()
    code = re.search(r"验证码 (\d{6})", texts(sms)[0])[1]
    assert code not in guest.get("/visitors/request").content.decode().replace("csrf", "")
    assert guest.post("/visitors/request", {"code": code})["Location"] == "/visitors/request/new"


def test_a_gateway_in_trouble_is_tried_again(gates, sms):
    gates.invite()
    sms.troubles.append(Answer({}, status=503))
    with pytest.raises(jobs.texting.Unsent):
        work()
    work()
    assert len(texts(sms)) == 1
