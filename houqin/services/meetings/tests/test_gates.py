"""Who is asked may pass the doors for the meeting's time only, and its parking moves and ends with it."""

from datetime import timedelta

import pytest
from django.apps import apps
from procrastinate.contrib.django.models import ProcrastinateJob

from houqin.services.meetings import actions, jobs

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
