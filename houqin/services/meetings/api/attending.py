"""Participants, needs, sign-in, parking and feedback of a meeting; figures of rooms."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n
from ninja import Query, Schema

from houqin.affairs.forms import check
from houqin.exchange.api.frame import MOST, PAGE, body_of, page, person_of, within_scope, write
from houqin.exchange.api.problems import CONFLICTS, PROBLEMS
from houqin.foundation.errors import NotFound, NotPermitted, Problem
from houqin.foundation.people import scope
from houqin.services.meetings import actions, queries
from houqin.services.meetings.api.shared import Key, router
from houqin.services.meetings.codes import token_of
from houqin.services.meetings.forms_attending import FeedbackForm, InviteForm, NeedForm, ParkingForm
from houqin.services.meetings.guests import Guest
from houqin.services.meetings.models import Meeting, Need, Participant
from houqin.services.meetings.rules import in_reason

#: The period of figures unless another is asked for, and the longest in days.
SHOWN, LONGEST = timedelta(days=29), 366


class GuestIn(Schema):
    name: str
    organisation: str = ""
    post: str = ""
    phone: str = ""


class InviteIn(Schema):
    """``people`` by staff number or name, ``sections`` by code or name, ``groups`` of one's section by id."""

    people: list[str] = []
    sections: list[str] = []
    groups: list[Key] = []
    guests: list[GuestIn] = []


class ParticipantOut(Schema):
    id: int
    name: str
    organisation: str
    post: str
    ours: bool
    reply: str
    signed_in_at: str | None


class ParticipantList(Schema):
    items: list[ParticipantOut]
    next: str | None = None


class CodeIn(Schema):
    code: str


class SignPassIn(Schema):
    """What the participant's pass says: its address, or the end of it."""

    scanned: str


class AttendanceIn(Schema):
    participants: list[int]


class CountOut(Schema):
    count: int


class NeedIn(Schema):
    kind: str
    text: str = ""
    quantity: int | None = None
    wanted_at: datetime | None = None
    yuan_a_head: str = ""


class NeedOut(Schema):
    case: str
    kind: str
    text: str
    quantity: int | None
    yuan_a_head: str | None
    wanted_at: str
    state: str


class NeedList(Schema):
    items: list[NeedOut]
    next: str | None = None


class ParkingIn(Schema):
    spaces: int


class GatesOut(Schema):
    from_at: str
    until_at: str
    areas: list[str]
    passing: int
    spaces: int
    lot: str


class FeedbackIn(Schema):
    room_stars: int
    service_stars: int
    words: str = ""


class RoomUseOut(Schema):
    room: str
    meetings: int
    hours: float
    share: float


class HourUseOut(Schema):
    hour: int
    share: float


class UnitUseOut(Schema):
    unit: str
    meetings: int
    hours: float
    missed: int


class ScoreOut(Schema):
    what: str
    room: float
    service: float
    count: int


class FiguresOut(Schema):
    rooms: list[RoomUseOut]
    hours: list[HourUseOut]
    units: list[UnitUseOut]
    scores_by_room: list[ScoreOut]
    scores_by_team: list[ScoreOut]
    scores_by_need: list[ScoreOut]


@router.get(
    "/bookings/{pk}/participants", response={200: ParticipantList, **PROBLEMS}, summary=_n("参会人名单")
)
def participants(
    request: HttpRequest, pk: int, cursor: str | None = None, limit: int = Query(PAGE, ge=1, le=MOST)
) -> dict[str, Any]:
    within_scope(request, "meetings")
    found, following = page(_run(request, pk).participants.all(), cursor, limit, newest_first=False)
    return {"items": [told_participant(each) for each in found], "next": following}


@router.post(
    "/bookings/{pk}/participants", response={201: ParticipantList, **CONFLICTS}, summary=_n("邀请参会人")
)
def invite_participants(request: HttpRequest, pk: int, given: InviteIn) -> HttpResponse:
    within_scope(request, "meetings")
    body_of(request)

    def work() -> tuple[int, Any]:
        person = person_of(request)
        form = InviteForm(
            {
                "people": " ".join(given.people), "sections": " ".join(given.sections),
                "guests": "\n".join(each.name for each in given.guests), "groups": given.groups,
            },
            groups=queries.groups_of(person),
        )  # fmt: skip
        if given.groups and "groups" not in form.fields:
            raise Problem(errors={"groups": [_("您的科室没有这个分组，请重新选择。")]})
        check(form)
        guests = [*(Guest(**each.dict()) for each in given.guests), *form.of_groups()]
        made = actions.invite(person, meeting=pk, people=form.everybody(), guests=guests)
        return 201, {"items": [told_participant(each) for each in made], "next": None}

    return write(request, work)


@router.post(
    "/bookings/{pk}/visitors", response={200: CountOut, **CONFLICTS}, summary=_n("为院区外参会人登记来访")
)
def expect_meeting_guests(request: HttpRequest, pk: int) -> HttpResponse:
    within_scope(request, "meetings")
    return write(request, lambda: (200, {"count": actions.expect_guests(person_of(request), meeting=pk)}))


@router.post(
    "/bookings/{pk}/participants/{participant}/remove", response={200: CountOut, **CONFLICTS}, summary=_n("移除参会人")
)  # fmt: skip
def remove_participant(request: HttpRequest, pk: int, participant: int) -> HttpResponse:
    within_scope(request, "meetings")

    def work() -> tuple[int, Any]:
        actions.uninvite(person_of(request), meeting=pk, participant=participant)
        return 200, {"count": queries.any_meeting(pk).participants.count()}

    return write(request, work)


@router.post(
    "/bookings/{pk}/sign-in", response={200: ParticipantOut, **CONFLICTS}, summary=_n("凭屏幕上的码签到")
)
def sign_in_to_meeting(request: HttpRequest, pk: int, given: CodeIn) -> HttpResponse:
    within_scope(request, "meetings")
    body_of(request)
    return write(
        request,
        lambda: (
            200,
            told_participant(actions.sign_in_by_code(person_of(request), meeting=pk, code=given.code)),
        ),
    )


@router.post(
    "/bookings/{pk}/sign-in/pass", response={200: ParticipantOut, **CONFLICTS}, summary=_n("扫参会码签到")
)
def sign_in_by_scanned_pass(request: HttpRequest, pk: int, given: SignPassIn) -> HttpResponse:
    within_scope(request, "meetings")
    body_of(request)

    def work() -> tuple[int, Any]:
        token = token_of(given.scanned)
        return 200, told_participant(actions.sign_in_by_pass(person_of(request), meeting=pk, token=token))

    return write(request, work)


@router.post("/bookings/{pk}/attendance", response={200: CountOut, **CONFLICTS}, summary=_n("登记签到"))
def record_attendance(request: HttpRequest, pk: int, given: AttendanceIn) -> HttpResponse:
    within_scope(request, "meetings")
    body_of(request)

    def work() -> tuple[int, Any]:
        known = [each for each in given.participants if 0 < each < 2**63]
        return 200, {"count": actions.sign_in_listed(person_of(request), meeting=pk, participants=known)}

    return write(request, work)


@router.get("/bookings/{pk}/needs", response={200: NeedList, **PROBLEMS}, summary=_n("会务需求"))
def meeting_needs(request: HttpRequest, pk: int) -> dict[str, Any]:
    within_scope(request, "meetings")
    return {"items": [_need(each) for each in queries.needs_of(_run(request, pk))], "next": None}


@router.post("/bookings/{pk}/needs", response={201: NeedOut, **CONFLICTS}, summary=_n("提会务需求"))
def ask_meeting_need(request: HttpRequest, pk: int, given: NeedIn) -> HttpResponse:
    within_scope(request, "meetings")
    body_of(request)

    def work() -> tuple[int, Any]:
        form = NeedForm(given.dict(), actor=person_of(request))
        check(form)
        return 201, _need(actions.ask_need(person_of(request), meeting=pk, **form.cleaned_data))

    return write(request, work)


@router.get("/bookings/{pk}/gates", response={200: GatesOut, **PROBLEMS}, summary=_n("会议的进门和停车"))
def meeting_gates(request: HttpRequest, pk: int) -> dict[str, Any]:
    within_scope(request, "meetings")
    return _gates(_run(request, pk))


@router.post("/bookings/{pk}/parking", response={200: GatesOut, **CONFLICTS}, summary=_n("为会议预留车位"))
def reserve_meeting_parking(request: HttpRequest, pk: int, given: ParkingIn) -> HttpResponse:
    within_scope(request, "meetings")
    body_of(request)

    def work() -> tuple[int, Any]:
        form = ParkingForm(given.dict())
        check(form)
        actions.reserve_parking(person_of(request), meeting=pk, **form.cleaned_data)
        return 200, _gates(queries.any_meeting(pk))

    return write(request, work)


@router.post("/bookings/{pk}/feedback", response={200: ParticipantOut, **CONFLICTS}, summary=_n("评价会议"))
def rate_meeting(request: HttpRequest, pk: int, given: FeedbackIn) -> HttpResponse:
    within_scope(request, "meetings")
    body_of(request)

    def work() -> tuple[int, Any]:
        form = FeedbackForm(given.dict())
        check(form)
        own = queries.own_participant(person_of(request), pk)
        actions.give_feedback(person_of(request), token=own.token, **form.cleaned_data)
        return 200, told_participant(own)

    return write(request, work)


@router.get("/figures", response={200: FiguresOut, **PROBLEMS}, summary=_n("会议室使用分析"))
def room_figures(request: HttpRequest, first: date | None = None, last: date | None = None) -> dict[str, Any]:
    within_scope(request, "meetings")
    person = person_of(request)
    if not scope.holds(person, "meetings.insight"):
        raise NotPermitted
    last = last or timezone.localdate()
    first = first or last - SHOWN
    if not (in_reason(first) and in_reason(last) and 0 <= (last - first).days <= LONGEST):
        raise Problem(errors={"last": [_("结束日期应在开始日期之后一年以内。")]})
    return {
        "rooms": [
            {"room": each.name, "meetings": each.meetings, "hours": each.hours, "share": each.share}
            for each in queries.use_by_room(person, first, last)
        ],
        "hours": [
            {"hour": each.hour, "share": each.share} for each in queries.use_by_hour(person, first, last)
        ],
        "units": [
            {"unit": each.name, "meetings": each.meetings, "hours": each.hours, "missed": each.missed}
            for each in queries.use_by_unit(person, first, last)
        ],
        **{
            f"scores_by_{by}": list(queries.scores(person, first, last, by=by))
            for by in ("room", "team", "need")
        },
    }


def _run(request: HttpRequest, pk: int) -> Meeting:
    """The meeting, for who runs it; nobody else finds it."""
    found = queries.any_meeting(pk)
    if not queries.may_run(person_of(request), found):
        raise NotFound
    return found


def told_participant(each: Participant) -> dict[str, Any]:
    return {
        "id": each.pk,
        "name": each.name,
        "organisation": each.organisation,
        "post": each.post,
        "ours": each.person_id is not None,
        "reply": str(each.reply),
        "signed_in_at": each.signed_in_at.isoformat() if each.signed_in_at else None,
    }


def _need(need: Need) -> dict[str, Any]:
    return {
        "case": need.case.number,
        "kind": str(need.kind),
        "text": need.text,
        "quantity": need.quantity,
        "yuan_a_head": str(need.yuan_a_head) if need.yuan_a_head else None,
        "wanted_at": need.wanted_at.isoformat(),
        "state": str(need.case.state),
    }


def _gates(meeting: Meeting) -> dict[str, Any]:
    held = queries.gates_of(meeting)
    return {
        "from_at": held.from_at.isoformat(),
        "until_at": held.until_at.isoformat(),
        "areas": held.areas,
        "passing": held.passing,
        "spaces": held.spaces,
        "lot": held.lot,
    }
