"""Every client against a server that checks signatures and tokens, refuses, breaks off and is silent."""

import json

import httpx
import pytest

from houqin.foundation.channels.base import CHANNELS, Result
from houqin.foundation.channels.clients.sms import text_of
from houqin.testing.outside.server import Answer

HTTP = {"dingtalk": "42", "wechat": "o-42", "sms": "13800138000"}


@pytest.fixture(params=HTTP)
def over_http(request):
    """Each channel that speaks HTTP: its channel, its server and an address."""
    return CHANNELS[request.param], request.getfixturevalue(request.param), HTTP[request.param]


def test_a_message_is_shown_once_though_sent_twice(over_http, message):
    channel, server, to = over_http
    sent = message(to)
    assert [channel.send(sent).result, channel.send(sent).result] == [Result.SENT, Result.SENT]
    assert list(server.shown) == [sent.key.hex]


def test_done_but_not_answered_is_sent_again_and_shown_once(over_http, message):
    channel, server, to = over_http
    sent = message(to)
    channel.send(message(to))  # so that a token is there and the next request is the message itself
    server.troubles.append("drop")
    assert channel.send(sent).result == Result.BLOCKED
    assert channel.send(sent).result == Result.SENT
    assert list(server.shown).count(sent.key.hex) == 1


@pytest.mark.parametrize("trouble", ["cut", 500, 502, 429, 401, 403])
def test_a_channel_in_trouble_is_told_from_a_message_refused(over_http, message, trouble):
    channel, server, to = over_http
    server.always = trouble
    outcome = channel.send(message(to))
    assert outcome.result == Result.BLOCKED
    assert "secret" not in outcome.code


def test_silence_ends_with_the_time_out(over_http, message, monkeypatch):
    channel, server, to = over_http
    monkeypatch.setattr("houqin.foundation.outside.ask.TIMEOUT", httpx.Timeout(0.2))
    server.always = "hang"
    outcome = channel.send(message(to))
    assert (outcome.result, outcome.code) == (Result.BLOCKED, "timeout")


def test_whom_the_other_side_does_not_know_is_given_up(over_http, message):
    channel, server, to = over_http
    server.unknown.add(to)
    assert channel.send(message(to)).result == Result.NEVER


def test_nothing_of_the_other_side_is_configured_by_itself():
    assert {channel.code: channel.configured() for channel in CHANNELS} == dict.fromkeys(
        CHANNELS.codes(), False
    )


def test_dingtalk_gets_a_card_that_opens_the_page_and_text_without_one(dingtalk, message):
    channel = CHANNELS["dingtalk"]
    card, text = message("42"), message("43", url="")
    channel.send(card)
    channel.send(text)
    assert dingtalk.shown[card.key.hex]["action_card"]["single_url"] == card.url
    assert dingtalk.shown[text.key.hex]["text"]["content"] == f"{text.title}\n{text.body}"


def test_wechat_fills_the_fields_the_template_has(wechat, message):
    sent = message("o-42", title="很长的标题" * 10)
    assert CHANNELS["wechat"].send(sent).result == Result.SENT
    shown = wechat.shown[sent.key.hex]
    assert shown["url"] == sent.url
    assert shown["data"] == {
        "thing2": {"value": ("很长的标题" * 10)[:19] + "…"},
        "time3": {"value": "2026-03-02 10:41"},
        "thing5": {"value": "张师傅 10:40 修好"},
    }


def test_wechat_replaces_a_token_that_ended_and_keeps_one_that_has_not(wechat, message):
    channel = CHANNELS["wechat"]
    channel.send(message("o-1"))
    channel.send(message("o-1"))
    assert wechat.token_calls == 1
    wechat.end_token()
    assert channel.send(message("o-1")).result == Result.SENT
    assert wechat.token_calls == 2


@pytest.mark.parametrize(
    ("code", "result", "wait_s"),
    [(45009, Result.BLOCKED, 600), (-1, Result.BLOCKED, 0), (43101, Result.NEVER, 0)],
)
def test_wechat_says_what_is_for_good(wechat, message, code, result, wait_s):
    wechat.codes.append(code)
    outcome = CHANNELS["wechat"].send(message("o-42"))
    assert (outcome.result, outcome.code, outcome.wait_s) == (result, f"wechat:{code}", wait_s)


def test_a_wrong_secret_blocks_the_channel_and_no_message_is_lost(wechat, message, settings):
    settings.WECHAT_URL = wechat.address(wechat.appid, "wrong", wechat.template)
    outcome = CHANNELS["wechat"].send(message("o-42"))
    assert (outcome.result, outcome.code) == (Result.BLOCKED, "wechat:40125")


def test_a_text_is_one_message_long(sms, message):
    sent = message("13800138000", title="标题" * 60)
    CHANNELS["sms"].send(sent)
    number, text = sms.shown[sent.key.hex]
    assert number == "13800138000"
    assert len(text) == 70
    assert text.endswith(f"… {sent.url}")
    long = message("1", url="https://houqin.example.cn/" + "x" * 40)
    assert text_of(long) == long.title, "half a link opens nothing"
    linked = message("1", title="请评价", url="https://hq.example.cn/cases/2026000017")
    assert text_of(linked) == "请评价 https://hq.example.cn/cases/2026000017"


def test_a_gateway_that_asks_to_wait_is_heard(sms, message):
    sms.troubles.append(Answer({}, status=429, headers=(("Retry-After", "90"),)))
    assert CHANNELS["sms"].send(message("13800138000")).wait_s == 90


def test_mail_arrives_with_link_and_key(mail, message):
    sent = message("wang@example.gov.cn", title="两行\n标题")
    assert CHANNELS["email"].send(sent).result == Result.SENT
    assert CHANNELS["email"].send(sent).result == Result.SENT
    (kept,) = mail.kept.values()
    assert str(sent.key) in kept["message-id"]
    assert kept["subject"] == "两行 标题"
    assert kept["to"] == "wang@example.gov.cn"
    assert kept["auto-submitted"] == "auto-generated"
    assert sent.url in kept.get_content()


@pytest.mark.parametrize(
    ("reply", "result"), [("550 no such user", Result.NEVER), ("450 mailbox busy", Result.LATER)]
)
def test_a_mailbox_that_refuses_is_told_from_a_busy_one(mail, message, reply, result):
    mail.refusals["wang@example.gov.cn"] = reply
    outcome = CHANNELS["email"].send(message("wang@example.gov.cn"))
    assert (outcome.result, outcome.code) == (result, f"smtp:{reply[:3]}")


@pytest.mark.parametrize(
    ("reply", "result"), [("554 looks like spam", Result.NEVER), ("452 disk full", Result.BLOCKED)]
)
def test_content_that_is_refused_is_told_from_a_full_disk(mail, message, reply, result):
    mail.replies.append(reply)
    assert CHANNELS["email"].send(message("wang@example.gov.cn")).result == result


def test_a_mail_server_that_is_down_blocks_the_channel(settings, message):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    outcome = CHANNELS["email"].send(message("wang@example.gov.cn"))
    assert (outcome.result, outcome.code) == (Result.BLOCKED, "unreachable:ConnectionRefusedError")


def test_an_address_with_a_line_break_reaches_nobody(mail, message):
    assert CHANNELS["email"].send(message("a@b.cn\nBcc: c@d.cn")).result == Result.NEVER
    assert not mail.kept


def test_what_is_asked_holds_neither_secret_nor_body_in_the_address(wechat, message):
    CHANNELS["wechat"].send(message("o-42"))
    assert all(wechat.secret not in asked.query for asked in wechat.asked)
    assert json.loads(wechat.asked[-1].body)["touser"] == "o-42"
