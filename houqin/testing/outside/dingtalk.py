"""DingTalk's government edition as we understand it: verifies every signature from the secret itself."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from django.utils import timezone

from houqin.foundation.dingtalk import DingTalk
from houqin.foundation.outside.address import read_address
from houqin.testing.outside.server import Answer, Asked, LocalServer

#: A request signed longer ago than this is refused.
WINDOW = timedelta(minutes=5)


class DingTalkServer(LocalServer):
    """``people``: sign-in code → what the platform tells about the account. ``shown``: bizMsgId → the notice shown."""

    key, secret, tenant = "houqin-test_dingoa", "dingtalk-test-secret", "196729"

    def __init__(self) -> None:
        super().__init__()
        self.people: dict[str, dict[str, Any]] = {}
        self.shown: dict[str, dict[str, Any]] = {}
        #: Account ids the platform does not know.
        self.unknown: set[str] = set()
        self.tokens: list[str] = []
        self.good_tokens: set[str] = set()
        self.expires_in_s = 7200
        self._nonces: set[str] = set()

    def setting(self) -> str:
        """The address as it stands in ``HOUQIN_DINGTALK_URL``."""
        return self.address(self.key, self.secret, self.tenant)

    def client(self) -> DingTalk:
        """A client that speaks to this server."""
        address = read_address(self.setting())
        assert address
        return DingTalk(address)

    def end_tokens(self) -> None:
        """The platform forgets every token before its time."""
        self.good_tokens.clear()

    def answer(self, asked: Asked) -> Answer:
        wrong = self._wrong_signature(asked)
        if wrong:
            return Answer({"success": False, "errorCode": wrong, "errorMsg": "signature"}, status=403)
        params = dict(parse_qsl(asked.query if asked.method == "GET" else asked.body.decode("ascii")))
        match asked.path:
            case "/gettoken.json":
                return self._token(params)
            case "/rpc/oauth2/dingtalk_app_user.json" | "/rpc/oauth2/getuserinfo_bycode.json":
                return self._person(params)
            case "/message/workNotification":
                return self._notice(params)
        return Answer({"success": False, "errorCode": "API_NOT_FOUND"}, status=404)

    def _wrong_signature(self, asked: Asked) -> str:
        """Worked out from the secret and the bytes on the line, apart from our client's way of doing it."""
        headers = asked.headers
        if headers.get("apikey") != self.key or headers.get("x-hmac-auth-version") != "1.0":
            return "UNKNOWN_KEY"
        signed_at = headers.get("x-hmac-auth-timestamp", "")
        if abs(timezone.now() - datetime.fromisoformat(signed_at)) > WINDOW:
            return "EXPIRED"
        nonce = headers.get("x-hmac-auth-nonce", "")
        if nonce in self._nonces or not nonce.isdecimal():
            return "REPLAYED"
        self._nonces.add(nonce)
        sent = asked.query if asked.method == "GET" else asked.body.decode("ascii")
        pairs = [pair.partition("=") for pair in sent.split("&") if pair]
        shown = sorted(f"{k}={v if k == 'msg' else unquote_plus(v)}" for k, _, v in pairs)
        lines = [asked.method, signed_at, nonce, asked.path, *(["&".join(shown)] if shown else [])]
        digest = hmac.new(self.secret.encode(), "\n".join(lines).encode(), hashlib.sha256).digest()
        good = hmac.compare_digest(base64.b64encode(digest).decode(), headers["x-hmac-auth-signature"])
        return "" if good else "BAD_SIGNATURE"

    def _token(self, params: dict[str, str]) -> Answer:
        if (params.get("appkey"), params.get("appsecret")) != (self.key, self.secret):
            return _refused("INVALID_APP")
        token = f"token-{len(self.tokens) + 1}"
        self.tokens.append(token)
        self.good_tokens.add(token)
        return _done({"accessToken": token, "expiresIn": self.expires_in_s})

    def _person(self, params: dict[str, str]) -> Answer:
        if params.get("access_token") not in self.good_tokens:
            return _refused("INVALID_TOKEN")
        person = self.people.pop(params.get("auth_code") or params.get("code") or "", None)
        return _done(person) if person else _refused("INVALID_CODE")

    def _notice(self, params: dict[str, str]) -> Answer:
        if params.get("tenantId") != self.tenant or not params.get("receiverIds"):
            return _refused("INVALID_PARAM")
        if params["receiverIds"] in self.unknown:
            return _refused("RECEIVER_NOT_EXIST")
        notice = {"to": params["receiverIds"].split(","), **json.loads(params["msg"])}
        self.shown.setdefault(params["bizMsgId"], notice)
        return _done(json.dumps({"msgId": str(1000 + list(self.shown).index(params["bizMsgId"]))}))


def _done(data: Any) -> Answer:
    return Answer({"success": True, "content": {"success": True, "responseCode": "0", "data": data}})


def _refused(code: str) -> Answer:
    return Answer({"success": True, "content": {"success": False, "responseCode": code, "data": None}})
