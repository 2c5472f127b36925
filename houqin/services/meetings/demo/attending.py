"""Who is asked to the demo compound's meetings of these days, who came, and how it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from houqin.foundation.bulk import copy_in, set_sequence
from houqin.foundation.demo import Somebody, World, moment
from houqin.services.meetings.models import OCCUPYING, Feedback, Meeting, Participant

#: Days around today whose meetings have participants.
BACK, AHEAD = timedelta(days=4), timedelta(days=3)
DELEGATES = 400
FIELDS = (
    "id", "meeting", "person", "name", "organisation", "post", "phone", "reply", "reply_note", "replied_at", "token",
    "invited_at", "signed_in_at", "signed_in_by",
)  # fmt: skip
FEEDBACK = ("participant", "room_stars", "service_stars", "tags", "words", "at")
GUESTS = (
    ("程立", "江城大学", "教授"), ("何宁", "省数据局", "处长"), ("沈岚", "江城轨道集团", "副总经理"), ("陆远", "江城设计院", "总工程师"),
    ("严华", "省委督导组", "组长"), ("苏晴", "江城日报社", "记者"),
)  # fmt: skip
REPLIES = (("yes", 14), ("none", 3), ("maybe", 1), ("no", 2))
WORDS = (
    "投影有点暗",
    "话筒断续",
    "服务很周到",
    "会议室偏热",
    "",
    "",
    "",
    "茶水及时",
    "桌签清楚",
    "音响清晰",
    "",
    "",
)


def attend(world: World) -> None:
    """Participants of the days around today and of the plenary; ratings of what is over."""
    chance = world.chance("meetings/participants")
    rows = list(_participants(world, chance))
    copy_in(Participant, FIELDS, (row[:-1] for row in rows))
    copy_in(Feedback, FEEDBACK, _ratings(chance, rows))
    set_sequence(Participant)


def _participants(world: World, chance: Random) -> Iterator[tuple[Any, ...]]:
    now = datetime.fromisoformat(moment(world.now))
    by_unit: dict[int, list[Somebody]] = {}
    for person in world.people:
        by_unit.setdefault(person.unit, []).append(person)
    units = {person.section: person.unit for person in world.people}
    ids = world.ids("meetings.participant")
    meetings = Meeting.objects.filter(
        starts_at__range=(now - BACK, now + AHEAD), state__in=OCCUPYING, event=None
    )
    plenary = Meeting.objects.filter(event__isnull=False, is_main=True)
    for meeting in (*meetings.order_by("id"), *plenary):
        if meeting.event_id:
            asked, guests = chance.sample(world.people, min(DELEGATES, len(world.people))), len(GUESTS)
        else:
            near = by_unit.get(units.get(meeting.section_id, 0), world.people)
            asked = chance.sample(
                near, min(len(near), max(2, min(meeting.expected - 1, chance.randint(3, 9))))
            )
            guests = chance.choice((0, 0, 0, 0, 1, 2))
        people: list[tuple[int | None, str, str, str]]
        people = [(person.id, person.name, world.names.get(person.section, ""), "") for person in asked]
        people += [(None, *guest) for guest in chance.sample(GUESTS, guests)]
        for who in people:
            yield _row(next(ids), meeting, who, chance, now)


def _row(
    identity: int, meeting: Meeting, who: tuple[Any, ...], chance: Random, now: datetime
) -> tuple[Any, ...]:
    reply = chance.choices([each for each, _ in REPLIES], [weight for _, weight in REPLIES])[0]
    asked = meeting.starts_at - timedelta(days=3, hours=chance.randint(0, 20))
    signed = None
    if meeting.state in ("running", "ended") and reply != "no" and chance.random() < 0.9:
        signed = min(meeting.starts_at + timedelta(minutes=chance.triangular(-12, 9, -2)), now)
    return (
        identity, meeting.pk, *who, "", reply, "", asked + timedelta(hours=2) if reply != "none" else None,
        f"{chance.getrandbits(128):032x}", asked, signed, chance.choice(("code", "code", "code", "list")) if signed else "",
        meeting,
    )  # fmt: skip


def _ratings(chance: Random, rows: list[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        meeting = row[-1]
        if row[12] and meeting.state == "ended" and chance.random() < 0.3:
            stars = chance.choices((5, 4, 3, 2), (9, 7, 2, 1), k=2)
            yield (row[0], *stars, [], chance.choice(WORDS), meeting.ends_at + timedelta(minutes=20))
