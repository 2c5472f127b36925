"""Plates are forgotten when nobody needs them any more; counts, results and dates stay."""

from datetime import timedelta

import time_machine
from django.utils import timezone

from houqin.foundation.retention.actions import erase_due
from houqin.services.parking import actions
from houqin.services.parking.models import (
    PartnerPermit,
    PlatePermit,
    Reservation,
    Rotation,
    RotationEntry,
    Stay,
)


def after(days: int):
    return time_machine.travel(timezone.now() + timedelta(days=days), tick=False)


def test_plates_of_passages_and_stays_go_and_the_count_stays(lots):
    lots.passes("浙A12345")
    lots.passes("浙A12345", "out")
    assert erase_due("parking.passages") == erase_due("parking.stays") == 0
    with after(91):
        assert (erase_due("parking.passages"), erase_due("parking.stays")) == (2, 1)
        assert (erase_due("parking.passages"), erase_due("parking.stays")) == (0, 0)
    assert lots.inside() == 0
    assert Stay.objects.get().plate == ""


def test_the_plate_of_a_permit_goes_a_year_after_it_ended_not_while_it_holds(lots):
    ended = lots.permit("浙A12345", accessible=True)
    actions.end(lots.cast.staff, permit=ended.pk)
    lots.permit("浙A54321", until_on=timezone.localdate() + timedelta(days=800))
    with after(366):
        assert erase_due("parking.permits") == 1
        assert erase_due("parking.permits") == 0
    assert set(PlatePermit.objects.values_list("plate", "accessible", "state")) == {
        ("", False, "ended"), ("浙A54321", False, "open"),
    }  # fmt: skip


def test_plates_of_reservations_go_also_where_several_were_for_one_visit(lots):
    given = {"source": "visitors.visit:1", "from_at": lots.at(9), "until_at": lots.at(10)}
    for plate in ("浙A12345", "浙B12345"):
        actions.reserve(lots.cast.clerk, plate=plate, **given)
    with after(100):
        assert erase_due("parking.reservations") == 2
    assert list(Reservation.objects.values_list("plate", "spaces")) == [("", 1), ("", 1)]


def test_plates_of_a_draw_go_a_year_after_its_period_and_the_result_stays(lots):
    today = timezone.localdate()
    made = Rotation.objects.create(
        name="一季度", lot=lots.east, places=1, from_on=today, until_on=today + timedelta(days=30),
        enter_until=timezone.now() + timedelta(hours=1), promise="x", secret="y",
    )  # fmt: skip
    for person, plate in ((lots.cast.staff, "浙A12345"), (lots.cast.colleague, "浙B12345")):
        actions.enter(person, rotation=made.pk, plate=plate)
    with after(366):
        assert erase_due("parking.rotations") == 0
    with after(400):
        assert erase_due("parking.rotations") == 2
    assert list(RotationEntry.objects.values_list("number", "plate")) == [(1, ""), (2, "")]


def test_permits_of_partners_go_after_their_last_day(lots, partner):
    actions.take_partner_permit(lots.cast.clerk, token=partner.signs())
    with after(20):
        assert erase_due("parking.partners") == 0
    with after(500):
        assert erase_due("parking.partners") == 1
    assert not PartnerPermit.objects.exists()
