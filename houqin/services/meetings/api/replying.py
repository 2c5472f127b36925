"""What those who are asked to a meeting answer, over HTTP."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _n
from ninja import Schema

from houqin.affairs.forms import check
from houqin.exchange.api.frame import body_of, person_of, within_scope, write
from houqin.exchange.api.problems import CONFLICTS
from houqin.services.meetings import actions, queries
from houqin.services.meetings.api.attending import ParticipantOut, told_participant
from houqin.services.meetings.api.shared import router
from houqin.services.meetings.forms_attending import SubstituteForm


class ReplyIn(Schema):
    answer: str
    note: str = ""


class SubstituteIn(Schema):
    """``substitute``: a name or staff number."""

    substitute: str
    note: str = ""


@router.post("/bookings/{pk}/reply", response={200: ParticipantOut, **CONFLICTS}, summary=_n("答复会议邀请"))
def reply_to_invitation(request: HttpRequest, pk: int, given: ReplyIn) -> HttpResponse:
    within_scope(request, "meetings")
    body_of(request)

    def work() -> tuple[int, Any]:
        own = queries.own_participant(person_of(request), pk)
        answered = actions.reply(person_of(request), token=own.token, answer=given.answer, note=given.note)
        return 200, told_participant(answered)

    return write(request, work)


@router.post("/bookings/{pk}/substitute", response={201: ParticipantOut, **CONFLICTS}, summary=_n("请人代会"))
def send_substitute(request: HttpRequest, pk: int, given: SubstituteIn) -> HttpResponse:
    within_scope(request, "meetings")
    body_of(request)

    def work() -> tuple[int, Any]:
        own = queries.own_participant(person_of(request), pk)
        form = SubstituteForm(given.dict())
        check(form)
        made = actions.send_substitute(person_of(request), token=own.token, **form.cleaned_data)
        return 201, told_participant(made)

    return write(request, work)
