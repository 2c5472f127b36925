"""The API does what the pages do: same rights, same words, told as problems."""

import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from ninja import Schema

from houqin.affairs.models import Case
from houqin.exchange import tokens
from houqin.exchange.api import api
from houqin.exchange.models import KeptAnswer, Token
from houqin.foundation.errors import Problem
from houqin.foundation.people import second_factor
from houqin.foundation.people.models import Appointment, Person
from houqin.foundation.trail.models import Entry
from houqin.testing.cast import Cast
from houqin.testing.desk import Desk

COMMITTED = Path(__file__).parents[3] / "docs" / "developers" / "openapi.json"


class Caller:
    """A system that calls the API for a person."""

    def __init__(self, person: Person, scope: str = "") -> None:
        self.key = tokens.create_token(person.username, scope, proved=True)

    def get(self, path: str, **query: object):
        return Client().get(f"/api/v1{path}", query, headers={"authorization": f"Bearer {self.key}"})

    def post(self, path: str, body: object = None, **headers: str):
        headers = {
            "authorization": f"Bearer {self.key}",
            **{k.replace("_", "-"): v for k, v in headers.items()},
        }
        return Client().post(
            f"/api/v1{path}", json.dumps(body or {}), content_type="application/json", headers=headers
        )


def test_a_case_from_submission_to_rating(desk: Desk) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    staff, worker = Caller(cast.staff), Caller(cast.worker)
    answer = staff.post(
        "/items/dummy.mend/cases", {"what": "门锁坏了", "kind": "door", "place": cast.office.pk}
    )
    assert answer.status_code == 201, answer.content
    number, task = answer.json()["number"], answer.json()["tasks"][0]["id"]
    assert [each["number"] for each in worker.get("/cases", box="todo").json()["items"]] == [number]
    assert {"verb": "accept", "task": task, "version": None} in worker.get(f"/cases/{number}").json()["verbs"]
    for verb in ("accept", "arrive", "complete"):
        answer = worker.post(f"/cases/{number}/{verb}", {"task": task})
        assert answer.status_code == 200, answer.content
    assert answer.json()["state"] == "confirming"
    stale = worker.post(f"/cases/{number}/complete", {"task": task})
    assert (stale.status_code, stale.json()["code"]) == (409, "moved_on")
    assert stale.headers["content-type"] == "application/problem+json"
    version = staff.get(f"/cases/{number}").json()["version"]
    assert staff.post(f"/cases/{number}/confirm", {"version": version - 1}).status_code == 409
    assert staff.post(f"/cases/{number}/confirm", {"version": version}).json()["state"] == "completed"
    assert staff.post(f"/cases/{number}/rate", {"version": version + 1, "stars": 5}).status_code == 200
    assert staff.get(f"/cases/{number}").json()["ratings"][0]["stars"] == 5


def test_strangers_tokens_and_scopes(desk: Desk) -> None:
    cast = desk.cast
    case = desk.submit()
    assert Client().get("/api/v1/me").status_code == 401
    assert (
        Client().get("/api/v1/me", headers={"authorization": "Bearer nonsense"}).json()["code"]
        == "not_authenticated"
    )
    assert Caller(cast.other_staff).get(f"/cases/{case.number}").status_code == 404
    reader = Caller(cast.staff, "read")
    assert reader.get(f"/cases/{case.number}").status_code == 200
    refused = reader.post(f"/cases/{case.number}/withdraw", {"version": 1})
    assert (refused.status_code, refused.json()["code"]) == (403, "token_scope")
    assert Caller(cast.staff, "repairs").post("/items/dummy.mend/cases", {"what": "x"}).status_code == 403
    tokens.revoke(cast.sysadmin, Token.objects.get(scope="read"))
    assert reader.get("/me").status_code == 401
    assert Caller(cast.worker).post(f"/cases/{case.number}/withdraw", {"version": 1}).status_code == 403


def test_faults_are_told_by_field_and_nothing_is_done(desk: Desk) -> None:
    staff = Caller(desk.cast.staff)
    answer = staff.post("/items/dummy.mend/cases", {"kind": "water"})
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"what": ["请写明事由。"]}
    assert staff.post("/items/dummy.direct/cases", {}).json()["code"] == "direct_item"
    assert staff.post("/items/nothing/cases", {}).status_code == 404
    assert staff.get("/cases", limit=0).status_code == 422
    assert staff.get("/cases", cursor="???").json()["code"] == "bad_cursor"
    assert staff.get("/nothing").headers["content-type"] == "application/problem+json"
    assert not Case.objects.exists()


def test_lists_are_paged_by_cursor(desk: Desk) -> None:
    for number in range(5):
        desk.submit(f"第{number}件")
    staff = Caller(desk.cast.staff)
    first = staff.get("/cases", limit=2).json()
    second = staff.get("/cases", limit=2, cursor=first["next"]).json()
    last = staff.get("/cases", limit=2, cursor=second["next"]).json()
    titles = [each["title"] for page in (first, second, last) for each in page["items"]]
    assert (titles, last["next"]) == ([f"第{number}件" for number in (4, 3, 2, 1, 0)], None)
    assert staff.get("/cases", state="completed").json()["items"] == []


def test_catalogue_and_schema(desk: Desk) -> None:
    staff = Caller(desk.cast.staff)
    assert "dummy.mend" in [item["code"] for item in staff.get("/items").json()["items"]]
    form = staff.get("/items/dummy.mend").json()["form"]
    assert form["required"] == ["what"]
    assert form["properties"]["photos"]["items"]["format"] == "houqin-file"
    assert staff.get("/me").json()["organisation"]["name"] == "预算处"


def test_an_uploaded_file_is_used_once(desk: Desk, settings, tmp_path) -> None:
    staff = Caller(desk.cast.staff)
    text = SimpleUploadedFile("说明.txt", "水龙头在窗边".encode(), "text/plain")
    sent = Client().post("/api/v1/files", {"file": text}, headers={"authorization": f"Bearer {staff.key}"})
    assert sent.status_code == 201, sent.content
    body = {"what": "漏水", "kind": "w", "photos": [sent.json()["id"]]}
    number = staff.post("/items/dummy.mend/cases", body).json()["number"]
    assert staff.get(f"/cases/{number}").json()["files"] == [sent.json()["id"]]
    assert staff.post("/items/dummy.mend/cases", body).status_code == 400


def test_the_same_key_is_done_once(desk: Desk) -> None:
    staff = Caller(desk.cast.staff)
    body = {"what": "漏水", "kind": "w"}
    first = staff.post("/items/dummy.mend/cases", body, Idempotency_Key="k1")
    again = staff.post("/items/dummy.mend/cases", body, Idempotency_Key="k1")
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert Case.objects.count() == 1
    other = staff.post("/items/dummy.mend/cases", {"what": "另一处"}, Idempotency_Key="k1")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    failed = staff.post("/items/dummy.mend/cases", {"what": ""}, Idempotency_Key="k2")
    mended = staff.post("/items/dummy.mend/cases", body, Idempotency_Key="k2")
    assert (failed.status_code, mended.status_code) == (400, 201)


@pytest.mark.db_facing
def test_the_same_key_at_once_is_done_once(committed_desk: Desk) -> None:
    staff = Caller(committed_desk.cast.staff)

    def send(_: int) -> str:
        try:
            return staff.post(
                "/items/dummy.mend/cases", {"what": "漏", "kind": "w"}, Idempotency_Key="k"
            ).json()["number"]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(send, range(8)))) == 1
    assert Case.objects.count() == 1


def test_the_committed_description_is_the_present_one() -> None:
    present = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str))
    assert json.loads(COMMITTED.read_text()) == present, (
        "run `make openapi` and commit docs/developers/openapi.json"
    )


def test_what_no_text_can_hold_is_refused_in_words(client: Client, cast: Cast) -> None:
    headers = {"authorization": f"Bearer {tokens.create_token(cast.dispatcher.username)}"}
    body = {"place": cast.office.pk, "fault": "x\x00", "until": "2030-01-01T00:00Z", "title": "停水"}
    for address in ("/api/v1/repairs/incidents", "/api/v1/items/repairs.report/cases"):
        answer = client.post(address, body, content_type="application/json", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_json"), address


def test_no_two_shapes_share_a_name() -> None:
    """The description names shapes alone: of two by one name, one would be described as the other."""
    seen, todo = Counter[str](), [Schema]
    while todo:
        todo += (below := todo.pop().__subclasses__())
        seen.update(each.__name__ for each in below if each.__module__.startswith("houqin."))
    assert [name for name, often in seen.items() if often > 1] == []


def test_the_documentation_lists_every_call(client: Client, db: None) -> None:
    page = client.get("/api/v1/docs").content.decode()
    assert all(path in page for path in ("/api/v1/cases/{number}/accept", "/api/v1/files", "/api/v1/me"))


def test_a_number_is_masked_until_who_must_call_asks_for_it(desk: Desk) -> None:
    cast = desk.cast
    cast.duty(cast.worker)
    case = desk.submit()
    worker, staff = Caller(cast.worker), Caller(cast.staff)
    assert worker.get(f"/cases/{case.number}").json()["applicant_phone"] == "138****0001"
    assert staff.get(f"/cases/{case.number}").json()["applicant_phone"] == ""
    shown = worker.post(f"/reveal/affairs.applicant/{case.number}", {}, idempotency_key="once")
    assert (shown.status_code, shown.json()) == (200, {"number": "13800000001"})
    assert "no-store" in shown.headers["cache-control"]
    assert not KeptAnswer.objects.filter(key="once")
    assert Entry.objects.get(action="personal.reveal").record_name == case.number
    assert staff.post(f"/reveal/affairs.applicant/{case.number}", {}).status_code == 403
    assert Caller(cast.other_staff).post(f"/reveal/affairs.applicant/{case.number}", {}).status_code == 404
    assert worker.post("/reveal/no.such/1", {}).status_code == 404


def test_for_whose_role_asks_for_a_second_factor_a_token_takes_a_code(cast, settings) -> None:
    auditor, secret = cast.auditor, second_factor.new_secret()
    step = int(time.time()) // second_factor.STEP_S
    second_factor.enrol(auditor, secret, second_factor.code_at(secret, step))
    for wrong in ({}, {"code": "000000"}, {"days": 365, "code": second_factor.code_at(secret, step + 1)}):
        with pytest.raises(Problem, match="动态口令|90"):
            tokens.issue("auditor", "read", **wrong)
    assert not Token.objects.exists()
    key = tokens.issue("auditor", "read", code=second_factor.code_at(secret, step + 1))
    ask = lambda key: Client().get("/api/v1/me", headers={"authorization": f"Bearer {key}"})  # noqa: E731
    assert ask(key).status_code == 200
    assert (Token.objects.get().expires_at - timezone.now()).days < 90
    assert ask(tokens.issue("staff")).status_code == 200


def test_a_token_from_before_the_role_is_refused_as_long_as_they_have_it(cast) -> None:
    key = tokens.issue("colleague")
    ask = lambda: Client().get("/api/v1/me", headers={"authorization": f"Bearer {key}"})  # noqa: E731
    assert ask().status_code == 200
    post = cast.appoint(cast.colleague, ["people.manage"], cast.city)
    assert (ask().status_code, ask().json()["code"]) == (403, "token_second_factor")
    Appointment.objects.filter(pk=post.pk).update(to_on=timezone.localdate() - timedelta(days=1))
    assert ask().status_code == 200
