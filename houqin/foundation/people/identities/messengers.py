"""DingTalk's government edition and WeChat official accounts: small adapters of our own, for allauth's do not fit.

Not yet checked against the real systems. DingTalk: a QR page that leads back with a code (``getuserinfo_bycode``), and
inside the messenger an auth code (``dingtalk_app_user``); both asked for by the signed client. WeChat: the page of web
authorisation (``snsapi_base``) and ``/sns/oauth2/access_token``. A state of this browser alone, good once, guards both.
"""

from __future__ import annotations

import secrets
import time
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from houqin.foundation import dingtalk
from houqin.foundation.outside.address import read_address
from houqin.foundation.outside.ask import Failed, ask
from houqin.foundation.people.identities.providers import Proof, Refused, callback_url

_STATE = "identity_state"
STATE_S = 600


def _stash(request: HttpRequest, provider: str, **more: Any) -> str:
    state = secrets.token_urlsafe(24)
    request.session[_STATE] = {"provider": provider, "state": state, "at": time.time(), **more}
    return state


def unstash(request: HttpRequest, provider: str) -> dict[str, Any]:
    """What was stashed when this browser left for ``provider``; good once and for ten minutes. Raises ``Refused``."""
    kept = request.session.pop(_STATE, None) or {}
    same = constant_time_compare(kept.get("state", ""), request.GET.get("state", ""))
    if not kept or not same or kept["provider"] != provider or time.time() - kept["at"] > STATE_S:
        raise Refused(_("登录请求已失效或不是从本页发起的，请重新登录。"), code="identity_state")
    return dict(kept)


def dingtalk_page(request: HttpRequest, *, next: str, link: bool) -> str:
    """The address of DingTalk's QR page."""
    address = read_address(settings.DINGTALK_URL)
    assert address
    asked = {
        "response_type": "code",
        "client_id": address.key,
        "redirect_uri": callback_url("dingtalk"),
        "scope": "get_user_info",
        "authType": "QRCODE",
        "state": _stash(request, "dingtalk", next=next, link=link),
    }
    return f"{settings.DINGTALK_LOGIN_URL}/oauth2/auth.htm?{urlencode(asked)}"


def dingtalk_proof(code: str, *, inside: bool) -> Proof:
    """Who a code stands for: of the QR page, or of the messenger where this page is ``inside`` it."""
    client = dingtalk.client()
    if client is None or not code:
        raise Refused(_("没有收到政务钉钉的登录凭据，请重新登录。"), code="dingtalk_code")
    path, name = ("dingtalk_app_user", "auth_code") if inside else ("getuserinfo_bycode", "code")
    try:
        told = client.call_with_token("POST", f"/rpc/oauth2/{path}.json", {name: code})
    except Failed as failure:
        raise _failed(_("政务钉钉"), failure) from failure
    subject = told.get("accountId")
    if not subject:
        raise Refused(_("政务钉钉没有说明您是谁，请联系系统管理员。"), code="dingtalk_subject")
    if told.get("tenantId") and str(told["tenantId"]) != client.tenant_id:
        raise Refused(_("您的政务钉钉账号不属于本单位的租户。"), code="dingtalk_tenant")
    return Proof("dingtalk", str(subject))


def wechat_page(request: HttpRequest, *, next: str, link: bool) -> str:
    """The address of WeChat's web authorisation; only its own web view can open it."""
    address = read_address(settings.WECHAT_URL)
    assert address
    asked = {
        "appid": address.key,
        "redirect_uri": callback_url("wechat"),
        "response_type": "code",
        "scope": "snsapi_base",
        "state": _stash(request, "wechat", next=next, link=link),
    }
    return f"{settings.WECHAT_AUTHORIZE_URL}?{urlencode(asked)}#wechat_redirect"


def wechat_proof(code: str) -> Proof:
    """Whose ``openid`` a code stands for."""
    address = read_address(settings.WECHAT_URL)
    if address is None or not code:
        raise Refused(_("没有收到微信的登录凭据，请重新登录。"), code="wechat_code")
    asked = {"appid": address.key, "secret": address.secret, "code": code, "grant_type": "authorization_code"}
    try:
        told = ask("GET", f"{address.base_url}/sns/oauth2/access_token?{urlencode(asked)}")
    except Failed as failure:
        raise _failed(_("微信"), failure) from failure
    subject = told.get("openid")
    if told.get("errcode") or not isinstance(subject, str) or not subject:
        raise Refused(_("微信没有接受这次登录，请重新登录。"), code="wechat_code")
    return Proof("wechat", subject)


def _failed(name: str, failure: Failed) -> Refused:
    if failure.permanent:
        return Refused(_("%(name)s没有接受这次登录，请重新登录。") % {"name": name}, code="identity_code")
    return Refused(
        _("%(name)s暂时连不上，请稍后再试，或用登录名和密码登录。") % {"name": name},
        code="identity_unreachable",
    )
