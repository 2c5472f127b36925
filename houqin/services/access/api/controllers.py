"""The controllers' protocol (docs/developers/doors.md): heartbeat, list, events, decisions."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n
from ninja import Field, Schema
from ninja.security import HttpBearer
from pydantic import AwareDatetime

from houqin.exchange.api.frame import body_of
from houqin.exchange.api.problems import PROBLEMS
from houqin.foundation.errors import Problem
from houqin.services.access import actions, keys, queries
from houqin.services.access.api.shared import LARGEST, DecisionOut, decision, direction, router
from houqin.services.access.models import Controller
from houqin.services.access.passes import WINDOW_SECONDS


class ControllerSecret(HttpBearer):
    """``Authorization: Bearer hqd_…``: the call comes from that controller."""

    def authenticate(self, request: HttpRequest, token: str) -> Controller | None:
        return queries.controller_of_secret(token)


OF_CONTROLLER = ControllerSecret()


def controller_of(request: HttpRequest) -> Controller:
    found: Controller = request.auth  # type: ignore[attr-defined]  # ninja puts what authenticate() returned there
    return found


class BeatIn(Schema):
    now: AwareDatetime
    version: Annotated[int, Field(ge=0, lt=LARGEST)] = 0
    key: str = ""
    software: str = ""


class BeatOut(Schema):
    now: str
    version: int
    through: int
    last: int
    clock_off_seconds: int
    public_key: str
    window_seconds: int


class ListOut(Schema):
    list: str
    signature: str


class EventIn(Schema):
    sequence: int
    door: str
    at: AwareDatetime
    direction: str
    holder: str = ""
    permit: int | None = None
    reason: str = ""
    window: int | None = None


class EventsIn(Schema):
    now: AwareDatetime
    events: list[EventIn]


class EventsTakenOut(Schema):
    stored: int
    repeated: int
    through: int
    clock_off_seconds: int


class AdmitIn(Schema):
    sequence: Annotated[int, Field(ge=1, lt=LARGEST)]
    door: str
    direction: str
    token: str = ""
    holder: str = ""


@router.post(
    "/controllers/heartbeat",
    auth=OF_CONTROLLER,
    response={200: BeatOut, **PROBLEMS},
    summary=_n("控制器心跳"),
    description=_n("返回平台时间、名单最新版本、已收齐的记录号和验签公钥。"),
)
def controller_heartbeat(request: HttpRequest, given: BeatIn) -> dict[str, Any]:
    body_of(request)
    heard = actions.hear(
        controller_of(request),
        clock=given.now,
        version=given.version,
        trusts=given.key,
        software=given.software,
    )
    return {
        "now": heard.now.isoformat(),
        "version": heard.version,
        "through": heard.through,
        "last": heard.last,
        "clock_off_seconds": heard.clock_off_seconds,
        "public_key": str(keys.public()),
        "window_seconds": WINDOW_SECONDS,
    }


@router.get(
    "/controllers/permits",
    auth=OF_CONTROLLER,
    response={200: ListOut, **PROBLEMS},
    summary=_n("签名的权限名单（按版本增量）"),
    description=_n("list 是 JSON 文本，signature 是对其字节的 Ed25519 签名；since=0 为全量。"),
)
def permits_for_controller(
    request: HttpRequest, since: Annotated[int, Field(ge=0, lt=LARGEST)] = 0
) -> dict[str, str]:
    return queries.permit_list(controller_of(request), since)


@router.post(
    "/controllers/events",
    auth=OF_CONTROLLER,
    response={200: EventsTakenOut, **PROBLEMS},
    summary=_n("成批上报通行记录（重复只计一次）"),
    description=_n("每个控制器从 1 起连续编号；through 以内的已全部收到，可以从本地删除。"),
)
def deliver_events(request: HttpRequest, given: EventsIn) -> dict[str, Any]:
    body_of(request)
    taken = actions.take_events(
        controller_of(request),
        events=[actions.Told(**vars(event)) for event in given.events],
        clock=given.now,
    )
    return vars(taken)


@router.post(
    "/controllers/admit",
    auth=OF_CONTROLLER,
    response={200: DecisionOut, **PROBLEMS},
    summary=_n("在线判定是否放行"),
    description=_n("同一编号重复询问得到同一结果；没有回应时可离线判定并以同一编号上报。"),
)
def admit_at_door(request: HttpRequest, given: AdmitIn) -> dict[str, Any]:
    body_of(request)
    return decision(
        actions.admit(
            controller_of(request), door=given.door, direction=direction(given.direction), token=given.token,
            holder=_holder(given), sequence=given.sequence,
        )
    )  # fmt: skip


def _holder(given: AdmitIn) -> str:
    if bool(given.token) == bool(given.holder) or not actions.is_holder(given.holder):
        raise Problem(
            _("请提供 token（扫到的通行码）或 holder（如 person:12）之一。"),
            errors={"holder": [_("应形如 person:12 或 visitor:55。")]},
        )
    return given.holder
