"""Coming in by DingTalk's government edition and by WeChat, each against a server on this machine that checks."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from houqin.foundation import dingtalk as client_of_dingtalk
from houqin.foundation.people.models import Identity
from houqin.testing.outside.dingtalk import DingTalkServer
from houqin.testing.outside.wechat_sign_in import WeChatSignInServer

WECHAT = {"user-agent": "Mozilla/5.0 (Linux; Android 14) AppleWebKit MicroMessenger/8.0"}


@pytest.fixture
def dingtalk(settings, cast):
    with DingTalkServer() as server:
        settings.BASE_URL = "http://testserver"
        settings.DINGTALK_URL, settings.DINGTALK_LOGIN_URL = server.setting(), server.url
        yield server
    client_of_dingtalk._client.cache_clear()


@pytest.fixture
def wechat(settings, cast):
    with WeChatSignInServer() as server:
        settings.BASE_URL = "http://testserver"
        settings.WECHAT_URL = server.setting()
        settings.WECHAT_AUTHORIZE_URL = f"{server.url}/connect/oauth2/authorize"
        yield server


def asked_of(answer):
    parts = urlsplit(answer.url)
    return parts, {name: values[0] for name, values in parse_qs(parts.query).items()}


def linked(cast, provider, subject):
    Identity.objects.create(person=cast.staff, provider=provider, subject=subject)


def test_dingtalks_qr_page_leads_in(cast, client, dingtalk):
    linked(cast, "dingtalk", "331")
    dingtalk.people["c1"] = {"accountId": 331, "tenantId": dingtalk.tenant, "lastName": "李晓雯"}
    assert "用政务钉钉登录" in client.get("/sign-in").content.decode()
    parts, asked = asked_of(client.get(reverse("people:dingtalk"), {"next": "/profile"}))
    assert parts.path == "/oauth2/auth.htm"
    assert (asked["client_id"], asked["scope"], asked["authType"]) == (
        dingtalk.key,
        "get_user_info",
        "QRCODE",
    )
    assert asked["redirect_uri"] == "http://testserver/sign-in/dingtalk/callback"
    back = client.get(reverse("people:dingtalk_callback"), {"code": "c1", "state": asked["state"]})
    assert back.url == "/profile"
    assert client.get("/profile").context["person"] == cast.staff
    again = client.get(reverse("people:dingtalk_callback"), {"code": "c1", "state": asked["state"]})
    assert again.status_code == 422


def test_an_auth_code_of_the_messenger_leads_in_and_once(cast, client, dingtalk):
    linked(cast, "dingtalk", "331")
    dingtalk.people["a1"] = {"accountId": "331", "tenantId": dingtalk.tenant}
    address = reverse("people:inside_dingtalk")
    assert client.post(address, {"auth_code": "a1", "next": "/profile"}).url == "/profile"
    assert Client().post(address, {"auth_code": "a1"}).status_code == 422
    assert Client().post(address).status_code == 422
    assert Client(enforce_csrf_checks=True).post(address, {"auth_code": "a1"}).status_code == 403


@pytest.mark.parametrize(
    ("told", "says"),
    [({"accountId": "331", "tenantId": "999"}, "租户"), ({"tenantId": "196729"}, "没有说明您是谁")],
)
def test_dingtalk_of_another_house_or_of_nobody_is_refused(cast, client, dingtalk, told, says):
    linked(cast, "dingtalk", "331")
    dingtalk.people["a1"] = told
    answer = client.post(reverse("people:inside_dingtalk"), {"auth_code": "a1"})
    assert (answer.status_code, says in answer.content.decode()) == (422, True)


def test_a_stranger_of_dingtalk_is_linked_by_a_password_once(cast, client, dingtalk):
    for code in ("a1", "a2"):
        dingtalk.people[code] = {"accountId": "555", "tenantId": dingtalk.tenant}
    address = reverse("people:inside_dingtalk")
    assert client.post(address, {"auth_code": "a1"}).url == reverse("people:sign_in")
    assert "您的政务钉钉身份还没有关联到账号" in client.get(reverse("people:sign_in")).content.decode()
    client.post(reverse("people:sign_in"), {"username": "staff", "password": "houqin-demo"})
    assert Identity.objects.get().subject == "555"
    assert Client().post(address, {"auth_code": "a2"}).url == "/"


def test_inside_the_messenger_the_page_asks_its_script(cast, dingtalk, settings, tmp_path):
    inside = Client(headers={"user-agent": "Mozilla/5.0 (Linux; Android 14) TaurusApp/2.9"})
    script = reverse("people:dingtalk_script")
    assert "inside-dingtalk" not in inside.get("/sign-in").content.decode()
    assert inside.get(script).status_code == 404
    file = tmp_path / "index.js"
    file.write_text("window.dd = {};", encoding="utf-8")
    settings.DINGTALK_JSAPI = str(file)
    page = inside.get("/sign-in").content.decode()
    assert f'data-tenant="{dingtalk.tenant}"' in page
    assert script in page
    answer = inside.get(script)
    assert (answer["Content-Type"], b"".join(answer.streaming_content)) == (
        "text/javascript",
        b"window.dd = {};",
    )
    assert "inside-dingtalk" not in Client().get("/sign-in").content.decode()


def test_pages_say_what_nobody_has_tried_with_the_real_system(cast, client, dingtalk, as_person):
    assert "未经真实系统验证" in client.get("/sign-in").content.decode()
    assert "未经真实系统验证" in as_person(cast.staff).get(reverse("people:identities")).content.decode()


def test_dingtalk_away_is_told(cast, client, dingtalk):
    dingtalk.always = 503
    answer = client.post(reverse("people:inside_dingtalk"), {"auth_code": "a1"})
    assert "暂时连不上" in answer.content.decode()


def test_wechats_web_authorisation_leads_in(cast, wechat):
    linked(cast, "wechat", "o-77")
    wechat.people["c1"] = "o-77"
    client = Client(headers=WECHAT)
    assert "用微信登录" in client.get("/sign-in").content.decode()
    parts, asked = asked_of(client.get(reverse("people:wechat"), {"next": "/profile"}))
    assert (parts.path, parts.fragment) == ("/connect/oauth2/authorize", "wechat_redirect")
    assert (asked["appid"], asked["scope"], asked["response_type"]) == (wechat.appid, "snsapi_base", "code")
    back = {"code": "c1", "state": asked["state"]}
    assert client.get(reverse("people:wechat_callback"), back).url == "/profile"
    assert client.get("/profile").context["person"] == cast.staff
    assert client.get(reverse("people:wechat_callback"), back).status_code == 422


@pytest.mark.parametrize("state", ["", "guessed", "of another browser"])
def test_wechat_without_this_browsers_state_is_refused(cast, wechat, state):
    linked(cast, "wechat", "o-77")
    wechat.people["c1"] = "o-77"
    client, other = Client(headers=WECHAT), Client(headers=WECHAT)
    client.get(reverse("people:wechat"))
    if state == "of another browser":
        state = asked_of(other.get(reverse("people:wechat")))[1]["state"]
    answer = client.get(reverse("people:wechat_callback"), {"code": "c1", "state": state})
    assert answer.status_code == 422
    assert client.get("/profile").status_code == 302
    assert not wechat.asked


def test_wechats_refusal_is_told(cast, wechat):
    client = Client(headers=WECHAT)
    asked = asked_of(client.get(reverse("people:wechat")))[1]
    answer = client.get(reverse("people:wechat_callback"), {"code": "unknown", "state": asked["state"]})
    assert "微信没有接受这次登录" in answer.content.decode()


def test_each_is_offered_where_it_is_of_use(cast, client, wechat, settings):
    assert "用微信登录" not in client.get("/sign-in").content.decode()
    settings.WECHAT_URL = ""
    assert Client(headers=WECHAT).get(reverse("people:wechat")).status_code == 404
