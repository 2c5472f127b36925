"""What passers-by and addresses made up by others do not get at."""

import pytest
import time_machine
from django.utils import timezone

from houqin.affairs.models import State
from houqin.foundation.places.views import public
from houqin.foundation.trail.actors import Outsider
from houqin.project import headers


@pytest.fixture(autouse=True)
def monday_morning():
    """Counters go by the minute: it must not end within a test."""
    with time_machine.travel(timezone.make_aware(timezone.datetime(2026, 3, 16, 9, 0)), tick=False):
        yield


@pytest.mark.parametrize(
    "elsewhere", ["/\\example.com", "//example.com", "https://example.com", "/\t/example.com"]
)
def test_a_selection_leads_nowhere_else(desk, as_person, elsewhere):
    client = as_person(desk.cast.staff)
    for answer in (client.get("/bulk", {"next": elsewhere}), client.post("/bulk", {"next": elsewhere})):
        assert (answer.status_code, answer["Location"]) == (302, "/todo")
    assert client.get("/bulk", {"next": "/board?x=1"})["Location"] == "/board?x=1"


def test_naming_somebodys_number_while_joining_opens_nothing(desk, client):
    """A report that joins a running case proves nothing about whose case that is."""
    case = desk.submit(by=Outsider("王女士", "13900001111"))
    desk.diary.running = case
    data = {"what": "也漏", "kind": "water", "place": desk.cast.toilet.code}
    form = client.get("/services/dummy.mend").context["caller"]
    answer = client.post(
        "/services/dummy.mend", {**data, **dict(zip(form.fields, ["路人", "13900001111"], strict=False))}
    )
    assert answer.status_code == 302, answer.context["caller"].errors
    assert client.get(answer["Location"]).status_code == 200
    assert client.get(f"/cases/{case.number}").status_code == 404
    withdrawn = client.post(f"/cases/{case.number}/withdraw", {"version": case.version})
    assert withdrawn.status_code == 404
    case.refresh_from_db()
    assert case.state == State.OPEN


def test_codes_are_not_tried_out_one_after_the_other(desk, client, monkeypatch, as_person):
    monkeypatch.setattr(public, "PASSER_BY_LOOKS_A_MINUTE", 2)
    answers = [client.get(f"/q/A1-{number}").status_code for number in range(3)]
    assert answers == [404, 404, 429]
    assert client.get("/repairs/known", {"place": "A1-301"}).status_code == 429
    assert as_person(desk.cast.staff).get(f"/q/{desk.cast.toilet.qr}").status_code != 429


def test_policy_reports_do_not_flood_the_log(client, monkeypatch, db):
    monkeypatch.setattr(headers, "REPORTS_A_MINUTE", 2)
    send = lambda body: client.post("/csp-report", body, content_type="application/csp-report").status_code  # noqa: E731
    assert send("[" * 16_000) == 400
    assert [send('{"csp-report": {}}'), send('{"csp-report": {}}')] == [204, 429]
