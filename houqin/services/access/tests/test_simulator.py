"""Controllers in processes of their own, with faults: whatever they do, each event counts once and nobody gets in who may not."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from houqin.services.access import actions, keys, queries
from houqin.services.access.models import DoorEvent
from houqin.services.access.simulator import Controller, Faults


def passes(doors, holder: str, count: int) -> list[str]:
    """Passes of one holder for the present and the next windows; a door takes those one half minute ahead."""
    now = timezone.now()
    return [actions.pass_token(holder, at=now + timedelta(seconds=30 * (n % 2))) for n in range(count)]


def start(live_server: LiveServer, secret: str, script: list, **faults) -> subprocess.Popen[str]:
    part = {"base": live_server.url, "secret": secret, "seed": 7, "faults": faults, "script": script}
    process = subprocess.Popen(
        [sys.executable, "-m", "houqin.services.access.simulator"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin
    process.stdin.write(json.dumps(part))
    process.stdin.close()
    return process


def result(process: subprocess.Popen[str]) -> dict:
    process.wait(120)
    assert process.stdout
    assert process.stderr
    told = process.stdout.read(), process.stderr.read()
    assert process.returncode == 0, told[1]
    process.stdout.close()
    process.stderr.close()
    return json.loads(told[0])


@pytest.mark.db_facing
def test_controllers_in_other_processes_repeat_lose_and_mix_up_and_all_counts_once(
    committed_doors, live_server: LiveServer
):
    doors = committed_doors
    script = []
    for number in range(18):
        doors.grant(
            doors.tower, doors.other, holder=f"visitor:{number}", name=f"访客{number}", source=f"s:{number}"
        )
        script.append(("D1", passes(doors, f"visitor:{number}", 1)[0], "in"))
    script += [("D1", token, "out") for _door, token, _way in script[:6]]
    far = [("D4", token, way) for _door, token, way in script]
    faulty = {"repeat": 0.5, "shuffle": 0.6, "lose": 0.4, "clock": 45.0}
    running = [
        start(live_server, doors.secret, script, **faulty),
        start(live_server, doors.remote_secret, far, lose=0.3),
    ]
    for process, controller in zip(running, (doors.controller, doors.remote), strict=True):
        told = result(process)
        assert (told["sequence"], told["waiting"]) == (24, 0)
        controller.refresh_from_db()
        assert controller.through == 24
        numbers = list(DoorEvent.objects.filter(controller=controller).values_list("sequence", flat=True))
        assert sorted(numbers) == list(range(1, 25))
    online = DoorEvent.objects.filter(offline=False, allowed=True)
    shown = list(online.values_list("holder", "window", "direction"))
    assert len(shown) == len(set(shown)), "no pass opened twice while the platform could know"


class Wire:
    """The platform without a network: the same actions, straight."""

    def __init__(self, doors) -> None:
        self.doors = doors

    def get(self, path: str):
        return 200, queries.permit_list(self.doors.controller, int(path.partition("=")[2]))

    def post(self, path: str, body):
        controller = self.doors.controller
        controller.refresh_from_db()
        now = datetime.fromisoformat(body["now"]) if "now" in body else timezone.now()
        if path == "heartbeat":
            heard = actions.hear(controller, clock=now, version=body["version"])
            return 200, {**vars(heard), "public_key": str(keys.public())}
        if path == "admit":
            decision = actions.admit(
                controller, door=body["door"], direction=body["direction"], token=body["token"],
                sequence=body["sequence"],
            )  # fmt: skip
            return 200, vars(decision)
        told = [actions.Told(**{**each, "at": datetime.fromisoformat(each["at"])}) for each in body["events"]]
        return 200, vars(actions.take_events(controller, events=told, clock=now))


def test_cut_off_for_an_hour_it_decides_by_the_pass_and_delivers_afterwards(doors):
    doors.grant()
    clock = timezone.now().timestamp()
    box = Controller(Wire(doors), Faults(cut=(1, 3600)), random.Random(1), now=lambda: clock)
    assert box.beat()
    clock += 60
    at = datetime.fromtimestamp(clock, timezone.get_current_timezone())
    token = actions.pass_token(doors.holder, at=at)
    assert box.show("D1", token, "in")
    assert not box.show("D1", token, "in"), "the same pass again"
    assert box.show("D1", token, "out")
    assert not box.show("D3", token, "in"), "not for the vault"
    assert not box.show("D1", token[:-3] + "AAA", "in")
    assert not box.show("D1", actions.pass_token(doors.holder, at=at - timedelta(minutes=5)), "in")
    assert not DoorEvent.objects.exists()
    assert not box.beat()
    clock += 3600
    box.beat()
    box.deliver()
    assert box.events == {}
    told = list(DoorEvent.objects.order_by("sequence").values_list("reason", "offline"))
    assert [reason for reason, _offline in told] == ["", "pass_used", "", "no_permit", "bad_pass", "pass_old"]
    assert all(offline for _reason, offline in told)


def test_a_clock_that_is_off_does_not_lock_people_out_once_it_was_told(doors):
    doors.grant()
    box = Controller(Wire(doors), Faults(clock=600, cut=(1, 10**9)), random.Random(1))
    assert box.beat()
    began = box.began
    box.now = lambda: began + 5
    at = datetime.fromtimestamp(began + 5, timezone.get_current_timezone())
    assert box.show("D1", actions.pass_token(doors.holder, at=at), "in")


def test_a_permit_that_ended_is_refused_offline_once_the_list_said_so(doors):
    permit = doors.grant()
    box = Controller(Wire(doors), Faults(), random.Random(1))
    box.beat()
    token = actions.pass_token(doors.holder)
    actions.withdraw(doors.cast.clerk, permits=[permit.pk], reason="调离")
    box.beat()
    box.faults = Faults(cut=(0, 10**9))
    assert not box.show("D1", token, "in")
    assert box.events[1]["reason"] == "no_permit"


def test_a_list_that_was_changed_on_the_way_is_not_taken(doors):
    doors.grant()
    box = Controller(Wire(doors), Faults(), random.Random(1))
    wire = box.line

    class Liar(Wire):
        def get(self, path: str):
            status, answer = wire.get(path)
            return status, answer | {"list": answer["list"].replace("T1", "T2")}

    box.line = Liar(doors)
    with pytest.raises(ValueError, match="not signed"):
        box.beat()
    assert box.doors == {}


def test_a_line_that_is_lost_while_the_list_is_fetched_costs_a_heartbeat_and_no_more(doors):
    """It ended the controller's thread: under load some of fifty never had a passage."""
    doors.grant()
    wire = Wire(doors)
    box = Controller(wire, Faults(), random.Random(1))

    class Slow(Wire):
        def get(self, path: str):
            raise OSError("timed out")

    box.line = Slow(doors)
    assert box.beat()
    assert box.doors == {}
    box.line = wire
    assert box.beat()
    assert box.show("D1", actions.pass_token(doors.holder), "in")
