"""The open platform of DingTalk's government edition (专有钉钉, in Zhejiang 浙政钉): signed requests and its token.

Not yet checked against the real platform. What is written here follows its published clients:

- ``HMAC-SHA256(secret, METHOD \\n TIMESTAMP \\n NONCE \\n PATH [\\n k1=v1&k2=v2 sorted])`` in Base64, in the header
  ``X-Hmac-Auth-Signature`` beside ``apiKey`` and its brothers; values are signed as they are, not encoded;
- but ``msg`` of a work notice is signed URL-encoded, as it travels in the form: name it in ``encoded``;
- ``/gettoken.json`` answers ``content.data.accessToken`` and ``expiresIn`` (seconds); the token is kept in this process
  alone, for asking again costs little and a token in a table would be one more secret to guard.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import secrets
import threading
import time
import uuid
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any
from urllib.parse import quote

from django.conf import settings

from houqin.foundation.outside.address import Address, read_address
from houqin.foundation.outside.ask import Failed, ask

#: A token is asked for anew this long before it ends.
MARGIN_S = 120
_SHANGHAI = timezone(timedelta(hours=8))
#: The four last digits of a nonce: counted, for of seventy drawn in one second two are often the same.
_TURNS = itertools.count(secrets.randbelow(9000))
#: Said when an answer brings no code of its own.
_REFUSED = "refused"


def signature(
    secret: str,
    method: str,
    timestamp: str,
    nonce: str,
    path: str,
    params: Mapping[str, str] | None = None,
    *,
    encoded: Collection[str] = (),
) -> str:
    """What goes into ``X-Hmac-Auth-Signature``; values named in ``encoded`` are signed URL-encoded."""
    parts = [method, timestamp, nonce, path]
    if params:
        shown = {key: quote(value, safe="") if key in encoded else value for key, value in params.items()}
        parts.append("&".join(f"{key}={value}" for key, value in sorted(shown.items())))
    digest = hmac.new(secret.encode(), "\n".join(parts).encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode("ascii")


class DingTalk:
    """One application on the platform. ``address``: ``https://APPKEY:APPSECRET@openplatform.dg-work.cn/TENANT``."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self.tenant_id = address.rest
        self._token, self._good_until = "", 0.0
        self._lock = threading.Lock()

    def call(
        self, method: str, path: str, params: Mapping[str, str], *, encoded: Collection[str] = ()
    ) -> dict[str, Any]:
        """One signed request, parameters as query (GET) or form (POST); answers ``content.data``.

        Raises :class:`houqin.foundation.outside.ask.Failed`: permanent when the platform refused.
        """
        headers = self._headers(method, path, params, encoded)
        body = "&".join(f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in params.items())
        url = f"{self._address.base_url}{path}"
        if method == "GET":
            return _data(ask("GET", f"{url}?{body}", headers=headers))
        headers["Content-Type"] = "application/x-www-form-urlencoded;charset=UTF-8"
        return _data(ask("POST", url, headers=headers, content=body.encode("ascii")))

    def call_with_token(self, method: str, path: str, params: Mapping[str, str]) -> dict[str, Any]:
        """The same with ``access_token``. A kept token that is refused is thrown away, and the call made once more.

        The platform may end a token before its time, and does not say so by one documented code.
        """
        token, kept = self.token()
        try:
            return self.call(method, path, {**params, "access_token": token})
        except Failed as failure:
            if not (kept and failure.permanent):
                raise
        with self._lock:
            if self._token == token:
                self._good_until = 0.0
        return self.call(method, path, {**params, "access_token": self.token()[0]})

    def token(self) -> tuple[str, bool]:
        """The application's access token, and whether it was kept from before."""
        with self._lock:
            if time.time() < self._good_until:
                return self._token, True
            asked_at = time.time()
            params = {"appkey": self._address.key, "appsecret": self._address.secret}
            data = self.call("GET", "/gettoken.json", params)
            if not (isinstance(data.get("accessToken"), str) and data["accessToken"]):
                raise Failed("no_token", permanent=False)
            self._token = data["accessToken"]
            self._good_until = asked_at + max(_seconds(data.get("expiresIn")) - MARGIN_S, 0)
            return self._token, False

    def _headers(
        self, method: str, path: str, params: Mapping[str, str], encoded: Collection[str]
    ) -> dict[str, str]:
        now = datetime.now(_SHANGHAI)
        timestamp = now.strftime("%Y-%m-%dT%H:%M:%S.000+08:00")
        nonce = f"{int(now.timestamp() * 1000)}{1000 + next(_TURNS) % 9000}"
        mac = f"{uuid.getnode():012x}"
        secret = self._address.secret
        return {
            "apiKey": self._address.key,
            "X-Hmac-Auth-Timestamp": timestamp,
            "X-Hmac-Auth-Version": "1.0",
            "X-Hmac-Auth-Nonce": nonce,
            "X-Hmac-Auth-Signature": signature(
                secret, method, timestamp, nonce, path, params, encoded=encoded
            ),
            "X-Hmac-Auth-IP": "127.0.0.1",
            "X-Hmac-Auth-MAC": ":".join(mac[at : at + 2] for at in range(0, 12, 2)),
        }


def client() -> DingTalk | None:
    """The application of this installation (``HOUQIN_DINGTALK_URL``); nothing where none is set."""
    return _client(settings.DINGTALK_URL)


@cache
def _client(url: str) -> DingTalk | None:
    address = read_address(url)
    return DingTalk(address) if address else None


def _data(said: dict[str, Any]) -> dict[str, Any]:
    """What is inside ``content.data``, itself sometimes a string of JSON; raises Failed where success is denied."""
    content = said.get("content")
    content = content if isinstance(content, dict) else {}
    if not said.get("success") or content.get("success") is False:
        code = content.get("responseCode") or said.get("bizErrorCode") or said.get("errorCode") or _REFUSED
        raise Failed(f"dingtalk:{str(code)[:60]}", permanent=True)
    data = content.get("data")
    if isinstance(data, str):
        try:
            data = json.loads(data)
        except ValueError:
            data = {"value": data}
    return data if isinstance(data, dict) else {}


def _seconds(given: Any) -> int:
    return int(given) if str(given).isdecimal() else 0
