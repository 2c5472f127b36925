"""WeChat's official-account platform as we understand it: tokens that end, openids it knows."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

from houqin.testing.outside.server import Answer, Asked, LocalServer


class WeChatServer(LocalServer):
    """``shown``: client_msg_id → the message shown. ``unknown``: openids that do not follow the account."""

    appid, secret, template = "wx1234567890", "wechat-test-secret", "tpl-notice"

    def __init__(self) -> None:
        super().__init__()
        self.shown: dict[str, dict[str, Any]] = {}
        self.unknown: set[str] = set()
        self.token = "stable-1"
        self.token_calls = 0
        self.expires_in_s = 7200
        #: Answered instead of the usual, once each.
        self.codes: list[int] = []

    def setting(self) -> str:
        """The address as it stands in ``HOUQIN_WECHAT_URL``."""
        return self.address(self.appid, self.secret, f"{self.template}?title=thing2&time=time3&body=thing5")

    def end_token(self) -> None:
        """The platform gives out another one from now on."""
        self.token = f"stable-{int(self.token[7:]) + 1}"

    def answer(self, asked: Asked) -> Answer:
        said = json.loads(asked.body)
        if asked.path == "/cgi-bin/stable_token":
            self.token_calls += 1
            if (said["appid"], said["secret"]) != (self.appid, self.secret):
                return Answer({"errcode": 40125, "errmsg": "invalid appsecret"})
            return Answer({"access_token": self.token, "expires_in": self.expires_in_s})
        if asked.path != "/cgi-bin/message/template/send":
            return Answer({"errcode": 40066, "errmsg": "invalid url"}, status=404)
        if parse_qs(asked.query).get("access_token") != [self.token]:
            return Answer({"errcode": 42001, "errmsg": "access_token expired"})
        if self.codes:
            return Answer({"errcode": self.codes.pop(0), "errmsg": "scripted"})
        if said["touser"] in self.unknown:
            return Answer({"errcode": 43004, "errmsg": "require subscribe"})
        if said["template_id"] != self.template:
            return Answer({"errcode": 40037, "errmsg": "invalid template_id"})
        for name, value in said["data"].items():
            if name.startswith("thing") and len(value["value"]) > 20:
                return Answer({"errcode": 47003, "errmsg": f"argument invalid! {name}"})
        self.shown.setdefault(said["client_msg_id"], said)
        return Answer({"errcode": 0, "errmsg": "ok", "msgid": len(self.shown)})
