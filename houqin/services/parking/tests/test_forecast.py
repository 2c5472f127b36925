"""The forecast of occupancy: on real lots nearer the truth than "the same hour last week"; from our own passages."""

import importlib.util
from datetime import datetime, timedelta
from pathlib import Path

import time_machine
from django.utils import timezone

from houqin.services.parking import actions, queries
from houqin.services.parking.forecast import predict
from houqin.services.parking.models import Camera, Passage

SAMPLE = Path(__file__).with_name("data") / "birmingham.csv"
TOOL = Path(__file__).parents[4] / "tools" / "parking_forecast.py"


def test_on_real_lots_it_is_nearer_than_the_week_before():
    spec = importlib.util.spec_from_file_location("parking_forecast", TOOL)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    found = tool.measure(SAMPLE)
    assert found["hours"] > 500
    assert 0 < found["forecast"] < found["naive"]


def test_a_week_that_comes_back_is_foretold_and_bounded():
    monday = datetime(2026, 6, 1)
    history = {
        monday + timedelta(hours=n): float((monday + timedelta(hours=n)).hour * 10) for n in range(24 * 21)
    }
    found = predict(history, monday + timedelta(days=21, hours=-1), capacity=200)
    assert len(found) == 72
    assert all(abs(each.expected - min(each.at.hour * 10, 200)) < 1e-6 for each in found)
    assert all(each.low <= each.expected <= each.high <= 200 for each in found)
    assert predict({}, monday, capacity=200) == []


def test_from_passages_of_a_week_the_lot_page_tells_the_hours(lots, as_person):
    camera = Camera.objects.get(code="CAM-PE")
    morning = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=8)
    Passage.objects.bulk_create(
        Passage(
            camera=camera, sequence=day * 2 + (way == "out"), lot=lots.east, direction=way,
            at=morning + timedelta(days=day, hours=hour),
        )
        for day in range(8)
        for way, hour in (("in", 8), ("out", 17))
    )  # fmt: skip
    actions.count(lots.cast.clerk, lot=lots.east.pk, counted=0)
    with time_machine.travel(morning + timedelta(days=8, minutes=30), tick=False):
        hours = {each.at.hour: round(each.expected) for each in queries.occupancy_forecast(lots.east)[:23]}
        assert (hours[7], hours[12], hours[18]) == (0, 1, 0)
        assert "未来三天预计空位" in as_person(lots.cast.staff).get("/parking/lots/PE").content.decode()
