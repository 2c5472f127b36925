"""A masked number, whole, by the interface: the same rights, limit and trail as on the pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _n
from ninja import Router, Schema

from houqin.exchange.api.frame import body_of, json_response, person_of, within_scope
from houqin.exchange.api.problems import CONFLICTS
from houqin.foundation.personal import actions

router = Router()


class NumberOut(Schema):
    number: str


_BODY: dict[str, Any] = {
    "requestBody": {
        "content": {
            "application/json": {
                "schema": {"type": "object", "properties": {"reason": {"type": "string", "maxLength": 200}}}
            }
        }
    }
}


@router.post(
    "/{what}/{key}",
    response={200: NumberOut, **CONFLICTS},
    summary=_n("显示一个号码"),
    description=_n(
        "`what` 与 `key` 如 `affairs.applicant` 与办件编号、`people.phone` 与人员 id；每次显示记入操作留痕。答复不为 Idempotency-Key 保存。"
    ),
    openapi_extra=_BODY,
)
def reveal(request: HttpRequest, what: str, key: str) -> HttpResponse:
    """Not kept for an idempotency key: a kept answer would be a number in clear."""
    actor = person_of(request)
    shown = actions.find(actor, what, key)
    within_scope(request, str(getattr(shown.record, "service", "")))
    reason = body_of(request).get("reason", "")
    number = actions.reveal(actor, what=what, key=key, reason=str(reason or ""))
    answer = json_response({"number": number.clear})
    answer["Cache-Control"] = "no-store, private"
    return answer
