"""Who is asked may pass the doors for the meeting's time only, and its parking moves and ends with it."""

from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from procrastinate.contrib.django.models import ProcrastinateJob

from houqin.foundation.people.models import Person
from houqin.services.meetings import actions, jobs
from houqin.services.meetings.guests import Guest

# The records of doors and parking, which a service reaches by their actions alone.
Area, Permit = apps.get_model("access", "Area"), apps.get_model("access", "Permit")
Lot, Reservation = apps.get_model("parking", "Lot"), apps.get_model("parking", "Reservation")


@pytest.fixture
def gated(rooms):
    """An area before the floor of the rooms, and a lot of three spaces."""
    area = Area.objects.create(code="A1-3", name="1号楼 3层", keeper=rooms.cast.general)
    area.places.add(rooms.cast.floor)
    Lot.objects.create(place=rooms.cast.office, capacity=3, reservable=3, keeper=rooms.cast.general)
    return rooms


def work():
    for job in ProcrastinateJob.objects.filter(task_name="meetings.open_doors", status="todo"):
        jobs.open_doors(**job.args)
    ProcrastinateJob.objects.filter(task_name="meetings.open_doors").update(status="succeeded")


def permits():
    return {
        permit.name: (permit.from_at, permit.until_at) for permit in Permit.objects.filter(state="active")
    }


def test_permits_come_with_the_invitation_move_and_end_with_the_meeting(gated):
    cast = gated.cast
    meeting = gated.book(gated.small)
    one, _two = actions.invite(cast.staff, meeting=meeting.pk, people=[cast.colleague, cast.other_staff])
    work()
    span = (meeting.starts_at - timedelta(minutes=45), meeting.ends_at + timedelta(minutes=30))
    assert permits() == {"陈立": span, "吴敏": span}
    actions.reply(cast.colleague, token=one.token, answer="no")
    work()
    assert set(permits()) == {"吴敏"}
    later = meeting.starts_at + timedelta(hours=3)
    actions.move(cast.staff, meeting=meeting.pk, starts_at=later, ends_at=later + timedelta(hours=1))
    assert permits()["吴敏"][0] == later - timedelta(minutes=45)
    actions.cancel(cast.staff, meeting=meeting.pk)
    assert permits() == {}


def test_who_is_taken_off_the_list_passes_no_more_and_a_guest_stops_nobody(gated):
    cast = gated.cast
    meeting = gated.book(gated.small)
    one, _guest = actions.invite(
        cast.staff, meeting=meeting.pk, people=[cast.colleague], guests=[Guest("程立", "江城大学")]
    )
    work()
    assert set(permits()) == {"陈立"}
    actions.uninvite(cast.staff, meeting=meeting.pk, participant=one.pk)
    assert permits() == {}


def test_a_hall_of_people_gets_its_permits_by_a_few_statements(gated, django_assert_max_num_queries):
    cast = gated.cast
    meeting = gated.book(gated.east)
    crowd = Person.objects.bulk_create(
        Person(username=f"crowd{number}", name=f"甲{number}", organisation=cast.finance)
        for number in range(400)
    )
    with django_assert_max_num_queries(25):
        actions.invite(cast.staff, meeting=meeting.pk, people=crowd)
    with django_assert_max_num_queries(20):
        assert actions.open_doors(meeting.pk) == 400
    with django_assert_max_num_queries(16):
        assert actions.open_doors(meeting.pk) == 400
    assert Permit.objects.filter(state="active").count() == 400


def test_a_meeting_that_is_over_early_closes_doors_and_spaces(gated):
    cast = gated.cast
    meeting = gated.book(gated.small)
    actions.invite(cast.staff, meeting=meeting.pk, people=[cast.colleague])
    work()
    actions.reserve_parking(cast.staff, meeting=meeting.pk, spaces=2)
    with time_machine.travel(meeting.starts_at, tick=False) as clock:
        actions.open_meeting(cast.staff, meeting=meeting.pk)
        clock.shift(timedelta(minutes=20))
        actions.end(cast.staff, meeting=meeting.pk)
    until = meeting.starts_at + timedelta(minutes=50)
    assert permits()["陈立"][1] == until
    assert Reservation.objects.get().ends_at == until


def test_the_page_keeps_and_gives_back_spaces_and_says_what_there_is(gated, as_person):
    meeting = gated.book(gated.small)
    page, client = f"/meetings/{meeting.pk}/gates", as_person(gated.cast.staff)
    assert "1号楼 3层" in client.get(page).content.decode()
    refused = client.post(page, {"spaces": "9"})
    assert refused.status_code == 409
    assert "车位" in refused.content.decode()
    assert client.post(page, {"spaces": "2"}).status_code == 302
    assert "预留 2 个车位" in client.get(page).content.decode()
    client.post(page, {"spaces": "0"})
    assert not Reservation.objects.filter(released_at__isnull=True).exists()
    assert as_person(gated.cast.other_staff).get(page).status_code == 404


def test_spaces_are_kept_for_the_meeting_and_given_back_with_it(gated):
    staff = gated.cast.staff
    meeting = gated.book(gated.small)
    actions.reserve_parking(staff, meeting=meeting.pk, spaces=2)
    actions.reserve_parking(staff, meeting=meeting.pk, spaces=3)
    assert Reservation.objects.get(released_at__isnull=True).spaces == 3
    other = gated.book(gated.east, 14)
    actions.reserve_parking(staff, meeting=other.pk, spaces=3)
    actions.move(staff, meeting=meeting.pk, starts_at=other.starts_at, ends_at=other.ends_at)
    assert [each.source for each in Reservation.objects.filter(released_at__isnull=True)] == [
        f"meetings.meeting:{other.pk}"
    ]
    actions.cancel(staff, meeting=other.pk)
    assert not Reservation.objects.filter(released_at__isnull=True).exists()
