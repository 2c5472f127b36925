"""Meetings as iCalendar (RFC 5545) says them, and an invitation of somebody else's read.

Times carry ``TZID=Asia/Shanghai`` with its VTIMEZONE. A series is one event with its rule, dates without a meeting as
EXDATE, and each meeting that is not as the rule says as an event of its own with RECURRENCE-ID.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vRecur

from houqin.foundation.errors import Problem
from houqin.services.meetings.actions.series import starts_of
from houqin.services.meetings.models import Meeting, MeetingState, Series

#: An invitation is a few kilobytes; what is larger is none.
MOST_BYTES = 200_000
_STATUS = {
    MeetingState.PENDING: "TENTATIVE",
    MeetingState.CANCELLED: "CANCELLED",
    MeetingState.REFUSED: "CANCELLED",
    MeetingState.RELEASED: "CANCELLED",
}


def calendar_of(
    meetings: Iterable[Meeting], *, name: str, titled: bool = True, whole_series: bool = True
) -> bytes:
    """The meetings as a calendar file. ``titled=False`` hides private names; without ``whole_series`` every meeting stands
    alone, as a room's calendar must: the same series may use another room tomorrow.
    """
    book = Calendar()
    book.add("prodid", "-//Houqin//Meetings//ZH")
    book.add("version", "2.0")
    book.add("method", "PUBLISH")
    book.add("name", name)
    book.add("x-wr-calname", name)
    by_series: dict[Series, list[Meeting]] = defaultdict(list)
    for meeting in meetings:
        if whole_series and meeting.series:
            by_series[meeting.series].append(meeting)
        else:
            book.add_component(_event(meeting, titled=titled))
    for series, own in by_series.items():
        for event in _events_of(series, own, titled=titled):
            book.add_component(event)
    book.add_missing_timezones()
    return bytes(book.to_ical())


def _event(meeting: Meeting, *, titled: bool) -> Event:
    event = Event()
    event.add("uid", f"{meeting.uid}@houqin")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", meeting.created_at.astimezone(UTC))
    event.add("summary", meeting.title if titled or not meeting.private else _("已预订"))
    event.add("location", str(meeting.room))
    event.add("status", _STATUS.get(MeetingState(meeting.state), "CONFIRMED"))
    event.add("organizer", "invalid:nomail", parameters={"CN": meeting.organiser.name})
    event.add("url", f"{settings.BASE_URL}/meetings/{meeting.pk}")
    if meeting.all_day and meeting.series_id is None:
        event.add("dtstart", timezone.localdate(meeting.starts_at))
        event.add("dtend", timezone.localdate(meeting.ends_at) + timedelta(days=1))
    else:
        event.add("dtstart", timezone.localtime(meeting.starts_at))
        event.add("dtend", timezone.localtime(meeting.ends_at))
    return event


def _events_of(series: Series, meetings: Sequence[Meeting], *, titled: bool) -> Iterable[Event]:
    kept = [meeting for meeting in meetings if meeting.keeps_room and meeting.original_start]
    if not kept:
        return
    first = min(kept, key=lambda meeting: meeting.original_start or meeting.starts_at)
    lasts = timedelta(minutes=series.minutes)
    dates = starts_of(series.rule, series.starts_at, until=series.ended_at)
    there = {meeting.original_start for meeting in kept}
    master = _event(first, titled=titled)
    for name in ("uid", "dtstart", "dtend", "sequence"):
        del master[name]
    master.add("uid", f"{series.uid}@houqin")
    master.add("sequence", 0)
    master.add("dtstart", timezone.localtime(series.starts_at))
    master.add("dtend", timezone.localtime(series.starts_at + lasts))
    master.add("rrule", _rule(series, dates))
    if missing := [timezone.localtime(start) for start in dates if start not in there]:
        master.add("exdate", missing)
    yield master
    for meeting in kept:
        assert meeting.original_start is not None
        usual = (meeting.original_start, meeting.original_start + lasts, first.room_id)
        if (meeting.starts_at, meeting.ends_at, meeting.room_id) == usual:
            continue
        event = _event(meeting, titled=titled)
        del event["uid"]
        event.add("uid", f"{series.uid}@houqin")
        event.add("recurrence-id", timezone.localtime(meeting.original_start))
        yield event


def _rule(series: Series, dates: Sequence[datetime]) -> vRecur:
    """The rule with its end as UTC, which RFC 5545 3.3.10 asks for where the start has a zone."""
    parts = [part for part in series.rule.split(";") if not part.startswith(("COUNT=", "UNTIL="))]
    return vRecur.from_ical(";".join([*parts, f"UNTIL={dates[-1].astimezone(UTC):%Y%m%dT%H%M%SZ}"]))


# -- reading -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Invitation:
    """What an invitation says that a booking needs."""

    title: str
    starts_at: datetime
    ends_at: datetime
    people: int
    rule: str = ""


def read_invitation(content: bytes) -> Invitation:
    """The first event of a calendar file. Raises Problem with how to mend it."""
    if len(content) > MOST_BYTES:
        raise Problem(errors={"file": [_("文件过大，请上传单个会议邀请（.ics）。")]})
    try:
        event: Any = next(iter(Calendar.from_ical(content).walk("VEVENT")), None)
        starts = _moment(event.decoded("dtstart")) if event is not None else None
        if starts is None:
            raise Problem(errors={"file": [_("文件里没有会议，请上传 .ics 格式的会议邀请。")]})
        ends = (
            _moment(event.decoded("dtend"))
            if "dtend" in event
            else starts + event.decoded("duration", timedelta(hours=1))
        )
    except (ValueError, KeyError, IndexError, AttributeError, TypeError) as error:
        raise Problem(errors={"file": [_("文件无法识别，请上传 .ics 格式的会议邀请。")]}) from error
    attendees = event.get("attendee", [])
    people = len(attendees) if isinstance(attendees, list) else 1
    rule = event["rrule"].to_ical().decode() if "rrule" in event else ""
    return Invitation(str(event.get("summary", ""))[:100], starts, ends, people, rule)


def _moment(value: date | datetime) -> datetime:
    """A day is its whole; a time without a zone is the compound's."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return timezone.make_aware(value) if timezone.is_naive(value) else value
