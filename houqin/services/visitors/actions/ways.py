"""Doors and parking of a visit: open for its time, moved and ended with it. Called inside the action that changes the visit."""

from __future__ import annotations

from datetime import datetime

from procrastinate.contrib.django import app

from houqin.foundation.channels.base import CHANNELS
from houqin.foundation.errors import Conflict
from houqin.foundation.trail.actors import SYSTEM
from houqin.services.access import actions as access
from houqin.services.access import queries as doors
from houqin.services.parking import actions as parking
from houqin.services.visitors import rules
from houqin.services.visitors.models import Visit, VisitState


def open_ways(visit: Visit) -> None:
    """Let the visitor through the doors before the place and keep a space for the vehicle; again after a change, without harm.

    Where no lot has room the visit stands without a space (``space`` is empty), which host and visitor see.
    """
    starts, ends = visit.from_at - rules.EARLY, visit.until_at + rules.GRACE
    areas = doors.areas_of(visit.place)
    if areas:
        access.grant(
            SYSTEM, source=visit.own_source, holder=visit.holder, name=visit.name, areas=areas, from_at=starts, until_at=ends,
        )  # fmt: skip
    visit.space = ""
    if visit.plate:
        try:
            made = parking.reserve(
                SYSTEM, source=visit.own_source, from_at=starts, until_at=visit.until_at, plate=visit.plate
            )
        except Conflict:  # no lot has room
            parking.release(SYSTEM, source=visit.own_source)
        else:
            visit.space = str(made.lot)
    Visit.objects.filter(pk=visit.pk).update(space=visit.space)


def close_ways(visit: Visit, why: str) -> None:
    """No door opens any more, and the space is free for others."""
    access.end(SYSTEM, source=visit.own_source, reason=why)
    parking.release(SYSTEM, source=visit.own_source)


def set_ways(visit: Visit) -> None:
    """Doors and parking as the visit stands now."""
    if visit.state in (VisitState.EXPECTED, VisitState.INSIDE) and not visit.held:
        open_ways(visit)
    elif visit.state != VisitState.PENDING or visit.held:
        close_ways(visit, str(visit.get_state_display()))


def pass_of(visit: Visit, *, at: datetime) -> str:
    """What a visitor shows at gates and doors in this half minute; empty for whoever has no pass, or none any more."""
    if not visit.has_pass or (visit.state != VisitState.INSIDE and visit.until_at <= at):
        return ""
    return access.pass_token(visit.holder, at=at)


def text_visitor(visit: Visit, what: str) -> None:
    """Send the visitor a text message by a job, where text messages are set up. ``what``: ``pass``, ``moved``, ``cancelled``."""
    if visit.phone and CHANNELS["sms"].configured():
        app.configure_task("visitors.text").defer(visit=visit.pk, what=what)
