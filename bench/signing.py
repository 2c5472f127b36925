"""Four hundred people sign in to one meeting: by the code on the screen, by their pass at the desk, by the clerk's list."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any

from bench import wrk
from bench.house import House
from bench.measure import line

CLIENTS = 16
BY_CODE, BY_PASS, BY_LIST, AT_A_TIME = 130, 130, 140, 10
#: Seconds in which the last calls, which the client does not wait for, come to their end.
SETTLE = 1
#: All of them have to be in within ten minutes.
MOST_SECONDS = 600


def sign_in(house: House) -> bool:
    """One line; whether all four hundred were in in time, each once."""
    meeting, participants = _plenary()
    calls = _calls(meeting, participants)
    run = wrk.feed(house.base, calls, connections=CLIENTS)
    time.sleep(SETTLE)
    there = meeting.participants.filter(signed_in_at__isnull=False)
    void = run.share > wrk.MOST_SHARE
    passed = there.count() == len(participants) and run.seconds <= MOST_SECONDS
    return line(
        "booking-sign-in",
        figure={
            "seconds": round(run.seconds, 1),
            "calls": run.requests,
            "calls_a_second": round(run.a_second, 1),
        },
        limit={"seconds": MOST_SECONDS},
        there=there.count(),
        ways={way: there.filter(signed_in_by=way).count() for way in ("code", "pass", "list")},
        bound=f"{len(participants)} within {MOST_SECONDS} s",
        clients=CLIENTS,
        client_share=round(run.share, 3),
        void=void,
        **{"pass": passed and not void},
    )


def _plenary() -> tuple[Any, list[Any]]:
    """A meeting that begins now, in a room that nothing else takes, with four hundred who are asked."""
    from django.utils import timezone

    from houqin.foundation.people.models import Person
    from houqin.services.meetings.models import Meeting, Occupation, Participant, Room

    clerk = Person.objects.select_related("organisation").get(username="clerk")
    starts = timezone.now() + timedelta(minutes=5)
    around = (starts - timedelta(hours=1), starts + timedelta(hours=2))
    taken = Occupation.objects.filter(during__overlap=around).values("part")
    free = Room.objects.exclude(parts__part__in=taken).order_by("-capacity")
    meeting = Meeting.objects.create(
        title="压测全会", room=free[0], starts_at=starts, ends_at=starts + timedelta(hours=1),
        organiser=clerk, booked_by=clerk, section=clerk.organisation, expected=400,
    )  # fmt: skip
    people = list(Person.objects.active().filter(username=None)[:BY_CODE])
    for person in people:
        person.username = f"delegate-{person.pk}"
    Person.objects.bulk_update(people, ["username"])
    rows = [Participant(meeting=meeting, person=person, name=person.name) for person in people]
    rows += [Participant(meeting=meeting, name=f"来宾{number}") for number in range(BY_PASS + BY_LIST)]
    return meeting, Participant.objects.bulk_create(rows)


def _calls(meeting: Any, participants: list[Any]) -> list[wrk.Call]:
    """What the phones, the scanner and the clerks send, mixed. Tokens first: a code is good for a minute."""
    from houqin.exchange.tokens import create_token
    from houqin.services.meetings.codes import code_of

    clerk, path = create_token("clerk", proved=True), f"/api/v1/meetings/bookings/{meeting.pk}"
    tokens = [create_token(each.person.username) for each in participants[:BY_CODE]]
    scanned = participants[BY_CODE : BY_CODE + BY_PASS]
    listed = [each.pk for each in participants[BY_CODE + BY_PASS :]]
    code = json.dumps({"code": code_of(meeting.pk)})
    calls: list[wrk.Call] = [(f"{path}/sign-in", token, code) for token in tokens]
    calls += [(f"{path}/sign-in/pass", clerk, json.dumps({"scanned": each.token})) for each in scanned]
    calls += [
        (f"{path}/attendance", clerk, json.dumps({"participants": listed[start : start + AT_A_TIME]}))
        for start in range(0, BY_LIST, AT_A_TIME)
    ]
    mixed = [call for number in range(CLIENTS) for call in calls[number::CLIENTS]]
    return (
        mixed + mixed[:CLIENTS]
    )  # the client does not wait for its last calls; a second time changes nothing
