"""Calendars as an independent reader understands them: zones, series, exceptions, cancellations; invitations read."""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from django.core.files.uploadedfile import SimpleUploadedFile
from icalendar import Calendar

from houqin.foundation.errors import Problem
from houqin.services.meetings import actions, queries
from houqin.services.meetings.calendars import calendar_of, read_invitation
from houqin.services.meetings.models import Meeting
from houqin.services.meetings.rules import Choice

SHANGHAI = ZoneInfo("Asia/Shanghai")


def read(body, rooms, days=60):
    """What the other library finds within the coming weeks: (start, end, summary, location, status)."""
    found = recurring_ical_events.of(Calendar.from_ical(body)).between(rooms.at(0), rooms.at(0, days=days))
    return sorted(
        (
            each["DTSTART"].dt.astimezone(SHANGHAI),
            each["DTEND"].dt.astimezone(SHANGHAI),
            str(each["SUMMARY"]),
            str(each["LOCATION"]),
            str(each["STATUS"]),
        )
        for each in found
    )


KHAL = """[calendars]
[[houqin]]
path = {folder}/calendar
[locale]
local_timezone = {zone}
default_timezone = {zone}
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.db
[default]
default_calendar = houqin
"""


def agenda(body, rooms, folder, zone="Asia/Shanghai", days=60):
    """What a calendar client (khal, in a process of its own) says once it has imported the file: as :func:`read`."""
    folder.mkdir(exist_ok=True)
    (folder / "calendar").mkdir(exist_ok=True)
    (folder / "config").write_text(KHAL.format(folder=folder, zone=zone))
    (folder / "feed.ics").write_bytes(body)

    def khal(*words):
        command = [sys.executable, "-m", "khal", "-c", str(folder / "config"), *words]
        environment = {
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    khal("import", "--batch", "-a", "houqin", str(folder / "feed.ics"))
    line = "{start-long-full}|{end-long-full}|{title}|{location}|{status}"
    told = khal("list", "--day-format", "", "--format", line, f"{rooms.at(0):%Y-%m-%d}", f"{rooms.at(0, days=days):%Y-%m-%d}")  # fmt: skip
    found = [row.strip().split("|") for row in told.splitlines() if row.strip()]
    at = [(moment(begins, zone), moment(ends, zone), *rest) for begins, ends, *rest in found]
    return sorted(at)


def moment(text, zone):
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(zone)).astimezone(SHANGHAI)


def stored(meetings):
    return sorted(
        (
            each.starts_at.astimezone(SHANGHAI),
            each.ends_at.astimezone(SHANGHAI),
            each.title,
            str(each.room),
            "CONFIRMED",
        )
        for each in meetings
    )


@pytest.fixture
def eventful(rooms):
    """A series with a date dropped from the start, one moved, one called off, the last one moved with all that follow, and a
    single meeting: the meetings that are left.
    """
    cast = rooms.cast
    actions.book(
        cast.other_staff, wish=rooms.wish(rooms.small, days=15, organiser=cast.other_staff), title="占用"
    )
    dropped = rooms.at(10, days=15)
    series = actions.book_series(
        cast.staff,
        wish=rooms.wish(rooms.small),
        title="例会",
        rule="FREQ=WEEKLY;COUNT=7",
        choices={dropped: Choice()},
    )
    second, third, *_, last = series.meetings.order_by("original_start")
    actions.move(
        cast.staff,
        meeting=second.pk,
        starts_at=second.starts_at + timedelta(hours=3),
        ends_at=second.ends_at + timedelta(hours=4),
    )
    actions.cancel(cast.staff, meeting=third.pk)
    actions.move_following(cast.staff, meeting=last.pk, shift=timedelta(minutes=30), room=rooms.east)
    rooms.book(rooms.east, 9, title="单次会")
    kept = [meeting for meeting in Meeting.objects.filter(organiser=cast.staff) if meeting.keeps_room]
    assert len(kept) == 6
    return kept


def test_a_persons_calendar_is_what_the_tables_say_whatever_happened_to_a_series(rooms, eventful):
    body = calendar_of(queries.feed_of_person(rooms.cast.staff), name="李晓雯")
    assert read(body, rooms) == stored(eventful)
    assert b"TZID=Asia/Shanghai" in body
    assert b"BEGIN:VTIMEZONE" in body


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/Berlin"])
def test_a_calendar_client_imports_a_persons_series_and_tells_the_same_days(rooms, eventful, tmp_path, zone):
    body = calendar_of(queries.feed_of_person(rooms.cast.staff), name="李晓雯")
    assert agenda(body, rooms, tmp_path / "k", zone) == [(*row[:4], "CONFIRMED") for row in stored(eventful)]


def test_a_calendar_client_reads_a_room_and_takes_a_move_and_a_cancelling_at_the_next_import(rooms, tmp_path):
    meeting = rooms.book(rooms.east, 9)
    actions.book(rooms.cast.staff, wish=rooms.wish(rooms.both, 14), title="干部考察", private=True)

    def seen():
        body = calendar_of(queries.feed_of_room(rooms.both), name="x", titled=False, whole_series=False)
        return agenda(body, rooms, tmp_path / "k")

    assert [(each[0], each[2], each[4]) for each in seen()] == [
        (rooms.at(9), "预算碰头会", "CONFIRMED"),
        (rooms.at(14), "已预订", "CONFIRMED"),
    ]
    actions.move(rooms.cast.staff, meeting=meeting.pk, starts_at=rooms.at(10), ends_at=rooms.at(11.5))
    assert next(each[:2] for each in seen()) == (rooms.at(10), rooms.at(11.5))
    one = calendar_of([Meeting.objects.get(pk=meeting.pk)], name="x", whole_series=False)
    assert agenda(one, rooms, tmp_path / "one") == stored([Meeting.objects.get(pk=meeting.pk)])
    actions.cancel(rooms.cast.staff, meeting=meeting.pk)
    gone = calendar_of([Meeting.objects.get(pk=meeting.pk)], name="x", whole_series=False)
    assert [each[4] for each in agenda(gone, rooms, tmp_path / "one")] == ["CANCELLED"]


def test_a_cancelled_meeting_says_so_with_a_later_sequence(rooms):
    meeting = rooms.book(rooms.small)
    actions.cancel(rooms.cast.staff, meeting=meeting.pk)
    (event,) = Calendar.from_ical(calendar_of(queries.feed_of_person(rooms.cast.staff), name="x")).walk(
        "VEVENT"
    )
    assert (event["STATUS"], event["SEQUENCE"], event["UID"]) == ("CANCELLED", 1, f"{meeting.uid}@houqin")


def test_a_rooms_calendar_hides_private_names_and_takes_in_what_its_parts_hold(rooms):
    actions.book(rooms.cast.staff, wish=rooms.wish(rooms.east, 9), title="干部考察", private=True)
    rooms.book(rooms.both, 14, title="全市预算会")
    body = calendar_of(queries.feed_of_room(rooms.both), name="x", titled=False, whole_series=False)
    assert [each[2] for each in read(body, rooms)] == ["已预订", "全市预算会"]
    assert "干部考察" not in body.decode()


def test_the_secret_address_answers_until_it_is_taken_back(rooms, as_person, client):
    rooms.book(rooms.small)
    mine = as_person(rooms.cast.staff)
    page = mine.post("/meetings/feeds").content.decode()
    address = page.split('class="address">')[1].split("<")[0]
    path = address[address.index("/meetings/") :]
    answer = client.get(path)
    assert answer["Content-Type"].startswith("text/calendar")
    assert len(read(answer.content, rooms)) == 1
    assert path not in mine.get("/meetings/feeds").content.decode()
    feed = queries.feeds_of(rooms.cast.staff).get()
    assert as_person(rooms.cast.colleague).post(f"/meetings/feeds/{feed.pk}/end").status_code == 404
    mine.post(f"/meetings/feeds/{feed.pk}/end")
    assert client.get(path).status_code == 404


INVITATION = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//somebody//else//EN
BEGIN:VEVENT
UID:1@else
SUMMARY:联合调研
DTSTART;TZID=Europe/Berlin:20261203T030000
DTEND;TZID=Europe/Berlin:20261203T043000
RRULE:FREQ=WEEKLY;UNTIL=20261231T000000Z
ATTENDEE:mailto:a@example.org
ATTENDEE:mailto:b@example.org
END:VEVENT
END:VCALENDAR
"""


def test_an_invitation_becomes_a_booking_in_our_time(rooms, as_person):
    read_one = read_invitation(INVITATION.encode())
    assert read_one.starts_at.astimezone(SHANGHAI) == datetime(2026, 12, 3, 10, 0, tzinfo=SHANGHAI)
    client = as_person(rooms.cast.staff)
    answer = client.post(
        "/meetings/feeds/take", {"file": SimpleUploadedFile("i.ics", INVITATION.encode())}, follow=True
    )
    page = answer.content.decode()
    assert 'value="联合调研"' in page
    assert 'value="2026-12-03T10:00"' in page
    assert 'value="WEEKLY" selected' in page
    assert 'value="2026-12-31"' in page


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"BEGIN:VCALENDAR\nEND:VCALENDAR",
        b"BEGIN:VEVENT\nDTSTART:never\nEND:VEVENT",
        b"x" * 300_000,
    ],
)
def test_what_is_no_invitation_is_refused_with_words(content):
    with pytest.raises(Problem) as refused:
        read_invitation(content)
    assert "ics" in str(refused.value.errors["file"])
