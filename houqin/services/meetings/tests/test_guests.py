"""Guests become visitors with one tap; the visit moves and ends with the meeting, and a vehicle has its space."""

from datetime import timedelta

import pytest
from django.apps import apps

from houqin.affairs.models import Route
from houqin.foundation.errors import Conflict, NotFound
from houqin.foundation.trail.models import Entry
from houqin.services.meetings import actions
from houqin.services.meetings.guests import Guest
from houqin.services.visitors import queries as visitors

Lot, Reservation = apps.get_model("parking", "Lot"), apps.get_model("parking", "Reservation")
BEFORE, AFTER = timedelta(minutes=45), timedelta(minutes=30)


@pytest.fixture
def meeting(rooms):
    """A meeting with two guests, one without a number, and a lot of one space."""
    cast = rooms.cast
    Route.objects.create(item_code="visitors.invite", section=cast.general)
    Lot.objects.create(place=cast.office, capacity=1, reservable=1, keeper=cast.general)
    made = rooms.book(rooms.small)
    actions.invite(
        cast.staff, meeting=made.pk, people=[cast.colleague],
        guests=[Guest("程立", "江城大学", phone="13800000077"), Guest("何宁", "省数据局")],
    )  # fmt: skip
    return made


def visits(meeting, *states):
    found = visitors.of_source(f"meetings.meeting:{meeting.pk}")
    return {
        visit.name: (visit.from_at, visit.until_at)
        for visit in found
        if str(visit.state) in (states or ("expected",))
    }


def test_all_guests_are_expected_with_one_tap_and_once_only(rooms, meeting, as_person):
    client, page = as_person(rooms.cast.staff), f"/meetings/{meeting.pk}/participants"
    assert "为 2 位院区外人员登记来访" in client.get(page).content.decode()
    client.post(f"{page}/expect")
    client.post(f"{page}/expect")
    span = (meeting.starts_at - BEFORE, meeting.ends_at + AFTER)
    assert visits(meeting) == {"程立": span, "何宁": span}
    (visit,) = visitors.of_source(f"meetings.meeting:{meeting.pk}").filter(name="程立")
    assert (visit.host, visit.place, visit.organisation) == (
        rooms.cast.staff,
        rooms.small.place,
        "江城大学",
    )
    assert f"/visitors/{visit.pk}" in client.get(page).content.decode()
    assert as_person(rooms.cast.other_staff).post(f"{page}/expect").status_code == 404


def test_visits_move_and_end_with_the_meeting(rooms, meeting):
    staff = rooms.cast.staff
    actions.expect_guests(staff, meeting=meeting.pk)
    later = meeting.starts_at + timedelta(hours=3)
    actions.move(staff, meeting=meeting.pk, starts_at=later, ends_at=later + timedelta(hours=1))
    assert set(visits(meeting).values()) == {(later - BEFORE, later + timedelta(hours=1) + AFTER)}
    actions.cancel(staff, meeting=meeting.pk)
    assert visits(meeting) == {}
    assert set(visits(meeting, "cancelled")) == {"程立", "何宁"}


def test_who_declines_or_is_taken_off_is_expected_no_more_and_the_others_are(rooms, meeting):
    staff = rooms.cast.staff
    actions.expect_guests(staff, meeting=meeting.pk)
    one, two = meeting.participants.filter(person__isnull=True).order_by("id")
    actions.reply(actions.actor_of(one, None), token=one.token, answer="no")
    assert set(visits(meeting)) == {"何宁"}
    assert actions.expect_guests(staff, meeting=meeting.pk) == 0
    actions.uninvite(staff, meeting=meeting.pk, participant=two.pk)
    assert visits(meeting) == {}


def test_a_guest_brings_a_vehicle_from_their_own_page(rooms, meeting, client):
    one, two = meeting.participants.filter(person__isnull=True).order_by("id")
    with pytest.raises(Conflict):
        actions.bring_vehicle(actions.actor_of(one, None), token=one.token, plate="浙A12345")
    actions.expect_guests(rooms.cast.staff, meeting=meeting.pk)
    client.post(f"/meetings/p/{one.token}/vehicle", {"plate": "浙A12345"})
    page = client.get(f"/meetings/p/{one.token}").content.decode()
    assert "预留车位" in page
    assert "/visitors/p/" in page
    assert Reservation.objects.get(released_at__isnull=True).plate == "浙A12345"
    client.post(f"/meetings/p/{two.token}/vehicle", {"plate": "浙B54321"})
    assert "没有可预留的车位" in client.get(f"/meetings/p/{two.token}").content.decode()
    wrong = client.post(f"/meetings/p/{one.token}/vehicle", {"plate": "??"}, follow=True)
    assert "车牌" in wrong.content.decode()
    actions.cancel(rooms.cast.staff, meeting=meeting.pk)
    assert not Reservation.objects.filter(released_at__isnull=True).exists()


def test_the_trail_tells_guests_by_number_and_never_by_name(rooms, meeting, client):
    staff = rooms.cast.staff
    one, two = meeting.participants.filter(person__isnull=True).order_by("id")
    actions.expect_guests(staff, meeting=meeting.pk)
    client.post(f"/meetings/p/{one.token}", {"answer": "yes"})
    client.post(f"/meetings/p/{one.token}/vehicle", {"plate": "浙A12345"})
    actions.save_group(staff, meeting=meeting.pk, name="专班")
    actions.uninvite(staff, meeting=meeting.pk, participant=two.pk)
    entries = Entry.objects.order_by("id")
    told = [f"{each.actor_name} {each.before} {each.after}" for each in entries]
    for word in ("程立", "何宁", "江城大学", "13800000077", "浙A12345"):
        assert not [entry for entry in told if word in entry]
    assert any(f"外部参会人 {one.pk}" in entry for entry in told)
    assert any(str(two.pk) in str(each.before) for each in entries.filter(action="meetings.uninvite"))
    assert any(
        rooms.cast.colleague.name in str(each.after) for each in entries.filter(action="meetings.invite")
    )


def test_only_guests_are_visitors(rooms, meeting):
    ours = meeting.participants.get(person=rooms.cast.colleague)
    with pytest.raises(NotFound):
        actions.expect_guest(rooms.cast.staff, meeting=meeting.pk, participant=ours.pk)
