"""What booking a room and the grid of a day are compared with: the same INSERT, and the grid's own statement, with nothing besides."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema

from houqin.exchange.api.frame import Bearer, install_handlers
from houqin.foundation.rows import insert
from houqin.services.meetings.models import Meeting
from houqin.services.meetings.queries.grid import marks

api = NinjaAPI(
    title="Rooms floor", auth=Bearer(), docs_url=None, openapi_url=None, urls_namespace="rooms-floor"
)
install_handlers(api)


class BookingIn(Schema):
    room: int
    starts_at: datetime
    ends_at: datetime
    section: int


@api.post("/bookings")
def book(request: HttpRequest, given: BookingIn) -> dict[str, int]:
    """A signed-in call with the INSERT of a booking; the database holds that its room is free."""
    made = Meeting(
        title="底线", room_id=given.room, starts_at=given.starts_at, ends_at=given.ends_at, section_id=given.section,
        organiser_id=request.user.pk, booked_by_id=request.user.pk, expected=5,
    )  # fmt: skip
    insert(made)
    return {"id": made.pk}


@login_required
def grid(request: HttpRequest) -> HttpResponse:
    """A signed-in page that asks the database what the grid of a day asks."""
    rows = marks(date.fromisoformat(request.GET["day"]))
    return HttpResponse("\n".join(mark for _room, mark in rows))
