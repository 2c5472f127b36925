"""How verbs, limits and moments of a case are said to people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from houqin.affairs.declare import ClockKind, Limit
from houqin.affairs.models import Event
from houqin.affairs.naming import said
from houqin.foundation.errors import Text


@dataclass(frozen=True)
class VerbWords:
    """A verb on a button and over its form. ``consequence`` says what cannot be taken back; ``at_once`` needs no form;
    ``send`` is the word on the form's own button where it differs.
    """

    label: Text
    icon: str = "next"
    done: Text = ""
    hint: Text = ""
    consequence: Text = ""
    at_once: bool = False
    danger: bool = False
    send: Text = ""


VERBS: Mapping[str, VerbWords] = {
    "accept": VerbWords(gettext_lazy("接单"), "check", gettext_lazy("已接单"), at_once=True),
    "arrive": VerbWords(
        gettext_lazy("我已到场"),
        "place",
        gettext_lazy("已登记到场"),
        gettext_lazy("扫房间或设备上的二维码，证明您在现场；没有码或扫不出来，可以直接登记。"),
    ),
    "complete": VerbWords(
        gettext_lazy("办毕"),
        "check-circle",
        gettext_lazy("已办毕，等申请人确认"),
        gettext_lazy("写明怎么办的，附完工照片；申请人会看到。"),
    ),
    "approve": VerbWords(pgettext_lazy("verb", "同意"), "check", gettext_lazy("已同意")),
    "dispatch": VerbWords(
        gettext_lazy("派单"),
        "transfer",
        gettext_lazy("已派出"),
        gettext_lazy("可派给一个或几个科室，也可直接派给一位人员。"),
    ),
    "transfer": VerbWords(
        gettext_lazy("转办"),
        "transfer",
        gettext_lazy("已转出"),
        gettext_lazy("时限继续计算，不因转办重新起算。"),
    ),
    "return_step": VerbWords(
        gettext_lazy("退回上一环节"),
        "back",
        gettext_lazy("已退回"),
        gettext_lazy("退给上一环节的经办人重新办理。"),
    ),
    "add_approver": VerbWords(
        gettext_lazy("加签"),
        "people",
        gettext_lazy("已加签"),
        gettext_lazy("加签人同意后，办件才会进入下一环节。"),
    ),
    "request_supplement": VerbWords(
        gettext_lazy("要求补正"),
        "pause",
        gettext_lazy("已通知申请人补正，时限暂停"),
        gettext_lazy("写明缺什么、怎么补；申请人补正前时限暂停。"),
    ),
    "refuse": VerbWords(
        pgettext_lazy("verb", "不予受理"),
        "slash",
        gettext_lazy("已不予受理"),
        consequence=gettext_lazy("办件随即终止，不能恢复；申请人会看到原因。"),
        danger=True,
    ),
    "supplement": VerbWords(
        gettext_lazy("补正材料"),
        "plus",
        gettext_lazy("已补正，办理人会继续办"),
        gettext_lazy("补正后时限继续计算。"),
    ),
    "confirm": VerbWords(
        gettext_lazy("确认办好"), "check-circle", gettext_lazy("已办结，谢谢您的确认"), at_once=True
    ),
    "reopen": VerbWords(
        gettext_lazy("没有办好"),
        "undo",
        gettext_lazy("已退给原办理人重新办"),
        gettext_lazy("写明哪里没有办好，原办理人会马上收到。"),
    ),
    "remind": VerbWords(gettext_lazy("催办"), "bell", gettext_lazy("已催办，办理人收到了"), at_once=True),
    "withdraw": VerbWords(
        gettext_lazy("撤回"),
        "undo",
        gettext_lazy("已撤回"),
        consequence=gettext_lazy("撤回后不再办理，编号作废；需要时请重新提交。"),
        danger=True,
    ),
    "rate": VerbWords(
        gettext_lazy("去评价"), "star", gettext_lazy("谢谢您的评价"), send=gettext_lazy("提交评价")
    ),
}
#: The one primary verb of a page is the first of these that is open to the viewer.
FIRST = ("supplement", "confirm", "rate", "approve", "dispatch", "accept", "arrive", "complete")

#: What a verb of a case has done, in words.
EVENTS: Mapping[str, Text] = {
    "submit": gettext_lazy("提交申请"),
    "join": gettext_lazy("报告了同一问题"),
    "approve": pgettext_lazy("event", "同意"),
    "refuse": pgettext_lazy("event", "不予受理"),
    "return_step": pgettext_lazy("event", "退回上一环节"),
    "accept": pgettext_lazy("event", "接单"),
    "arrive": gettext_lazy("到达现场"),
    "complete": pgettext_lazy("event", "办毕"),
    "request_supplement": pgettext_lazy("event", "要求补正"),
    "supplement": pgettext_lazy("event", "补正材料"),
    "confirm": gettext_lazy("确认办结"),
    "confirm_by_silence": gettext_lazy("三个工作日未回复，自动办结"),
    "reopen": gettext_lazy("反馈没有办好，重新办理"),
    "remind": pgettext_lazy("event", "催办"),
    "withdraw": gettext_lazy("撤回申请"),
    "escalate": gettext_lazy("办理超时"),
}
_TONES: Mapping[str, str] = {
    "complete": "done",
    "confirm": "done",
    "confirm_by_silence": "done",
    "escalate": "red",
    "refuse": "red",
    "reopen": "amber",
    "request_supplement": "amber",
    "remind": "amber",
}


def event_words(event: Event) -> str:
    """One line of the timeline in words: 转办给维修科, 评价 5 星, 到达现场（扫码）."""
    data: Mapping[str, Any] = event.data or {}
    to = data.get("to")
    to = _("、").join(map(str, to)) if isinstance(to, list) else str(to or "")
    if event.verb == "transfer":
        return _("转办给%(to)s") % {"to": to}
    if event.verb == "dispatch":
        return _("派单给%(to)s") % {"to": to}
    if event.verb == "add_approver":
        return _("请%(to)s加签") % {"to": to}
    if event.verb == "escalate" and to:
        return _("办理超时，已上报%(to)s") % {"to": to}
    if event.verb == "rate":
        return _("评价 %(stars)s 星") % {"stars": data.get("stars", "")}
    if event.verb == "arrive" and data.get("scanned"):
        return _("到达现场（扫码）")
    return str(EVENTS.get(event.verb, said(event.step_name) or event.verb))


def event_tone(verb: str) -> str:
    return _TONES.get(verb, "")


def limit_words(limit: Limit | Mapping[str, Any] | None) -> str:
    """A limit as it is promised: 8 个工作小时, 30 分钟, 2 天; empty without one."""
    if limit is None:
        return ""
    minutes = limit.minutes if isinstance(limit, Limit) else int(limit["minutes"])
    clock = limit.clock if isinstance(limit, Limit) else limit["clock"]
    working = str(clock) == ClockKind.WORKING
    if minutes % 60:
        text = (
            ngettext("%(n)d 个工作分钟", "%(n)d 个工作分钟", minutes)
            if working
            else ngettext("%(n)d 分钟", "%(n)d 分钟", minutes)
        )
        return text % {"n": minutes}
    hours = minutes // 60
    if not working and hours % 24 == 0:
        return ngettext("%(n)d 天", "%(n)d 天", hours // 24) % {"n": hours // 24}
    text = (
        ngettext("%(n)d 个工作小时", "%(n)d 个工作小时", hours)
        if working
        else ngettext("%(n)d 小时", "%(n)d 小时", hours)
    )
    return text % {"n": hours}
