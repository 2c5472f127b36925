"""What cameras and chargers report, and what partner compounds exchange."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _n
from ninja import Field, Query, Schema

from houqin.exchange.api.frame import MOST, PAGE, body_of, page, person_of, within_scope, write
from houqin.exchange.api.problems import CONFLICTS, PROBLEMS
from houqin.services.parking import actions, queries
from houqin.services.parking.api.shared import Name, aware, router
from houqin.services.parking.models import Direction

#: So many events a call, as door controllers.
MOST_EVENTS = 500


class PassageIn(Schema):
    sequence: Annotated[int, Field(ge=0, lt=2**63)]
    at: datetime
    direction: Direction
    plate: Annotated[str, Field(max_length=40)] = ""
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    picture: UUID | None = None


class PassagesIn(Schema):
    events: Annotated[list[PassageIn], Field(max_length=MOST_EVENTS)]


class EventsOut(Schema):
    new: int
    repeated: int
    corrected: int


class ChargeIn(Schema):
    state: Name
    at: datetime | None = None


class ChargeOut(Schema):
    lot: str
    space: str
    state: str
    at: str


class TokenIn(Schema):
    token: Annotated[str, Field(max_length=2000)]


class PartnerPermitOut(Schema):
    partner: str
    serial: str
    plate: str
    until_on: str | None
    revoked: bool


class RevocationOut(Schema):
    serial: str
    token: str


class RevocationList(Schema):
    items: list[RevocationOut]
    next: str | None = None


@router.post(
    "/cameras/{code}/passages", response={200: EventsOut, **CONFLICTS}, summary=_n("上报车牌识别（可重复）")
)
def camera_passages(request: HttpRequest, code: str, given: PassagesIn) -> HttpResponse:
    """Up to 500 events of one camera, each taken once by its sequence whatever is repeated; no key is needed."""
    within_scope(request, "parking")
    body_of(request)

    def work() -> tuple[int, Any]:
        events = [
            actions.Event(
                each.sequence, aware(each.at), each.direction, each.plate, each.confidence, each.picture
            )
            for each in given.events
        ]
        taken = actions.passages(person_of(request), camera=code, events=events)
        return 200, {"new": taken.new, "repeated": taken.repeated, "corrected": taken.corrected}

    return write(request, work)


@router.post(
    "/lots/{code}/spaces/{space}/charge", response={200: ChargeOut, **CONFLICTS}, summary=_n("上报充电桩状态")
)
def charge_state(request: HttpRequest, code: str, space: str, given: ChargeIn) -> HttpResponse:
    within_scope(request, "parking")
    body_of(request)

    def work() -> tuple[int, Any]:
        at = aware(given.at) if given.at else None
        made = actions.charge(person_of(request), lot=code, space=space, state=given.state, at=at)
        said = made.charge_at.isoformat() if made.charge_at else ""
        return 200, {"lot": code, "space": made.code, "state": str(made.charge), "at": said}

    return write(request, work)


@router.post(
    "/partner-permits", response={200: PartnerPermitOut, **CONFLICTS}, summary=_n("登记伙伴院区通行证")
)
def partner_permit(request: HttpRequest, given: TokenIn) -> HttpResponse:
    within_scope(request, "parking")
    body_of(request)

    def work() -> tuple[int, Any]:
        made = actions.take_partner_permit(person_of(request), token=given.token)
        return 200, {
            "partner": made.partner.code,
            "serial": made.serial,
            "plate": made.plate,
            "until_on": made.until_on.isoformat() if made.until_on else None,
            "revoked": made.revoked_at is not None,
        }

    return write(request, work)


@router.get(
    "/revocations",
    response={200: RevocationList, **PROBLEMS},
    summary=_n("提前结束的本院区通行证（供伙伴院区）"),
)
def parking_revocations(
    request: HttpRequest, cursor: str | None = None, limit: int = Query(PAGE, ge=1, le=MOST)
) -> dict[str, Any]:
    """Each as a signed text that a partner registers like a permit; whoever holds it learns a number and nothing else."""
    within_scope(request, "parking")
    found, following = page(queries.revoked(), cursor, limit)
    return {
        "items": [{"serial": str(each.pk), "token": actions.sign_revocation(each)} for each in found],
        "next": following,
    }
