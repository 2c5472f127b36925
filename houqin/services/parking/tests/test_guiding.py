"""Where a vehicle is led: to what was promised, to the bay it needs, to its own lot, past a full one."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from houqin.services.parking import actions, queries
from houqin.services.parking.models import Space


@pytest.fixture
def bays(lots):
    """Both lots have an accessible bay; the charging bay of the east one is in use, that of the west one is idle."""
    for lot in (lots.east, lots.west):
        Space.objects.create(lot=lot, code="W01", kind="accessible")
    Space.objects.create(lot=lots.west, code="C01", kind="ev", charge="idle")
    actions.charge(lots.cast.clerk, lot="PE", space="E01", state="charging")
    return lots


def way(plate: str, **more) -> tuple[str, str]:
    found = queries.guide(plate, **more)
    return found.lot.code if found.lot else "", str(found.why)


def test_the_way_leads_to_ones_own_lot_and_past_a_full_one(lots):
    lots.permit("浙A12345", lots.west)
    assert queries.guide("浙A12345").lot.code == "PW"
    assert queries.guide("浙B99999").lot.code == "PE"
    actions.count(lots.cast.clerk, lot=lots.east.pk, counted=10)
    assert queries.guide("浙B99999").lot.code == "PW"
    actions.count(lots.cast.clerk, lot=lots.west.pk, counted=40)
    full = queries.guide("浙A12345")
    assert (full.lot, full.free) == (None, 0)
    assert "已满" in str(full.why)


def test_what_is_promised_is_not_free_for_others(lots):
    now = timezone.now()
    actions.reserve(
        lots.cast.clerk, source="m:1", spaces=4, lot=lots.east, from_at=now - timedelta(minutes=5),
        until_at=now + timedelta(hours=1),
    )  # fmt: skip
    actions.count(lots.cast.clerk, lot=lots.east.pk, counted=6)
    assert queries.guide("浙B99999").lot.code == "PW"
    actions.release(lots.cast.clerk, source="m:1")
    assert queries.guide("浙B99999").free == 4


def test_a_new_energy_vehicle_is_led_to_a_free_charging_bay(bays):
    assert way("浙AD12345") == ("PW", "有空闲充电车位")
    assert way("浙A12345") == ("PE", "有空余车位")
    assert way("浙A12345", charging=True)[0] == "PW"
    bays.permit("浙AD12345", bays.east)
    assert way("浙AD12345")[0] == "PW", "also from one's own lot, where none is free"
    actions.charge(bays.cast.clerk, lot="PW", space="C01", state="faulty")
    assert way("浙AD12345") == ("PE", "充电车位已满，此处有空余车位")
    actions.charge(bays.cast.clerk, lot="PE", space="E01", state="idle")
    assert way("浙AD12345") == ("PE", "有空闲充电车位")


def test_who_needs_an_accessible_bay_is_led_to_a_free_one(bays):
    bays.permit("浙A12345", bays.east, accessible=True)
    bays.permit("浙A54321", bays.east, person=bays.cast.colleague, accessible=True)
    assert way("浙A12345") == ("PE", "有空余无障碍车位")
    bays.passes("浙A54321")
    assert {lot.code: lot.accessible_free for lot in queries.lots_now()} == {"PE": 0, "PW": 1}
    assert way("浙A12345") == ("PW", "有空余无障碍车位")
    assert way("", accessible=True)[0] == "PW"
    bays.passes("浙A54321", "out")
    assert way("浙A12345")[0] == "PE"
    Space.objects.filter(kind="accessible").update(active=False)
    assert way("浙A12345") == ("PE", "无障碍车位已满，此处有空余车位")


def test_a_promised_space_comes_before_any_bay(bays):
    now = timezone.now()
    actions.reserve(
        bays.cast.clerk, source="v:1", plate="浙AD12345", lot=bays.east, from_at=now, until_at=now + timedelta(hours=1)
    )  # fmt: skip
    assert way("浙AD12345") == ("PE", "已为您预留车位")


def test_on_the_phone_a_bay_can_be_asked_for_and_a_disability_is_not_told(bays):
    bays.permit("浙A12345", bays.west, accessible=True)
    page = Client().post("/parking/guide", {"plate": "浙A12345"}).content.decode()
    assert "<strong>西停车场</strong>" in page
    assert "有空余无障碍车位" not in page
    page = Client().post("/parking/guide", {"plate": "", "charging": "on"}).content.decode()
    assert "<strong>西停车场</strong>" in page
    assert "有空闲充电车位" in page


def test_guidance_asks_two_queries(bays, django_assert_num_queries):
    bays.permit("浙AD12345")
    with django_assert_num_queries(2):
        queries.guide("浙AD12345")
