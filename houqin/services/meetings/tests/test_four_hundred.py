"""Four hundred people sign in within ten minutes, by three ways at once, each on a connection of its own."""

import csv
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from houqin.foundation.people.models import Person
from houqin.services.meetings import actions, codes
from houqin.services.meetings.guests import Guest
from houqin.services.meetings.models import Meeting, Participant

pytestmark = [pytest.mark.db_facing, pytest.mark.slow]
#: How many come by each way: by the code on the screen, by their pass, by the clerks' lists.
BY_CODE, BY_PASS, BY_LIST = 130, 130, 140
AT_A_TIME = 10
DESKS = 12
TEN_MINUTES = 600


@pytest.fixture
def plenary(committed_rooms):
    """A meeting of four hundred that begins in ten minutes."""
    rooms = committed_rooms
    cast = rooms.cast
    meeting = rooms.book(rooms.both, 10, expected=80, actor=cast.clerk)
    people = Person.objects.bulk_create(
        Person(name=f"代表{number}", username=f"delegate{number}", staff_number=f"D{number}", organisation=cast.budget)
        for number in range(BY_CODE)
    )  # fmt: skip
    guests = [Guest(f"来宾{number}", "各区县") for number in range(BY_PASS + BY_LIST)]
    actions.invite(cast.clerk, meeting=meeting.pk, people=people, guests=guests)
    with time_machine.travel(meeting.starts_at - timedelta(minutes=10)):
        yield meeting


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_four_hundred_sign_in_by_three_ways_at_once_and_nobody_twice(plenary):
    pk, clerk = plenary.pk, plenary.organiser
    desk = signed_in(clerk).cookies
    rows = list(plenary.participants.order_by("id"))
    delegates = [row for row in rows if row.person_id]
    guests = [row for row in rows if not row.person_id]
    passes, listed = guests[:BY_PASS], guests[BY_PASS:]
    cookies = {row.pk: signed_in(row.person).cookies for row in delegates}

    def ask(jar, path, data) -> int:
        try:
            client = Client()
            client.cookies = jar
            return client.post(path, data).status_code
        finally:
            connection.close()

    def by_code(row: Participant) -> int:
        return ask(cookies[row.pk], f"/meetings/{pk}/sign", {"c": codes.code_of(pk)})

    def by_pass(row: Participant) -> int:
        return ask(desk, f"/meetings/{pk}/attendance", {"pass": f"https://houqin.example/meetings/p/{row.token}"})  # fmt: skip

    def by_list(some: list[Participant]) -> int:
        return ask(desk, f"/meetings/{pk}/attendance", {"participant": [row.pk for row in some]})

    lists = [listed[start : start + AT_A_TIME] for start in range(0, BY_LIST, AT_A_TIME)]
    # Some come by two ways in the same moment, and two clerks tick off the same people the other way round.
    twice = [*((by_list, delegates[start : start + AT_A_TIME]) for start in (0, 20)), (by_list, lists[0][::-1]), *((by_pass, row) for row in listed[:10])]  # fmt: skip
    calls = [*((by_code, row) for row in delegates), *((by_pass, row) for row in passes), *((by_list, some) for some in lists)]  # fmt: skip
    calls = [call for number in range(DESKS) for call in (calls + twice)[number::DESKS]]
    began = time.perf_counter()
    with ThreadPoolExecutor(DESKS) as pool:
        answers = list(pool.map(lambda call: call[0](call[1]), calls))
    took = time.perf_counter() - began

    assert set(answers) <= {200, 302}
    assert took < TEN_MINUTES
    signed = Participant.objects.filter(meeting=pk, signed_in_at__isnull=False)
    assert signed.count() == 400
    assert not signed.filter(signed_in_at__gt=timezone.now()).exists()
    # Who was there already was not written again: the lists' own counts and the other ways add up to all.
    ways = {way: signed.filter(signed_in_by=way).count() for way in ("code", "pass", "list")}
    assert sum(ways.values()) == 400
    assert ways["code"] >= BY_CODE - 2 * AT_A_TIME
    assert ways["pass"] >= BY_PASS
    assert Meeting.objects.get(pk=pk).state == "running"
    page = signed_in(clerk).get(f"/meetings/{pk}/attendance").content.decode()
    assert re.findall(r'figure-value">(\d+)<', page) == ["400", "0", "0", "400"]
    sheet = signed_in(clerk).get(f"/meetings/{pk}/attendance.csv").content.decode("utf-8-sig")
    assert sum(bool(row[4]) for row in list(csv.reader(sheet.splitlines()))[1:]) == 400
