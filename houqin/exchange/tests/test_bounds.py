"""What a token does not reach, and input that is meant to hurt."""

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from houqin.exchange import tokens
from houqin.exchange.tests.test_api import Caller
from houqin.foundation.errors import NotFound
from houqin.foundation.files import quota
from houqin.foundation.trail.models import Entry
from houqin.testing.desk import Desk


def test_a_token_for_one_service_reads_no_other(desk: Desk) -> None:
    case = desk.submit()
    other = Caller(desk.cast.staff, scope="repairs")
    assert other.get(f"/cases/{case.number}").json()["code"] == "token_scope"
    assert other.get("/cases").json()["items"] == []
    own = Caller(desk.cast.staff, scope="dummy")
    assert own.get(f"/cases/{case.number}").status_code == 200
    assert [each["number"] for each in own.get("/cases").json()["items"]] == [case.number]
    assert own.get("/datasets/repairs.orders").json()["code"] == "token_scope"
    assert other.get("/datasets/repairs.orders").status_code == 200
    assert [each["name"] for each in own.get("/datasets").json()["items"]] == []


def test_a_verb_of_the_applicant_names_the_version_it_was_offered_at(desk: Desk) -> None:
    case = desk.submit()
    answer = Caller(desk.cast.staff).post(f"/cases/{case.number}/withdraw", {})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["version"])
    assert case.tasks.filter(state="open").exists()


def test_brackets_without_end_are_refused_in_words(desk: Desk) -> None:
    caller = Caller(desk.cast.staff)
    answer = Client(raise_request_exception=False).post(
        "/api/v1/items/dummy.mend/cases",
        '{"what":' + "[" * 100_000,
        content_type="application/json",
        headers={"authorization": f"Bearer {caller.key}"},
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_json")


def test_uploads_by_api_are_counted_like_those_of_the_pages(desk: Desk, monkeypatch) -> None:
    monkeypatch.setattr(quota, "PERSON_AN_HOUR", 1)
    caller = Caller(desk.cast.staff)

    def send() -> int:
        file = SimpleUploadedFile("说明.txt", "水龙头在窗边".encode(), "text/plain")
        headers = {"authorization": f"Bearer {caller.key}"}
        return Client().post("/api/v1/files", {"file": file}, headers=headers).status_code

    with time_machine.travel(timezone.now(), tick=False):
        assert [send(), send()] == [201, 429]


def test_a_lost_token_is_ended_and_the_others_go_on(desk: Desk) -> None:
    lost, kept = Caller(desk.cast.staff), Caller(desk.cast.staff)
    assert tokens.revoke_tokens(desk.cast.staff.username, lost.key[-4:]) == 1
    assert (lost.get("/me").status_code, kept.get("/me").status_code) == (401, 200)
    assert Entry.objects.filter(action="exchange.revoke_token").count() == 1
    assert tokens.revoke_tokens(desk.cast.staff.username) == 1
    assert kept.get("/me").status_code == 401
    with pytest.raises(NotFound):
        tokens.revoke_tokens("nobody")
