"""Repairs over HTTP: reporting by the item's schema, the dictionaries, outages, the shared data set."""

from datetime import timedelta

import pytest
from django.utils import timezone

from houqin.affairs.models import Route
from houqin.exchange.tests.test_api import Caller
from houqin.testing.cast import Cast


@pytest.fixture
def routed(cast: Cast) -> Cast:
    Route.objects.create(item_code="repairs.report", section=cast.repairs)
    cast.duty(cast.worker)
    return cast


def _report(cast: Cast, **more: str):
    body = {"place": cast.toilet.code, "fault": "water.tap", "description": "一直滴水", **more}
    return Caller(cast.staff).post("/items/repairs.report/cases", body)


def test_a_repair_is_reported_and_shared(routed: Cast) -> None:
    answer = _report(routed)
    assert answer.status_code == 201, answer.content
    dispatcher = Caller(routed.dispatcher)
    rows = dispatcher.get("/datasets/repairs.orders").json()["items"]
    assert [(row["number"], row["fault"]) for row in rows] == [(answer.json()["number"], "water.tap")]
    later = (timezone.now() + timedelta(minutes=1)).isoformat()
    assert dispatcher.get("/datasets/repairs.orders", changed_since=later).json()["items"] == []
    assert Caller(routed.other_staff).get("/datasets/repairs.orders").json()["items"] == []
    assert "repairs.orders" in [each["name"] for each in dispatcher.get("/datasets").json()["items"]]


def test_a_wrong_place_is_told_at_its_field(routed: Cast) -> None:
    answer = _report(routed, place="nowhere")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["place"]


def test_an_outage_is_opened_and_closed_by_those_who_may(routed: Cast) -> None:
    until = (timezone.now() + timedelta(hours=2)).isoformat()
    body = {"place": routed.tower.pk, "fault": "water.tap", "title": "1号楼停水", "until": until}
    assert Caller(routed.worker).post("/repairs/incidents", body).status_code == 403
    opened = Caller(routed.dispatcher).post("/repairs/incidents", body)
    assert opened.status_code == 201, opened.content
    assert [each["title"] for each in Caller(routed.staff).get("/repairs/incidents").json()["items"]] == [
        "1号楼停水"
    ]
    joined = _report(routed).json()
    assert joined["number"] == opened.json()["case"]
    closed = Caller(routed.dispatcher).post(f"/repairs/incidents/{opened.json()['id']}/close")
    assert closed.json()["closed_at"]
    assert Caller(routed.staff).get("/repairs/incidents").json()["items"] == []


def test_dictionaries_and_places_are_found(routed: Cast) -> None:
    staff = Caller(routed.staff)
    assert "water.tap" in [each["code"] for each in staff.get("/repairs/faults").json()["items"]]
    assert [each["code"] for each in staff.get("/places", q="301").json()["items"]] == [routed.office.code]
    assert staff.get("/repairs/devices").status_code == 403
