"""Spaces are promised for a time, move and end with what they are for, and are never promised twice."""

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from houqin.foundation.errors import Conflict, NotFound, Problem
from houqin.foundation.trail.actors import SYSTEM
from houqin.services.parking import actions, queries
from houqin.services.parking.models import Reservation
from houqin.services.parking.problems import LotFull
from houqin.services.parking.tests.conftest import make_lots
from houqin.testing.cast import make_cast

MEETING = "meetings.meeting:7"


def reserve(lots, hour=9, hours=2, source=MEETING, **more):
    return actions.reserve(
        lots.cast.clerk, source=source, from_at=lots.at(hour), until_at=lots.at(hour + hours), **more
    )


def test_a_source_holds_moves_and_gives_back_and_twice_harms_nothing(lots):
    first = reserve(lots, spaces=3)
    assert first.lot == lots.east
    assert reserve(lots, spaces=3).pk == first.pk
    assert queries.free_spaces(lots.east, lots.at(10), lots.at(12)) == 1
    for _ in range(2):
        assert actions.move(lots.cast.clerk, source=MEETING, from_at=lots.at(14), until_at=lots.at(15)) == 1
    assert queries.free_spaces(lots.east, lots.at(10), lots.at(12)) == 4
    assert queries.free_spaces(lots.east, lots.at(14), lots.at(15)) == 1
    assert actions.release(lots.cast.clerk, source=MEETING) == 1
    assert actions.release(lots.cast.clerk, source=MEETING) == 0
    assert queries.free_spaces(lots.east, lots.at(14), lots.at(15)) == 4


def test_a_full_lot_names_those_with_room(lots):
    reserve(lots, lot=lots.east, spaces=4)
    with pytest.raises(LotFull, match="东停车场该时段车位已满，可改停：西停车场（可留 20 个）") as full:
        reserve(lots, lot=lots.east, source="visitors.visit:1", plate="浙A12345")
    assert [room.code for room in full.value.alternatives] == ["PW"]
    assert reserve(lots, source="visitors.visit:1", plate="浙a·12345").lot == lots.west
    assert reserve(lots, source="visitors.visit:2", hour=11, plate="浙A54321").lot == lots.east
    with pytest.raises(LotFull, match="各停车场都没有可预留的车位"):
        reserve(lots, source="visitors.visit:3", spaces=21)


def test_what_no_longer_fits_after_a_move_goes_to_another_lot(lots):
    reserve(lots, lot=lots.east, spaces=4, hour=14)
    reserve(lots, source="visitors.visit:1", spaces=2, hour=9)
    actions.move(lots.cast.clerk, source="visitors.visit:1", from_at=lots.at(14), until_at=lots.at(15))
    assert Reservation.objects.get(source="visitors.visit:1").lot == lots.west
    reserve(lots, source="visitors.visit:2", spaces=2, hour=9)
    assert reserve(lots, source="visitors.visit:2", spaces=2, hour=14).lot == lots.west


def test_a_wrong_plate_says_how_to_mend_it(lots):
    with pytest.raises(Problem, match="车牌号有误"):
        reserve(lots, plate="浙A1234")
    with pytest.raises(Problem):
        reserve(lots, hours=-1)


def test_fewer_spaces_than_are_promised_cannot_be_set(lots):
    reserve(lots, lot=lots.east, spaces=3)
    with pytest.raises(Problem, match="已预留的车位比这更多"):
        actions.set_lot(lots.cast.clerk, lot=lots.east.pk, reservable=2)
    actions.set_lot(lots.cast.clerk, lot=lots.east.pk, reservable=3)


WISHES = st.lists(
    st.tuples(st.integers(0, 20), st.integers(1, 6), st.integers(1, 4)), min_size=1, max_size=12
)


@settings(max_examples=15, deadline=None)
@given(wishes=WISHES)
@pytest.mark.django_db
def test_whatever_is_asked_for_no_moment_is_promised_too_often(wishes):
    with transaction.atomic():
        lots = make_lots(make_cast())
        for number, (hour, hours, spaces) in enumerate(wishes):
            try:
                reserve(lots, hour, hours, source=f"x:{number}", spaces=spaces, lot=lots.east)
            except LotFull:
                free = queries.free_spaces(lots.east, lots.at(hour), lots.at(hour + hours))
                assert free < spaces
        held = list(Reservation.objects.filter(lot=lots.east))
        for quarter in range(27):
            at = lots.at(quarter)
            assert sum(each.spaces for each in held if each.starts_at <= at < each.ends_at) <= 4
        transaction.set_rollback(True)


def test_a_keeper_promises_by_hand_and_sees_what_is_held_for_others(lots, as_person):
    client = as_person(lots.cast.clerk)
    assert "现在没有预留" in client.get("/parking/keep/reservations").content.decode()
    begins, ends = lots.at(9), lots.at(11)
    sent = {
        "lot": "PE", "from_at": f"{begins:%Y-%m-%dT%H:%M}", "until_at": f"{ends:%Y-%m-%dT%H:%M}", "spaces": "3", "note": "考察团大巴"
    }  # fmt: skip
    assert client.post("/parking/keep/reservations/new", sent | {"note": ""}).status_code == 422
    client.post("/parking/keep/reservations/new", sent)
    full = client.post("/parking/keep/reservations/new", sent)
    assert full.status_code == 409
    assert "西停车场（可留 20 个）" in full.content.decode()
    held = actions.reserve(SYSTEM, source="meetings.meeting:1", from_at=begins, until_at=ends, lot=lots.west)
    page = client.get("/parking/keep/reservations").content.decode()
    assert "考察团大巴" in page
    assert "会议" in page
    with pytest.raises(Conflict, match="会议、来访"):
        actions.release_one(lots.cast.clerk, reservation=held.pk)
    with pytest.raises(NotFound):
        actions.release_one(lots.cast.staff, reservation=held.pk)
    by_hand = Reservation.objects.get(note="考察团大巴")
    client.post(f"/parking/keep/reservations/{by_hand.pk}/release")
    assert queries.free_spaces(lots.east, begins, ends) == 4
