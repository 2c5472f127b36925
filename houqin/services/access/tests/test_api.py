"""The protocol of controllers, and people's calls, over HTTP."""

import json
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from houqin.exchange.tests.test_api import Caller
from houqin.services.access import actions, keys
from houqin.services.access.models import DoorEvent
from houqin.services.access.passes import PublicKey


class Device:
    """A controller that calls."""

    def __init__(self, secret: str) -> None:
        self.headers = {"authorization": f"Bearer {secret}"}

    def get(self, path: str, **query: object):
        return Client().get(f"/api/v1/access/controllers/{path}", query, headers=self.headers)

    def post(self, path: str, body: object):
        return Client().post(
            f"/api/v1/access/controllers/{path}",
            json.dumps(body),
            content_type="application/json",
            headers=self.headers,
        )


def event(doors, sequence: int, **more):
    return {
        "sequence": sequence, "door": doors.gate.code, "at": timezone.now().isoformat(), "direction": "in",
        "holder": doors.holder, **more,
    }  # fmt: skip


def test_a_controller_beats_fetches_asks_and_delivers(doors):
    permit, device = doors.grant(), Device(doors.secret)
    now = timezone.now().isoformat()
    beat = device.post("heartbeat", {"now": now, "version": 0}).json()
    assert (beat["through"], beat["window_seconds"]) == (0, 30)
    listed = device.get("permits", since=0).json()
    PublicKey.read(beat["public_key"]).verify(listed["list"].encode(), listed["signature"])
    assert [each["id"] for each in json.loads(listed["list"])["permits"]] == [permit.pk]
    token = actions.pass_token(doors.holder)
    asked = device.post("admit", {"sequence": 1, "door": "D1", "direction": "in", "token": token}).json()
    assert (asked["allowed"], asked["name"]) == (True, "李晓雯")
    batch = {"now": now, "events": [event(doors, 1), event(doors, 2, direction="out")]}
    assert device.post("events", batch).json() == {
        "stored": 1, "repeated": 1, "through": 2, "clock_off_seconds": 0,
    }  # fmt: skip
    assert device.post("events", batch).json()["stored"] == 0
    assert DoorEvent.objects.count() == 2


def test_whoever_has_no_secret_is_not_heard(doors):
    body = {"now": timezone.now().isoformat(), "version": 0}
    assert Device("hqd_wrong").post("heartbeat", body).status_code == 401
    assert Device("").get("permits").status_code == 401
    caller = Caller(doors.cast.clerk)
    assert caller.post("/access/controllers/heartbeat", body).status_code == 401
    actions.set_controller(doors.cast.clerk, controller=doors.controller, active=False)
    assert Device(doors.secret).post("heartbeat", body).status_code == 401
    assert (
        Client().get("/api/v1/access/areas", headers={"authorization": f"Bearer {doors.secret}"}).status_code
        == 401
    )


def test_what_a_controller_gets_wrong_is_told(doors):
    device, now = Device(doors.secret), timezone.now().isoformat()
    wrong = device.post("events", {"now": now, "events": [event(doors, 1), event(doors, -1)]})
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["events.1"])
    assert not DoorEvent.objects.exists()
    assert device.post("events", {"now": "0001-01-01T00:00:00Z", "events": []}).status_code == 400
    assert device.post("heartbeat", {"now": "yesterday"}).status_code == 422
    assert (
        device.post("admit", {"sequence": 1, "door": "D1", "direction": "up", "token": "x"}).status_code
        == 400
    )
    assert device.post("admit", {"sequence": 1, "door": "D1", "direction": "in"}).status_code == 400
    assert (
        device.post("admit", {"sequence": 1, "door": "D4", "direction": "in", "token": "x"}).status_code
        == 404
    )


def test_a_person_has_a_pass_and_permits(doors):
    doors.grant(doors.vault)
    caller = Caller(doors.cast.staff)
    answer = caller.get("/access/pass").json()
    assert keys.public().open(answer["token"]).holder == doors.holder
    assert answer["areas"] == ["T1", "T1-3"]
    assert 0 < answer["seconds_left"] <= 30
    assert [each["areas"] for each in caller.get("/access/permits").json()["items"]] == [["T1-3"]]
    assert len(caller.get("/access/areas").json()["items"]) == 3
    assert caller.get("/access/inside").json()["items"] == []
    assert caller.get("/access/areas/T1/permits").status_code == 404


def test_a_keeper_gives_and_takes_and_a_guard_checks(doors):
    keeper = Caller(doors.cast.clerk)
    body = {
        "person": doors.cast.staff.pk, "areas": ["T1"], "from_at": timezone.now().isoformat(),
        "until_at": (timezone.now() + timedelta(days=2)).isoformat(), "reason": "值守",
    }  # fmt: skip
    made = keeper.post("/access/permits", body)
    assert made.status_code == 201, made.content
    assert keeper.post("/access/permits", body | {"areas": ["XX"]}).status_code == 400
    assert [each["name"] for each in keeper.get("/access/areas/T1/permits").json()["items"]] == ["李晓雯"]
    token = actions.pass_token(doors.holder)
    checked = keeper.post("/access/gate", {"door": "D1", "direction": "in", "token": token}).json()
    assert checked["allowed"]
    assert [each["name"] for each in keeper.get("/access/inside", area="T1").json()["items"]] == ["李晓雯"]
    assert [each["door"] for each in keeper.get("/access/events", door="D1").json()["items"]] == ["D1"]
    taken = keeper.post(f"/access/permits/{made.json()['id']}/withdraw", {"reason": "调离"})
    assert taken.json()["state"] == "ended"
    refused = Caller(doors.cast.staff).post("/access/gate", {"door": "D1", "direction": "in", "token": token})
    assert refused.status_code == 403
