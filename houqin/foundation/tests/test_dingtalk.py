"""The signing client of DingTalk's government edition against a server that checks every signature."""

import json
import logging

import pytest
import time_machine

from houqin.foundation import dingtalk
from houqin.foundation.outside.address import read_address
from houqin.foundation.outside.ask import Failed
from houqin.testing.outside.dingtalk import DingTalkServer


@pytest.fixture
def server():
    with DingTalkServer() as running:
        yield running


def notice(server, **more):
    msg = json.dumps(
        {"msgtype": "text", "text": {"content": "报修 100% 完成 & 请评价 +1"}}, ensure_ascii=False
    )
    params = {"tenantId": "196729", "receiverIds": "42", "bizMsgId": "houqin-1", "msg": msg, **more}
    return server.client().call("POST", "/message/workNotification", params, encoded={"msg"})


def test_a_signature_as_worked_out_by_hand():
    # printf 'GET\n…' | openssl dgst -sha256 -hmac s3cret -binary | base64
    signed = dingtalk.signature(
        "s3cret", "GET", "2026-03-02T09:00:00.000+08:00", "17724132000001234", "/gettoken.json",
        {"appsecret": "s3cret", "appkey": "k"},
    )  # fmt: skip
    assert signed == "Bp2eyhFtBbqnGizZsuo+GANAiTJ/r2489ixl5A45atM="


def test_a_notice_is_signed_with_its_message_encoded_and_shown_once(server):
    assert notice(server) == {"msgId": "1000"}
    assert notice(server) == {"msgId": "1000"}
    assert list(server.shown) == ["houqin-1"]
    assert server.shown["houqin-1"]["text"]["content"] == "报修 100% 完成 & 请评价 +1"
    assert server.shown["houqin-1"]["to"] == ["42"]


def test_a_message_signed_as_it_is_is_refused_by_the_server(server):
    with pytest.raises(Failed, match="http:403"):
        server.client().call("POST", "/message/workNotification", {"msg": '{"a": 1}', "tenantId": "196729"})


def test_a_wrong_secret_is_refused(server):
    address = read_address(server.address(server.key, "another-secret", server.tenant))
    with pytest.raises(Failed) as failure:
        dingtalk.DingTalk(address).token()
    assert (failure.value.code, failure.value.permanent) == ("http:403", True)


def test_no_two_requests_of_one_moment_have_the_same_nonce(server):
    client = server.client()
    with time_machine.travel("2026-03-02 09:00+08:00", tick=False):
        nonces = {client._headers("GET", "/", {}, ())["X-Hmac-Auth-Nonce"] for _ in range(5000)}
    assert len(nonces) == 5000
    assert all(len(nonce) == 17 and nonce.isdecimal() for nonce in nonces)


def test_a_token_is_kept_until_it_ends(server):
    client = server.client()
    with time_machine.travel("2026-03-02 09:00+08:00", tick=False) as clock:
        server.people = {"a": {"accountId": 1}, "b": {"accountId": 2}, "c": {"accountId": 3}}
        path = "/rpc/oauth2/dingtalk_app_user.json"
        assert client.call_with_token("POST", path, {"auth_code": "a"}) == {"accountId": 1}
        assert client.call_with_token("POST", path, {"auth_code": "b"}) == {"accountId": 2}
        assert server.tokens == ["token-1"]
        clock.shift(7100)
        assert client.call_with_token("POST", path, {"auth_code": "c"}) == {"accountId": 3}
    assert server.tokens == ["token-1", "token-2"]


def test_a_token_the_platform_forgot_is_asked_for_again_once(server):
    client = server.client()
    path = "/rpc/oauth2/dingtalk_app_user.json"
    client.token()
    server.end_tokens()
    server.people = {"a": {"accountId": 1}}
    assert client.call_with_token("POST", path, {"auth_code": "a"}) == {"accountId": 1}
    with pytest.raises(Failed, match="INVALID_CODE"):
        client.call_with_token("POST", path, {"auth_code": "a"})
    assert len(server.tokens) == 3


@pytest.mark.parametrize(
    ("trouble", "permanent"), [("cut", False), ("drop", False), (503, False), (429, False), (400, True)]
)
def test_what_fails_says_whether_to_try_again(server, trouble, permanent):
    server.troubles.append(trouble)
    with pytest.raises(Failed) as failure:
        notice(server)
    assert failure.value.permanent is permanent


def test_an_account_the_platform_does_not_know_is_for_good(server):
    server.unknown.add("42")
    with pytest.raises(Failed) as failure:
        notice(server)
    assert (failure.value.code, failure.value.permanent) == ("dingtalk:RECEIVER_NOT_EXIST", True)


def test_no_secret_is_ever_logged_or_told(server, caplog):
    caplog.set_level(logging.INFO)
    client = server.client()
    client.token()
    server.always = "cut"
    with pytest.raises(Failed) as failure:
        notice(server)
    told = caplog.text + repr(failure.value) + repr(read_address(server.setting()))
    assert server.secret not in told
    assert "token-1" not in told


def test_proxies_of_the_environment_are_passed_by(server, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert notice(server) == {"msgId": "1000"}


@pytest.mark.parametrize(
    "url",
    ["", "openplatform.dg-work.cn", "https://openplatform.dg-work.cn", "https://k@host", "http://k:s@example.cn",
     "https://k:s@host:port"],
)  # fmt: skip
def test_an_address_that_is_not_whole_is_none(url):
    assert read_address(url) is None


def test_an_address_is_read_with_what_is_encoded_in_it():
    address = read_address("https://app%2Fkey:se%40cret@openplatform.dg-work.cn:8443/196729")
    assert (address.base_url, address.key, address.secret, address.rest) == (
        "https://openplatform.dg-work.cn:8443", "app/key", "se@cret", "196729"
    )  # fmt: skip
