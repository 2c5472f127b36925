"""What participants are told: that they are asked, that something changed, that it is off, that it begins soon."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from houqin.foundation.notices.actions import tell
from houqin.foundation.people.models import Person
from houqin.services.meetings.models import Meeting, Participant, Reply


def when_and_where(meeting: Meeting) -> str:
    """``11-26 09:00，A座 3层 322会议室`` in the language of whoever reads."""
    begins = timezone.localtime(meeting.starts_at)
    return _("%(when)s，%(room)s") % {"when": f"{begins:%m-%d %H:%M}", "room": meeting.room}


def invited(meeting: Meeting, participants: Iterable[Participant]) -> None:
    """They are asked to come."""
    _tell(
        meeting,
        [each.person for each in participants if each.person],
        "meetings.invited",
        lambda: _("会议邀请：%(title)s") % {"title": meeting.title},
        lambda: _("%(where)s。请答复是否参加。") % {"where": when_and_where(meeting)},
    )


def changed(meeting: Meeting) -> None:
    """Time or room are others now; whoever declined is asked again."""
    _tell(
        meeting,
        coming(meeting, but=(Reply.NO,) if meeting.sequence == 0 else ()),
        "meetings.changed",
        lambda: _("会议有变：%(title)s") % {"title": meeting.title},
        lambda: _("现改为 %(where)s。") % {"where": when_and_where(meeting)},
    )


def called_off(meeting: Meeting) -> None:
    """It will not be."""
    _tell(
        meeting,
        coming(meeting, but=(Reply.NO,)),
        "meetings.called_off",
        lambda: _("会议取消：%(title)s") % {"title": meeting.title},
        lambda: (
            _("原定 %(where)s。%(why)s") % {"where": when_and_where(meeting), "why": meeting.gave_back_reason}
        ),
    )


def soon(meeting: Meeting) -> None:
    """It begins soon."""
    people = {person.pk: person for person in coming(meeting, but=(Reply.NO,))}
    people.setdefault(meeting.organiser_id, meeting.organiser)
    _tell(
        meeting,
        people.values(),
        "meetings.soon",
        lambda: _("即将开会：%(title)s") % {"title": meeting.title},
        lambda: when_and_where(meeting),
    )


def asked_how_it_was(meeting: Meeting, people: Iterable[Person]) -> None:
    """Who was there may say how it was."""
    _tell(
        meeting,
        people,
        "meetings.feedback",
        lambda: _("请评价会议：%(title)s") % {"title": meeting.title},
        lambda: _("三次点按，说说会议室和会务服务怎么样。"),
        url=f"/meetings/{meeting.pk}/feedback",
    )


def coming(meeting: Meeting, *, but: Collection[str]) -> list[Person]:
    """The participants of ours, without those who answered one of ``but``."""
    rows = meeting.participants.exclude(reply__in=but).filter(person__isnull=False).select_related("person")
    return [each.person for each in rows if each.person]


def _tell(
    meeting: Meeting,
    people: Iterable[Person],
    kind: str,
    title: Callable[[], str],
    body: Callable[[], str],
    url: str = "",
) -> None:
    tell(people, kind=kind, title=title, body=body, url=url or f"/meetings/{meeting.pk}", record=meeting)
