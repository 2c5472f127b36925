"""What time does to meetings: rooms that nobody came to go to others, meetings end, waiting is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.notices.actions import tell
from houqin.foundation.trail.actors import SYSTEM
from houqin.services.meetings.actions import telling
from houqin.services.meetings.actions.booking import give_back
from houqin.services.meetings.models import Meeting, MeetingState, Participant, Series, Wait, WaitState

#: A series that nobody came to so often in a row is proposed for dropping.
MISSED_IN_A_ROW = 3
#: Who comes is reminded this long before the start.
REMINDED_BEFORE = timedelta(minutes=30)
#: Meetings that end in one transaction.
AT_ONCE = 100
_GIVEN_UP_AT = ExpressionWrapper(
    F("starts_at") + F("room__release_minutes") * timedelta(minutes=1), output_field=DateTimeField()
)


def release_unused(now: datetime | None = None) -> int:
    """Give away the rooms of meetings that nobody signed in to; answers how many. All-day meetings are exempt.

    Each in its own transaction, so that one that cannot be given away holds up no other. A meeting that somebody is
    signing in to at this moment is skipped.
    """
    now = now or timezone.now()
    overdue = (
        Meeting.objects.alias(given_up_at=_GIVEN_UP_AT)
        .filter(state=MeetingState.BOOKED, all_day=False, given_up_at__lte=now, ends_at__gt=now)
        .order_by("starts_at", "id")
        .values_list("pk", flat=True)
    )  # fmt: skip
    return sum(_release(pk) for pk in overdue)


@transaction.atomic
def _release(meeting: int) -> bool:
    found = (
        Meeting.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(pk=meeting, state=MeetingState.BOOKED)
        .select_related("room__place", "room__keeper", "organiser", "section", "series")
        .first()
    )
    if found is None:
        return False
    reason = _("开始后 %(minutes)d 分钟无人签到") % {"minutes": found.room.release_minutes or 0}
    give_back(SYSTEM, found, MeetingState.RELEASED, reason)
    begins = timezone.localtime(found.starts_at)
    tell(
        [found.organiser],
        kind="meetings.released",
        title=lambda: _("会议室无人签到，已自动释放"),
        body=lambda: _("%(title)s，%(room)s，%(when)s。") % {
            "title": found.title, "room": found.room, "when": f"{begins:%m-%d %H:%M}"
        },
        url=f"/meetings/{found.pk}",
        record=found,
    )  # fmt: skip
    if found.series:
        _propose_dropping(found, found.series)
    return True


def _propose_dropping(meeting: Meeting, series: Series) -> None:
    """Nobody came three times running: ask whether the rest is still wanted."""
    last = series.meetings.filter(starts_at__lte=meeting.starts_at).exclude(state=MeetingState.CANCELLED)
    states = last.order_by("-starts_at").values_list("state", flat=True)[:MISSED_IN_A_ROW]
    if list(states) != [MeetingState.RELEASED] * MISSED_IN_A_ROW:
        return
    following = series.meetings.filter(state=MeetingState.BOOKED, starts_at__gt=meeting.starts_at)
    nearest = following.order_by("starts_at").first()
    if nearest is None:
        return
    tell(
        [meeting.organiser],
        kind="meetings.drop_series",
        title=lambda: _("系列会议连续 %(times)d 次无人到场，是否取消后续") % {"times": MISSED_IN_A_ROW},
        body=lambda: (
            _("%(title)s，%(room)s。如不再需要，请取消后续会议，让给他人。")
            % {"title": meeting.title, "room": meeting.room}
        ),
        url=f"/meetings/{nearest.pk}",
        record=nearest,
    )


@transaction.atomic
def remind(now: datetime | None = None) -> int:
    """Tell who comes that their meeting begins within the half hour, once; answers for how many meetings."""
    now = now or timezone.now()
    soon = Meeting.objects.select_for_update(of=("self",), skip_locked=True).filter(
        state=MeetingState.BOOKED,
        reminded_at__isnull=True,
        starts_at__gt=now,
        starts_at__lte=now + REMINDED_BEFORE,
    )
    found = list(soon.select_related("room__place", "organiser").order_by("starts_at", "id"))
    for meeting in found:
        telling.soon(meeting)
    Meeting.objects.filter(pk__in=[meeting.pk for meeting in found]).update(reminded_at=now)
    return len(found)


def settle(now: datetime | None = None) -> int:
    """Meetings whose time is over have ended, and who was there is asked how it was; nobody waits for what has begun.

    A hundred at a time, each in its own transaction, so that what was done stays done where much has gathered. Answers
    how many rows changed; a second run finds nothing.
    """
    now = now or timezone.now()
    settled = 0
    while ended := _end(now):
        settled += ended
    waited = Wait.objects.filter(state=WaitState.WAITING, starts_at__lte=now)
    return settled + waited.update(state=WaitState.EXPIRED)


@transaction.atomic
def _end(now: datetime) -> int:
    over = Meeting.objects.select_for_update(of=("self",), skip_locked=True).filter(
        state__in=(MeetingState.RUNNING, MeetingState.BOOKED), ends_at__lte=now
    )
    there = Prefetch(
        "participants",
        Participant.objects.filter(signed_in_at__isnull=False, person__isnull=False).select_related("person"),
        "there",
    )
    ended = list(over.select_related("room__place").prefetch_related(there).order_by("id")[:AT_ONCE])
    Meeting.objects.filter(pk__in=[meeting.pk for meeting in ended]).update(state=MeetingState.ENDED)
    for meeting in ended:
        telling.asked_how_it_was(meeting, [each.person for each in meeting.there if each.person])
    return len(ended)
