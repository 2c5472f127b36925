"""The other sides of the channels, on this machine, and the settings that point at them."""

from uuid import uuid4

import pytest

from houqin.foundation.channels.base import Message
from houqin.testing.outside.dingtalk import DingTalkServer
from houqin.testing.outside.sms import SmsServer
from houqin.testing.outside.smtp import MailServer
from houqin.testing.outside.wechat import WeChatServer


@pytest.fixture
def dingtalk(settings):
    with DingTalkServer() as server:
        settings.DINGTALK_URL = server.setting()
        yield server


@pytest.fixture
def wechat(settings):
    with WeChatServer() as server:
        settings.WECHAT_URL = server.setting()
        yield server


@pytest.fixture
def sms(settings):
    with SmsServer() as server:
        settings.SMS_URL = server.setting()
        yield server


@pytest.fixture
def mail(settings):
    with MailServer() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_SSL = settings.EMAIL_USE_TLS = False
        settings.DEFAULT_FROM_EMAIL = "后勤服务 <houqin@example.gov.cn>"
        yield server


@pytest.fixture
def message():
    def make(to, **more):
        words = {
            "key": uuid4(),
            "title": "请评价：1号楼 3 层 301 室水管漏水已修好",
            "body": "张师傅 10:40 修好",
            "url": "https://houqin.example.cn/cases/2026000017",
            "when": "2026-03-02 10:41",
        }
        return Message(to=to, **{**words, **more})

    return make
