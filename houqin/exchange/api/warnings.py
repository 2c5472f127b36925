"""Warnings by the interface."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _n
from ninja import Query, Router, Schema

from houqin.affairs.models import Warning
from houqin.affairs.warnings import actions, queries
from houqin.affairs.warnings.declare import RULES
from houqin.exchange.api.frame import Paging, body_of, page, person_of, within_scope, write
from houqin.exchange.api.problems import CONFLICTS, PROBLEMS
from houqin.foundation.errors import Problem

router = Router()


class WarningFilter(Paging):
    state: Literal["open", "resolved"] = "open"
    level: Literal["amber", "red"] | None = None
    rule: str | None = None


class WarningOut(Schema):
    id: int
    rule: str
    subject: str
    level: str
    words: str
    value: Decimal
    section: str | None
    opened_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    note: str
    case: str | None
    resolved_at: datetime | None
    can_act: bool


class WarningPage(Schema):
    items: list[WarningOut]
    next: str | None


class Acknowledge(Schema):
    note: str = ""


@router.get("", response={200: WarningPage, **PROBLEMS}, summary=_n("预警：最新的在前"))
def listing(request: HttpRequest, chosen: Query[WarningFilter]) -> dict[str, Any]:
    within_scope(request, "affairs")
    found = queries.visible(person_of(request)).filter(
        rule__in=RULES.codes(), resolved_at__isnull=chosen.state == "open"
    )
    if chosen.level:
        found = found.filter(level=chosen.level)
    if chosen.rule:
        found = found.filter(rule=chosen.rule)
    rows, following = page(found, chosen.cursor, chosen.limit)
    return {"items": [_shape(request, each) for each in rows], "next": following}


@router.post(
    "/{warning}/acknowledge",
    response={200: WarningOut, **CONFLICTS},
    summary=_n("知悉一条预警"),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": Acknowledge.model_json_schema()}},
        }
    },
)
def acknowledge(request: HttpRequest, warning: int) -> HttpResponse:
    within_scope(request, "affairs")
    note = body_of(request).get("note", "")
    if not isinstance(note, str):
        raise Problem(errors={"note": ["text"]})

    def work() -> tuple[int, Any]:
        done = actions.acknowledge(person_of(request), warning=warning, note=note)
        return 200, WarningOut(**_shape(request, done)).model_dump(mode="json")

    return write(request, work)


def _shape(request: HttpRequest, each: Warning) -> dict[str, Any]:
    return {
        "id": each.pk,
        "rule": each.rule,
        "subject": each.subject,
        "level": each.level,
        "words": RULES[each.rule].words(each),
        "value": each.value,
        "section": each.organisation.name if each.organisation else None,
        "opened_at": each.opened_at,
        "acknowledged_at": each.acknowledged_at,
        "acknowledged_by": each.acknowledged_by.name if each.acknowledged_by else None,
        "note": each.note,
        "case": each.case.number if each.case else None,
        "resolved_at": each.resolved_at,
        "can_act": each.open and queries.grant_on(person_of(request), each) is not None,
    }
