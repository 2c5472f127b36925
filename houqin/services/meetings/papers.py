"""The list to sign at a meeting, and the plan of a big event."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from houqin.exchange.papers.declare import (
    PAPERS,
    Code,
    Facts,
    Kind,
    Paper,
    Table,
    address,
    at,
    number_of,
    span,
)
from houqin.foundation.errors import NotFound
from houqin.foundation.trail.actors import Actor
from houqin.services.meetings import queries
from houqin.services.meetings.models import PostDuty


def roll(actor: Actor, key: str) -> Paper:
    """签到表, for who runs the meeting: whoever has signed in already stands there with the time, the others sign by hand."""
    meeting = queries.any_meeting(number_of(key))
    if not queries.may_run(actor, meeting):
        raise NotFound
    people = list(meeting.participants.exclude(reply="no").order_by("organisation", "id"))
    rows = [
        [str(number), each.name, each.organisation, each.post, _hour(each.signed_in_at)]
        for number, each in enumerate(people, 1)
    ]
    there = sum(each.signed_in_at is not None for each in people)
    return Paper(
        title=_("签到表"),
        name=f"sign-in-{meeting.pk}",
        parts=[
            Facts(
                [
                    (_("会议"), meeting.title),
                    (_("时间"), span(meeting.starts_at, meeting.ends_at)),
                    (_("会议室"), str(meeting.room)),
                    (_("组织人"), meeting.organiser.name),
                    (_("应到"), str(len(people))),
                    (_("已签到"), str(there) if there else ""),
                ]
            ),
            Table([_("序号"), _("姓名"), _("单位"), _("职务"), _("签到")], rows, [2, 4, 7, 5, 5]),
        ],
        signatures=[_("会务签名"), _("日期")],
        record=meeting,
    )


def event(actor: Actor, key: str) -> Paper:
    """活动方案, for who plans the event or stands at a post of it."""
    plan = queries.sheet_of(actor, number_of(key))
    found = plan["event"]
    parts = (_steps(plan), _venues(plan), _posts(plan), _vehicles(plan), _checks(plan))
    return Paper(
        title=_("活动方案"),
        name=f"event-{found.pk}",
        parts=[
            Facts(
                [
                    (_("活动名称"), found.title),
                    (_("时间"), span(found.starts_at, found.ends_at)),
                    (_("总负责人"), found.organiser.name),
                    (_("主办科室"), str(found.section)),
                    (_("说明"), found.note),
                    (_("状态"), _("已取消") if found.called_off_at else ""),
                ]
            ),
            *[each for each in parts if each.rows],
        ],
        code=Code(address(f"/meetings/events/{found.pk}/sheet"), _("扫码看最新的流程单")),
        record=found,
    )


def _steps(plan: dict[str, Any]) -> Table:
    rows = [
        [_hour(each.starts_at), str(each.minutes), each.what, each.who, each.where] for each in plan["steps"]
    ]
    heads = [_("时刻"), _("分钟"), _("环节内容"), _("负责"), _("会场")]
    return Table(heads, rows, [4, 2, 8, 3, 5], title=_("流程"))


def _venues(plan: dict[str, Any]) -> Table:
    rows = [
        [str(each.room), str(each.room.capacity), _("主会场") if each.is_main else _("分会场")]
        for each in plan["venues"]
    ]
    return Table([_("会议室"), _("座位数"), _("会场")], rows, [6, 2, 3], title=_("会场"))


def _posts(plan: dict[str, Any]) -> Table:
    rows = [
        [post.name, post.where, post.task, "\n".join(_duty(each) for each in duties)]
        for post, duties in plan["posts"]
    ]
    return Table([_("岗位"), _("位置"), _("职责"), _("人员")], rows, [3, 4, 6, 6], title=_("岗位和人员"))


def _vehicles(plan: dict[str, Any]) -> Table:
    rows = [
        [each.plate, each.unit, _hour(each.arrives_at), _hour(each.leaves_at), each.where]
        for each in plan["vehicles"]
    ]
    heads = [_("车牌"), _("单位"), _("到达"), _("离开"), _("停放位置")]
    return Table(heads, rows, [4, 5, 4, 4, 4], title=_("车辆进出"))


def _checks(plan: dict[str, Any]) -> Table:
    rows = [[each.text, _hour(each.due_at), str(each.done_by or "")] for each in plan["checks"]]
    return Table([_("检查事项"), _("何时前"), _("检查人")], rows, [8, 4, 3], title=_("演练检查"))


def _hour(moment: datetime | None) -> str:
    """A moment without its year: the paper says it above."""
    return at(moment)[5:]


def _duty(duty: PostDuty) -> str:
    return f"{duty.person.name} {at(duty.starts_at)[11:]}–{at(duty.ends_at)[11:]}"


PAPERS.add("meetings.roll", Kind(roll))
PAPERS.add("meetings.event", Kind(event))
