"""Reading meetings: whose they are, and what others may know of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.errors import NotFound
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.foundation.trail.actors import Actor
from houqin.services.meetings.models import Meeting, Room

#: Rights that open the meetings of the rooms they reach.
_LOOK = ("meetings.serve", "meetings.rooms")


def meetings_of(actor: Actor) -> QuerySet[Meeting]:
    """The meetings ``actor`` may open: their own, those they booked, those of rooms they serve or keep."""
    seen = Q(organiser=actor.pk) | Q(booked_by=actor.pk) if actor.pk else Q(pk__in=[])
    for right in _LOOK:
        seen |= scope.within(actor, right, organisation="room__keeper__path", place="room__place__path")
    return Meeting.objects.filter(seen).select_related(
        "room__place", "room__keeper", "organiser", "section", "series"
    )


def meeting_of(actor: Actor, meeting: int) -> Meeting:
    """One meeting that ``actor`` may open. Raises NotFound."""
    found = meetings_of(actor).filter(pk=meeting).first()
    if found is None:
        raise NotFound
    return found


def may_run(actor: Actor, meeting: Meeting) -> bool:
    """Whether ``actor`` may change it: who answers for it, who booked it, and who serves its room."""
    if actor.pk is not None and actor.pk in (meeting.organiser_id, meeting.booked_by_id):
        return True
    room = meeting.room
    return scope.grant_for(actor, "meetings.serve", organisation_path=room.keeper.path, place_path=room.place.path, service="meetings") is not None  # fmt: skip


def shown_title(actor: Actor, meeting: Meeting) -> str:
    """Its name, or for those whom it does not concern that the room is taken."""
    if not meeting.private or may_run(actor, meeting):
        return meeting.title
    return _("已预订")


def taken_by(
    actor: Person, rooms: Collection[int], starts_at: datetime, ends_at: datetime, *, but: int | None = None
) -> str:
    """In words, who has one of these rooms then, as far as ``actor`` may know; empty where nobody has."""
    from_meetings = (
        Meeting.objects.filter(
            occupations__part__wholes__room__in=rooms, occupations__during__overlap=(starts_at, ends_at)
        )
        .exclude(pk=but or 0)
        .select_related("organiser", "section", "room__place", "room__keeper")
        .order_by("starts_at")
        .first()
    )
    if from_meetings:
        begins, ends = timezone.localtime(from_meetings.starts_at), timezone.localtime(from_meetings.ends_at)
        return _("%(from)s–%(to)s 已由%(section)s（%(who)s）预订：%(title)s") % {
            "from": f"{begins:%H:%M}",
            "to": f"{ends:%H:%M}",
            "section": from_meetings.section,
            "who": from_meetings.organiser.name,
            "title": shown_title(actor, from_meetings),
        }
    blocking = (
        Room.objects.filter(pk__in=rooms, parts__part__in=_blocked(starts_at, ends_at))
        .values_list("pk")
        .first()
    )
    return _("该时段会议室停用") if blocking else ""


def _blocked(starts_at: datetime, ends_at: datetime) -> QuerySet[Room]:
    from_blockings = Room.objects.filter(
        wholes__room__blockings__lifted_at__isnull=True,
        wholes__room__blockings__starts_at__lt=ends_at,
        wholes__room__blockings__ends_at__gt=starts_at,
    )
    return from_blockings.order_by()
