"""Reading meetings: whose they are, and what others may know of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from houqin.foundation.compiled import Compiled
from houqin.foundation.errors import NotFound, Text
from houqin.foundation.people import scope
from houqin.foundation.people.models import Person
from houqin.foundation.trail.actors import Actor
from houqin.foundation.trail.queries import entries_of
from houqin.services.meetings.models import Meeting, MeetingState, Room, Wait, WaitState

#: Rights that open the meetings of the rooms they reach.
_LOOK = ("meetings.serve", "meetings.rooms")


def meetings_of(actor: Actor) -> QuerySet[Meeting]:
    """The meetings ``actor`` may open: their own, those they booked, those of rooms they serve or keep."""
    seen = Q(organiser=actor.pk) | Q(booked_by=actor.pk) if actor.pk else Q(pk__in=[])
    for right in _LOOK:
        seen |= scope.within(actor, right, organisation="room__keeper__path", place="room__place__path")
    return Meeting.objects.filter(seen).select_related(
        "room__place", "room__keeper", "organiser", "section", "series__case", "case"
    )


def meeting_of(actor: Actor, meeting: int) -> Meeting:
    """One meeting that ``actor`` may open. Raises NotFound."""
    found = meetings_of(actor).filter(pk=meeting).first()
    if found is None:
        raise NotFound
    return found


def any_meeting(meeting: int) -> Meeting:
    """One meeting, whoever looks; what they may know of it is the page's to ask. Raises NotFound."""
    found = (
        Meeting.objects.filter(pk=meeting)
        .select_related(
            "room__place", "room__keeper", "organiser", "booked_by", "section", "series__case", "case"
        )
        .first()
    )
    if found is None:
        raise NotFound
    return found


def meetings_of_case(case: int) -> QuerySet[Meeting]:
    """What a case decides on: one meeting, or all of a series; the first to come first."""
    return (
        Meeting.objects.filter(Q(case=case) | Q(series__case=case))
        .select_related("room__place")
        .order_by("starts_at", "id")
    )


def own_meetings(person: Person | int) -> QuerySet[Meeting]:
    """The meetings ``person`` answers for or booked, the next first."""
    return (
        Meeting.objects.filter(Q(organiser=person) | Q(booked_by=person))
        .select_related("room__place", "organiser")
        .order_by("starts_at", "id")
    )


_OWN_NEXT = Compiled(
    lambda person, now, until: (
        own_meetings(person)
        .filter(state=MeetingState.BOOKED, starts_at__gte=now, starts_at__lte=until)
        .values_list("pk", "title", "starts_at", "room__place__full_name")[:3]
    ),
    int,
    datetime,
    datetime,
)


def own_meetings_today(person: Person) -> list[tuple[int, str, datetime, str]]:
    """Of these, the next three still to come today: key, title, beginning, room. One statement, made once."""
    now = timezone.localtime()
    return _OWN_NEXT.values(person.pk, now, now.replace(hour=23, minute=59, second=59))


def waits_of(person: Person) -> QuerySet[Wait]:
    """What ``person`` waits for."""
    return (
        Wait.objects.filter(person=person, state=WaitState.WAITING)
        .select_related("room__place")
        .order_by("starts_at", "id")
    )


def left_in_series(meeting: Meeting) -> int:
    """How many meetings of its series are still to be, this one included; none where it is no series."""
    if meeting.series_id is None or meeting.original_start is None:
        return 0
    return Meeting.objects.filter(
        series=meeting.series_id, original_start__gte=meeting.original_start, state=MeetingState.BOOKED
    ).count()


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
    if actor.pk and meeting.participants.filter(person=actor.pk).exists():
        return meeting.title
    return _("已预订")


#: What the story of a meeting says of entries of the trail.
_SAID = {
    "meetings.book": pgettext_lazy("story", "预订"),
    "meetings.move": pgettext_lazy("story", "改期或换会议室"),
    "meetings.cancelled": pgettext_lazy("story", "取消"),
    "meetings.released": gettext_lazy("无人签到，自动释放"),
    "meetings.refused": gettext_lazy("审批未通过"),
    "meetings.open": gettext_lazy("签到，会议开始"),
    "meetings.end": gettext_lazy("提前结束"),
    "meetings.promote": gettext_lazy("候补成功"),
}


def story_of(meeting: Meeting) -> list[tuple[str, Text, datetime]]:
    """What was done to it: by whom, what, when; the latest first."""
    entries = entries_of(meeting).order_by("-id")[:20]
    return [(entry.actor_name, _SAID[entry.action], entry.at) for entry in entries if entry.action in _SAID]


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
