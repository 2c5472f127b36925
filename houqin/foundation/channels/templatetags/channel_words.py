"""How results and reasons of sending are said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from houqin.foundation.channels.base import Result
from houqin.foundation.channels.notice_kinds import kind_of
from houqin.foundation.channels.queries import Row

register = template.Library()

_REASONS = {
    "timeout": gettext_lazy("对方没有及时应答"),
    "unreachable": gettext_lazy("连不上对方"),
    "no_address": gettext_lazy("没有登记账号"),
    "bad_address": gettext_lazy("地址不能用"),
    "read": gettext_lazy("已在系统内阅读"),
    "no_token": gettext_lazy("没有取得令牌"),
    "no_json": gettext_lazy("对方的应答看不懂"),
    "error": gettext_lazy("程序出错，见日志"),
}
_RESULTS = {
    Result.SENT: ("done", "check", gettext_lazy("已发送")),
    Result.LATER: ("amber", "hourglass", gettext_lazy("稍后重试")),
    Result.NEVER: ("red", "octagon", gettext_lazy("不能送达")),
    Result.BLOCKED: ("amber", "pause", gettext_lazy("渠道不通")),
}


@register.filter
def reason(code: str) -> str:
    """A reason in words, with the code that the other side gave."""
    word = _REASONS.get(code.partition(":")[0])
    if word is None:
        return _("对方应答 %(code)s") % {"code": code}
    return _("%(why)s（%(code)s）") % {"why": word, "code": code} if ":" in code else str(word)


@register.filter
def at(mapping: Mapping[str, Any], key: str) -> Any:
    """What stands under ``key``, or the key itself."""
    return mapping.get(key, key)


@register.filter
def group_name(kind: str) -> str:
    """The group that a kind of notice belongs to."""
    return str(kind_of(kind).group.label)


@register.simple_tag
def result_badge(result: str) -> SafeString:
    """Result of one try by word, shape and colour."""
    tone, shape, word = _RESULTS[Result(result)]
    return render_to_string(
        "components/badge.html", {"state": tone, "tone": tone, "shape": shape, "word": word}
    )


@register.simple_tag
def channel_badge(row: Row) -> SafeString:
    """How a channel stands."""
    if not row.configured:
        tone, shape, word = "plain", "slash", _("未配置")
    elif row.state.failures:
        tone, shape, word = "red", "octagon", _("不通")
    elif row.state.last_sent_at:
        tone, shape, word = "done", "check", _("正常")
    else:
        tone, shape, word = "plain", "circle", _("已配置")
    return render_to_string(
        "components/badge.html", {"state": tone, "tone": tone, "shape": shape, "word": word}
    )
