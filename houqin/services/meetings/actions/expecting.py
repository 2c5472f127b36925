"""Guests of a meeting as visitors: expected with one tap, moved and called off with the meeting."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from houqin.foundation.errors import Conflict, NotFound
from houqin.foundation.people.models import Person
from houqin.foundation.trail import actions as trail
from houqin.foundation.trail.actors import Actor
from houqin.services.meetings.actions import booking
from houqin.services.meetings.models import Meeting, Participant, Reply
from houqin.services.meetings.queries.gates import AFTER, BEFORE, source_of
from houqin.services.visitors import actions as visitors


@transaction.atomic
def expect_guest(
    actor: Person, *, meeting: int, participant: int, phone: str = "", plate: str = ""
) -> Participant:
    """Make a guest a visitor of the organiser for the meeting's time: a pass, and with ``plate`` a space. Again: changes it.

    Raises NotFound, NotPermitted, Conflict where the meeting is over, Problem for a number that cannot be.
    """
    found = _open(actor, meeting)
    guest = _guests(found).filter(pk=participant).first()
    if guest is None:
        raise NotFound
    return _expect(actor, found, guest, phone=phone, plate=plate)


@transaction.atomic
def expect_guests(actor: Person, *, meeting: int) -> int:
    """All guests who did not decline and are no visitors yet; answers how many. Raises as :func:`expect_guest`."""
    found = _open(actor, meeting)
    guests = list(_guests(found).filter(visit_id__isnull=True).exclude(reply=Reply.NO))
    for guest in guests:
        _expect(actor, found, guest)
    return len(guests)


@transaction.atomic
def bring_vehicle(actor: Actor, *, token: str, plate: str) -> Participant:
    """A guest who is expected says with what they come, or (empty) that they come without; a space is kept where a lot has room.

    Raises NotFound, Conflict where the meeting is over or they are not expected yet, Problem for a plate that cannot be.
    """
    guest = (
        Participant.objects.select_for_update(of=("self",))
        .filter(token=token, person__isnull=True)
        .select_related("meeting__room__place", "meeting__organiser")
        .first()
    )
    if guest is None:
        raise NotFound(_("此链接无效，请向会议组织者核对。"))
    if not guest.meeting.is_open or not guest.visit_id:
        raise Conflict(_("会议已结束，或组织者尚未为您登记来访。"))
    return _expect(actor, guest.meeting, guest, plate=plate)


def forget_guest(actor: Actor, guest: Participant, why: str) -> None:
    """They do not come: no door opens for them."""
    if guest.visit_id:
        visitors.cancel(actor, source=source_of(guest.meeting), reason=why, visits=[guest.visit_id])
        guest.visit_id = None
        guest.save(update_fields=["visit_id"])


def _open(actor: Person, meeting: int) -> Meeting:
    found = booking.locked(actor, meeting)
    if not found.is_open:
        raise Conflict(_("会议现为“%(state)s”，不能再登记访客。") % {"state": found.get_state_display()})
    return found


def _guests(meeting: Meeting) -> QuerySet[Participant]:
    return meeting.participants.select_for_update(of=("self",)).filter(person__isnull=True).order_by("id")


def _expect(
    actor: Actor, meeting: Meeting, guest: Participant, *, phone: str = "", plate: str = ""
) -> Participant:
    number = phone or (guest.phone.clear if guest.phone else "")
    visit = visitors.invite(
        actor, source=source_of(meeting), host=meeting.organiser, name=guest.name, phone=number,
        from_at=meeting.starts_at - BEFORE, until_at=meeting.ends_at + AFTER, place=meeting.room.place,
        purpose=_("参加会议") if meeting.private else meeting.title, organisation=guest.organisation, plate=plate,
    )  # fmt: skip
    guest.phone, guest.visit_id = number, visit.pk
    guest.save(update_fields=["phone", "visit_id"])
    trail.record(actor, "meetings.expect_guest", meeting, after={"guest": guest.pk, "visit": visit.pk})
    return guest
