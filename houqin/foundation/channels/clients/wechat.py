"""Template messages of a WeChat official account: ``stable_token`` and ``message/template/send``."""

from __future__ import annotations

import threading
import time
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy

from houqin.foundation.channels.base import SENT, Message, Outcome, Result, outcome_of, short
from houqin.foundation.outside.address import Address, read_address
from houqin.foundation.outside.ask import Failed, ask

#: A token is asked for anew this long before it ends.
MARGIN_S = 120
_TOKEN_ENDED = {40001, 40014, 42001}
#: Unknown openid; the person does not follow the account, or has refused its messages.
_NEVER = {40003, 43004, 43101}
#: The platform is busy or the day's quota is used up.
_BUSY = {-1, 45009, 45011, 45047}
#: A thing.DATA of a template holds this many characters.
_THING = 20


class Account:
    """One official account. ``address``: ``https://APPID:SECRET@api.weixin.qq.com/TEMPLATE?title=thing2&time=time3``.

    A template names its fields itself, so the address says which of them takes title, time and text.
    """

    def __init__(self, address: Address) -> None:
        self.address = address
        self._token, self._good_until = "", 0.0
        self._lock = threading.Lock()

    def token(self) -> str:
        """The access token: ``stable_token`` answers every process with the same one until it ends."""
        with self._lock:
            if time.time() < self._good_until:
                return self._token
            asked_at = time.time()
            body = {
                "grant_type": "client_credential",
                "appid": self.address.key,
                "secret": self.address.secret,
            }
            said = ask("POST", f"{self.address.base_url}/cgi-bin/stable_token", json=body)
            if not said.get("access_token"):
                # A wrong secret, or an address that is not on the account's list: nothing passes until it is mended.
                raise Failed(f"wechat:{said.get('errcode', 'no_token')}", permanent=False)
            self._token = str(said["access_token"])
            self._good_until = asked_at + max(int(said.get("expires_in", 0)) - MARGIN_S, 0)
            return self._token

    def forget(self, token: str) -> None:
        """Ask for another token next time, unless somebody did already."""
        with self._lock:
            if token == self._token:
                self._good_until = 0.0

    def post(self, body: dict[str, Any]) -> int:
        """Send a template message; answers the ``errcode``. A token that has ended is replaced once."""
        for _attempt in (1, 2):
            token = self.token()
            url = f"{self.address.base_url}/cgi-bin/message/template/send"
            code = int(ask("POST", url, params={"access_token": token}, json=body).get("errcode", -1))
            if code not in _TOKEN_ENDED:
                break
            self.forget(token)
        return code


class WeChat:
    """``client_msg_id`` is our key: the platform drops a repeat. The receiver is an ``openid`` of the account."""

    code = "wechat"
    setting = "HOUQIN_WECHAT_URL"
    name = gettext_lazy("微信公众号模板消息")
    address_name = gettext_lazy("微信 openid")
    per_minute = 600

    def configured(self) -> bool:
        return account() is not None

    def send(self, message: Message) -> Outcome:
        sender = account()
        assert sender
        fields = {"title": "thing2", "time": "time3", **sender.address.options}
        values = {"title": message.title, "time": message.when, "body": message.body or message.title}
        body = {
            "touser": message.to,
            "template_id": sender.address.rest,
            "url": message.url,
            "client_msg_id": message.key.hex,
            "data": {
                name: {"value": _fitted(name, values[what])}
                for what, name in fields.items()
                if what in values
            },
        }
        try:
            code = sender.post(body)
        except Failed as failure:
            return outcome_of(failure)
        if code == 0:
            return SENT
        result = Result.NEVER if code in _NEVER else Result.BLOCKED
        return Outcome(result, f"wechat:{code}", 600 if code in _BUSY - {-1} else 0)


def _fitted(name: str, value: str) -> str:
    return short(value, _THING if name.startswith("thing") else 200)


def account() -> Account | None:
    """The official account of this installation (``HOUQIN_WECHAT_URL``); nothing where none is set."""
    return _account(settings.WECHAT_URL)


@cache
def _account(url: str) -> Account | None:
    address = read_address(url)
    return Account(address) if address else None
