"""Addresses and forms that no browser of ours sends: told in words, never an error of the server."""

from __future__ import annotations

import pytest

from houqin.affairs.numbers import heard

HUGE = "9" * 30


@pytest.mark.parametrize(
    "url",
    [
        "/search?q=%00",
        "/search?q=%C2%B2600421737",
        "/services?q=%00a",
        f"/mine?before={HUGE}",
        f"/todo?after=~{HUGE}",
        "/todo?after=2026-13-45~1",
        "/services/dummy.mend?place=%00",
        f"/services/dummy.mend?place={HUGE}",
        "/services/dummy.mend?photos=nonsense",
    ],
)
def test_rough_addresses_are_answered(desk, as_person, url):
    assert as_person(desk.cast.staff).get(url).status_code == 200


@pytest.mark.parametrize("url", ["/cases/%00", "/cases/abc", "/cases/26000000181", "/services/%00"])
def test_addresses_that_lead_nowhere_are_404(desk, as_person, url):
    assert as_person(desk.cast.staff).get(url).status_code == 404


def test_rough_verbs_are_told(desk, as_person):
    case = desk.submit()
    worker, staff = as_person(desk.cast.worker), as_person(desk.cast.staff)
    assert worker.post(f"/cases/{case.number}/accept", {"task": HUGE}).status_code in (404, 409)
    assert worker.post(f"/cases/{case.number}/accept", {"task": "x"}).status_code == 422
    assert staff.post(f"/cases/{case.number}/remind", {"version": HUGE}).status_code == 409
    assert staff.post(f"/cases/{case.number}/withdraw", {"comment": "a\x00b"}).status_code == 422


def test_rough_submissions_are_told(desk, client):
    data = {
        "what": "漏",
        "photos": ["nonsense", HUGE],
        "caller_name": "王",
        "caller_phone": "１３９００００１１１１",
    }
    assert client.post("/services/dummy.mend", data).status_code == 422
    assert client.post("/services/dummy.mend", {**data, "photos": []}).status_code == 302
    assert client.post("/track", {"number": "²600421737", "phone": "²"}).status_code == 422


def test_numbers_are_heard_in_any_digits():
    assert heard("２600-000-018") == "2600000018"
    assert heard("²600000018") is None
