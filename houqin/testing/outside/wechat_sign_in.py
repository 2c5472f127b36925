"""WeChat's web authorisation as we understand it: a code is good once, for whoever has the secret."""

from __future__ import annotations

from urllib.parse import parse_qsl

from houqin.testing.outside.server import Answer, Asked, LocalServer


class WeChatSignInServer(LocalServer):
    """``people``: code → openid."""

    appid, secret = "wx1234567890", "wechat-test-secret"

    def __init__(self) -> None:
        super().__init__()
        self.people: dict[str, str] = {}

    def setting(self) -> str:
        """The address as it stands in ``HOUQIN_WECHAT_URL``."""
        return self.address(self.appid, self.secret, "template")

    def answer(self, asked: Asked) -> Answer:
        sent = dict(parse_qsl(asked.query))
        if asked.path != "/sns/oauth2/access_token" or sent.get("grant_type") != "authorization_code":
            return Answer({"errcode": 40066, "errmsg": "invalid url"})
        if (sent.get("appid"), sent.get("secret")) != (self.appid, self.secret):
            return Answer({"errcode": 40125, "errmsg": "invalid appsecret"})
        openid = self.people.pop(sent.get("code", ""), None)
        if openid is None:
            return Answer({"errcode": 40029, "errmsg": "invalid code"})
        told = {"access_token": "w", "expires_in": 7200, "openid": openid, "scope": "snsapi_base"}
        return Answer(told)
