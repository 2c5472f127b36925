"""The houses that are known here, and what they prove."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from houqin.foundation.errors import Problem, Text


class Refused(Problem):
    """What another house said cannot be relied upon; the message says what was wrong with it."""

    code = "identity_refused"
    status = 422


@dataclass(frozen=True)
class Proof:
    """Who somebody is over there. ``subject`` never changes; ``claims`` are for matching the first time."""

    provider: str
    subject: str
    claims: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Provider:
    """A house. ``open``: whether this installation is set up for it; ``offered``: whether it is of use in this browser."""

    code: str
    name: Callable[[], Text]
    open: Callable[[], bool]
    offered: Callable[[HttpRequest], bool]
    #: Whether anybody has tried it with the real system. Pages and documentation say so of those that nobody has.
    tried: bool = False

    @property
    def url(self) -> str:
        return reverse(f"people:{self.code}")


def callback_url(provider: str) -> str:
    """Where the other house sends people back to: an address of the site as the settings name it, whatever was asked."""
    return settings.BASE_URL.rstrip("/") + reverse(f"people:{provider}_callback")


def in_wechat(request: HttpRequest) -> bool:
    """Whether this is the web view of WeChat (which DingTalk's is not)."""
    return "MicroMessenger" in request.headers.get("User-Agent", "")


PROVIDERS = {
    each.code: each
    for each in (
        Provider(
            "oidc",
            lambda: settings.OIDC["name"] or _("统一身份认证"),
            lambda: bool(settings.OIDC["issuer"]),
            lambda request: True,
            tried=True,
        ),
        Provider(
            "dingtalk",
            lambda: _("政务钉钉"),
            lambda: bool(settings.DINGTALK_URL and settings.DINGTALK_LOGIN_URL),
            lambda request: not in_wechat(request),
        ),
        Provider("wechat", lambda: _("微信"), lambda: bool(settings.WECHAT_URL), in_wechat),
    )
}


def in_dingtalk(request: HttpRequest) -> bool:
    """Whether this is the web view of DingTalk's government edition (TaurusApp), and its own script is at hand."""
    agent = request.headers.get("User-Agent", "")
    inside = "TaurusApp" in agent or "DingTalk" in agent
    return inside and bool(settings.DINGTALK_JSAPI) and PROVIDERS["dingtalk"].open()


def offered(request: HttpRequest) -> list[Provider]:
    """The houses by which whoever stands at the door of this browser can come in."""
    return [each for each in PROVIDERS.values() if each.open() and each.offered(request)]
