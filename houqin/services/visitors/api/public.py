"""Calls of visitors themselves: no account, a phone that they prove by a code. The same as on the page `/visitors/request`."""

from __future__ import annotations

from typing import Annotated, Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as _n
from ninja import Field, Schema
from ninja.security import HttpBearer
from pydantic import AwareDatetime

from houqin.affairs import actions as affairs
from houqin.exchange.api.frame import body_of, json_response
from houqin.exchange.api.problems import CONFLICTS, PROBLEMS
from houqin.foundation.address import client_address
from houqin.foundation.errors import NotFound, Problem
from houqin.foundation.standards import Unfit, mobile
from houqin.foundation.trail.actors import Outsider
from houqin.services.access import queries as doors
from houqin.services.visitors import actions, proving, queries
from houqin.services.visitors.api.shared import ComingIn, Name, Number, key_of, router
from houqin.services.visitors.models import Visit, VisitState

#: What a visitor's proof begins with, so that nobody takes it for a token of the house.
PREFIX = "hqv_"
SHOWN = 20
Sealed = Annotated[str, Field(max_length=2000)]


class VisitorProof(HttpBearer):
    """``Authorization: Bearer hqv_…``: the call comes from whoever has that phone."""

    def authenticate(self, request: HttpRequest, token: str) -> str | None:
        return proving.phone_of(token.removeprefix(PREFIX)) if token.startswith(PREFIX) else None


OF_VISITOR = VisitorProof()


class PhoneIn(Schema):
    phone: Number


class CodeOut(Schema):
    challenge: str
    #: In the demo alone, which has no phones.
    code: str | None


class ProofIn(Schema):
    challenge: Sealed
    code: Annotated[str, Field(max_length=12)]


class ProofOut(Schema):
    token: str
    until: str


class RequestIn(ComingIn):
    host_name: Name
    host_tail: Annotated[str, Field(max_length=4)]
    from_at: AwareDatetime
    until_at: AwareDatetime


class OwnVisitOut(Schema):
    id: int
    state: str
    case: str | None
    host_name: str
    place: str
    purpose: str
    from_at: str
    until_at: str
    space: str


class OwnVisitList(Schema):
    items: list[OwnVisitOut]
    next: str | None = None


class OwnPassOut(Schema):
    url: str
    token: str
    changes_at: str


@router.post(
    "/public/codes", auth=None, response={201: CodeOut, **CONFLICTS}, summary=_n("访客：获取手机验证码")
)
def send_visitor_code(request: HttpRequest, given: PhoneIn) -> HttpResponse:
    """Sent as a text message and good for ten minutes, together with ``challenge``. Three a phone in ten minutes."""
    body_of(request)
    try:
        phone = mobile(given.phone)
    except Unfit as unfit:
        raise Problem(errors={"phone": [str(unfit.message)]}) from unfit
    asked = proving.send_code(phone, address=client_address(request))
    return json_response({"challenge": asked.challenge, "code": asked.shown or None}, 201)


@router.post(
    "/public/tokens", auth=None, response={201: ProofOut, **CONFLICTS}, summary=_n("访客：用验证码换令牌")
)
def prove_visitor_phone(request: HttpRequest, given: ProofIn) -> HttpResponse:
    """A token of two hours for the three calls below, and for nothing else. Five tries a code."""
    body_of(request)
    proof, until = proving.prove(given.challenge, given.code)
    return json_response({"token": f"{PREFIX}{proof}", "until": until.isoformat()}, 201)


@router.post(
    "/public/requests",
    auth=OF_VISITOR,
    response={201: OwnVisitOut, **CONFLICTS},
    summary=_n("访客：预约来访"),
)
def request_visit(request: HttpRequest, given: RequestIn) -> HttpResponse:
    """The host, named by name and the last four digits of their phone, is asked. Six an hour."""
    phone = _phone(request)
    body_of(request)
    proving.count_request(phone, address=client_address(request))
    guest = Outsider(given.name.strip()[:50], phone)
    with transaction.atomic():
        case = affairs.submit(guest, item="visitors.request", data=given.dict(), channel="guest")
        return json_response(_told(queries.of_phone(phone).get(case=case)), 201)


@router.get(
    "/public/requests",
    auth=OF_VISITOR,
    response={200: OwnVisitList, **PROBLEMS},
    summary=_n("访客：我的来访"),
)
def own_requests(request: HttpRequest) -> dict[str, Any]:
    """Those of the last week and to come, invitations included."""
    return {"items": [_told(each) for each in queries.of_phone(_phone(request))[:SHOWN]]}


@router.get(
    "/public/requests/{pk}/pass", auth=OF_VISITOR, response={200: OwnPassOut, **PROBLEMS},
    summary=_n("访客：通行码"),
)  # fmt: skip
def own_pass(request: HttpRequest, pk: int) -> dict[str, str]:
    """``token`` is what the QR code says; ask again at ``changes_at``. Not found while there is no pass."""
    now = timezone.now()
    found = queries.of_phone(_phone(request)).filter(pk=key_of(pk)).first()
    token = actions.pass_of(found, at=now) if found else ""
    if not (found and token):
        raise NotFound
    url = f"{settings.BASE_URL}{reverse('visitors:pass', args=[found.key])}"
    return {"url": url, "token": token, "changes_at": doors.pass_changes_at(now).isoformat()}


def _phone(request: HttpRequest) -> str:
    phone: str = request.auth  # type: ignore[attr-defined]  # ninja puts what authenticate() returned there
    return phone


def _told(visit: Visit) -> dict[str, Any]:
    """A visit as its visitor may know it: who is held reads what they would read while somebody decides."""
    return {
        "id": visit.pk,
        "state": str(VisitState.PENDING if visit.held else visit.state),
        "case": visit.case.number if visit.case else None,
        "host_name": visit.host.name,
        "place": str(visit.place),
        "purpose": visit.purpose,
        "from_at": visit.from_at.isoformat(),
        "until_at": visit.until_at.isoformat(),
        "space": visit.space,
    }
