"""The trail by the interface: for whoever audits from another system. What was done, its proof, and signed checkpoints."""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n
from ninja import Field, Query, Router, Schema

from houqin.exchange.api.frame import Paging, person_of, read_text_cursor, within_scope, write_text_cursor
from houqin.exchange.api.problems import CONFLICTS, PROBLEMS
from houqin.foundation.errors import NotFound, Problem
from houqin.foundation.people.scope import authorise_everywhere
from houqin.foundation.trail import keys, proofs, queries, stored

router = Router()
USUAL = timedelta(days=30)


class EntryFilter(Paging):
    since: datetime | None = None
    until: datetime | None = None
    person: Annotated[str, Field(max_length=60)] = ""
    action: Annotated[str, Field(max_length=80, pattern=r"^[a-z0-9_.]*$")] = ""
    record_type: Annotated[str, Field(max_length=80)] = ""
    record: Annotated[str, Field(max_length=100)] = ""
    address: Annotated[str, Field(max_length=50)] = ""


class EntryOut(Schema):
    id: int
    at: datetime
    actor_id: int | None
    actor_name: str
    appointment_name: str
    address: str | None
    action: str
    record_type: str
    record_id: str
    record_name: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    sealed: bool


class EntryPage(Schema):
    items: list[EntryOut]
    next: str | None


class InclusionOut(Schema):
    format: str
    entry: str
    index: int
    proof: list[str]
    checkpoint: str
    key: str
    former_keys: list[str]


class ConsistencyOut(Schema):
    format: str
    first: str
    second: str
    proof: list[str]
    key: str
    former_keys: list[str]


class CheckpointOut(Schema):
    size: int
    at: datetime
    checkpoint: str
    key: str
    waiting: int


@router.get(
    "/entries", response={200: EntryPage, **PROBLEMS}, summary=_n("操作留痕：默认最近 30 天，最新的在前")
)
def entries(request: HttpRequest, chosen: Query[EntryFilter]) -> dict[str, Any]:
    _may(request, "trail.view")
    until = chosen.until or timezone.now() + timedelta(days=1)
    wanted = queries.Search(
        since=_aware(chosen.since) if chosen.since else _aware(until) - USUAL,
        until=_aware(until),
        address=_network(chosen.address),
        **{name: getattr(chosen, name) for name in ("person", "action", "record_type", "record")},
    )
    found = queries.page(wanted, after=_key(chosen.cursor), size=chosen.limit)
    last = found[chosen.limit - 1] if len(found) > chosen.limit else None
    following = write_text_cursor(f"{last.at.isoformat()} {last.pk}") if last else None
    return {"items": found[: chosen.limit], "next": following}


@router.get(
    "/entries/{entry}/proof", response={200: InclusionOut, **CONFLICTS}, summary=_n("一条留痕的包含证明")
)
def proof(request: HttpRequest, entry: Annotated[int, Field(ge=1, lt=2**63)]) -> dict[str, Any]:
    _may(request, "trail.verify")
    return proofs.inclusion(entry)


@router.get("/checkpoint", response={200: CheckpointOut, **PROBLEMS}, summary=_n("最新的签名检查点与公钥"))
def checkpoint(request: HttpRequest) -> dict[str, Any]:
    _may(request, "trail.verify")
    latest = stored.latest()
    if latest is None:
        raise NotFound(_("还没有检查点，一分钟后再试。"))
    return {
        "size": latest.size,
        "at": latest.at,
        "checkpoint": latest.note,
        "key": str(keys.signer().public),
        "waiting": stored.waiting().count,
    }


class Sizes(Schema):
    first: Annotated[int, Field(ge=1, lt=2**63)]
    second: Annotated[int, Field(ge=1, lt=2**63)] | None = None


@router.get(
    "/consistency", response={200: ConsistencyOut, **PROBLEMS}, summary=_n("两个检查点之间只增不改的证明")
)
def consistency(request: HttpRequest, chosen: Query[Sizes]) -> dict[str, Any]:
    _may(request, "trail.verify")
    return proofs.consistency(chosen.first, chosen.second)


def _may(request: HttpRequest, permission: str) -> None:
    within_scope(request, "trail")
    authorise_everywhere(person_of(request), permission)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise Problem(_("时间应带时区，如 2026-03-16T09:00:00+08:00。"), code="bad_query")
    return moment


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text.strip(), strict=False)) if text.strip() else ""
    except ValueError:
        words = _("请写成 10.0.0.5 或 10.0.0.0/24。")
        raise Problem(words, code="bad_query", errors={"address": [words]}) from None


def _key(cursor: str | None) -> queries.Key | None:
    if not cursor:
        return None
    text = read_text_cursor(cursor)
    at, _space, pk = text.partition(" ")
    try:
        moment = parse_datetime(at)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        raise Problem(_("cursor 无效，请从第一页重新开始。"), code="bad_cursor")
    return moment, int(pk)
