"""What comes by itself: warnings, and what is shared."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from houqin.affairs.warnings.declare import RULES
from houqin.exchange.tests.test_api import Caller
from houqin.services.parking import actions
from houqin.services.parking.models import Camera, Stay
from houqin.services.parking.tests.conftest import make_lots


def found(code: str) -> dict[str, float]:
    """What is in breach of a rule, in its words, with the measured value."""
    rule = RULES[code]
    return {each.name: float(each.value) for each in rule.find(rule.thresholds)}


def test_a_lot_that_is_full_is_warned_of(lots):
    actions.count(lots.cast.clerk, lot=lots.east.pk, counted=9)
    assert found("parking.full") == {}
    actions.count(lots.cast.clerk, lot=lots.east.pk, counted=11)
    assert found("parking.full") == {"东停车场": 110.0}
    assert RULES["parking.full"].thresholds.level(110) == "red"
    actions.set_lot(lots.cast.clerk, lot=lots.east.pk, open=False)
    assert found("parking.full") == {}


def test_a_count_that_drifts_from_who_is_known_to_be_inside_is_warned_of(lots):
    lots.passes("浙A12345")
    assert found("parking.drift") == {}
    lots.passes("")
    assert found("parking.drift") == {"东停车场": 10.0}
    actions.count(lots.cast.clerk, lot=lots.east.pk, counted=1)
    assert found("parking.drift") == {}


def test_many_that_stay_too_long_are_warned_of(lots):
    came = timezone.now() - timedelta(hours=30)
    Stay.objects.bulk_create(
        Stay(lot=lots.west, plate=f"浙C1234{n}", standing="stranger", in_at=came) for n in range(10)
    )
    assert found("parking.overstays") == {"西停车场": 10.0}


@pytest.mark.django_db
def test_a_camera_that_is_silent_in_working_hours_is_warned_of_and_a_heartbeat_ends_it(cast):
    monday = datetime(2026, 3, 16, 16, 50, tzinfo=ZoneInfo("Asia/Shanghai"))
    with time_machine.travel(monday) as clock:
        lots = make_lots(cast)
        assert found("parking.silent") == {}, "one that never spoke is not in use yet"
        actions.passages(lots.cast.clerk, camera="CAM-PE", events=[])
        clock.move_to(monday + timedelta(hours=12))
        assert found("parking.silent") == {}, "nobody drives at night"
        clock.move_to(monday + timedelta(hours=18))
        assert found("parking.silent") == {"CAM-PE": 1.0}
        actions.passages(lots.cast.clerk, camera="CAM-PE", events=[])
        assert found("parking.silent") == {}
        assert Camera.objects.get(code="CAM-PE").heard_at is not None


def test_lots_and_passages_are_shared_without_plates(lots):
    lots.passes("浙A12345")
    keeper = Caller(lots.cast.clerk)
    shared = keeper.get("/datasets/parking.lots").json()["items"]
    assert [(each["code"], each["inside"]) for each in shared] == [("PE", 1), ("PW", 0)]
    answer = keeper.get("/datasets/parking.passages")
    assert [(each["lot"], each["direction"]) for each in answer.json()["items"]] == [("PE", "in")]
    assert "12345" not in answer.text
    later = (timezone.now() + timedelta(minutes=1)).isoformat()
    for name in ("parking.lots", "parking.passages"):
        assert keeper.get(f"/datasets/{name}", changed_since=later).json()["items"] == []
    assert Caller(lots.cast.staff).get("/datasets/parking.passages").json()["items"] == []
