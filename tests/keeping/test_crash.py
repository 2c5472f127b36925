"""kill -9 of web, worker and PostgreSQL, thirty times, while fifty clients work: nothing is lost, nothing is done twice."""

from __future__ import annotations

import http.client
import json
import random
import subprocess
import textwrap
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from houqin.testing.house import House, kill_all
from houqin.testing.outside.sms import SmsServer

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
CLIENTS, CRASHES = 50, 30
#: Every third crash takes the process that watches over the others along.
EVERYTHING = 3
SETTLED_WITHIN = 600.0  # seconds until everybody has been told
VERBS = ("submit", "accept", "arrive", "complete", "transfer", "withdraw", "confirm")


class Ledger:
    """What the clients were told was done."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.done: Counter[str] = Counter()
        self.answers: Counter[int] = Counter()
        self.submitted: set[str] = set()

    def keep(self, verb: str, status: int, answer: Any) -> None:
        with self.lock:
            self.answers[status] += 1
            if status in (200, 201):
                self.done[verb] += 1
                if verb == "submit":
                    assert answer["number"] not in self.submitted
                    self.submitted.add(answer["number"])


class Client(threading.Thread):
    """Somebody at work through the API. A call without an answer is made again, with the same key, until there is one."""

    def __init__(self, number: int, port: int, token: str, ledger: Ledger, over: threading.Event) -> None:
        super().__init__(name=f"client {number}", daemon=True)
        self.number, self.port, self.token = number, port, token
        self.ledger, self.over = ledger, over
        self.dice = random.Random(number)
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            while not self.over.is_set():
                self.work()
                self.over.wait(self.dice.uniform(0.05, 0.4))
        except BaseException as failure:  # a thread's own end is nobody's failure
            self.failure = failure

    def work(self) -> None:
        raise NotImplementedError

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if method == "POST":
            headers["Idempotency-Key"] = str(uuid.UUID(int=self.dice.getrandbits(128)))
        content = json.dumps(body) if body is not None else None
        while True:
            with suppress(OSError, http.client.HTTPException, json.JSONDecodeError):
                status, answer = self._ask(method, path, content, headers)
                if status < 500 and status != 429:
                    return status, answer
            time.sleep(self.dice.uniform(0.2, 0.8))

    def _ask(self, method: str, path: str, content: str | None, headers: dict[str, str]) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, f"/api/v1{path}", content, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def act(self, verb: str, number: str, body: dict[str, Any]) -> None:
        status, answer = self.ask("POST", f"/cases/{number}/{verb}", body)
        assert status in (200, 400, 403, 404, 409, 422), (verb, status, answer)
        self.ledger.keep(verb, status, answer)


class Applicant(Client):
    """Reports faults, each of another kind or place; withdraws some, confirms others."""

    def __init__(self, *arguments: Any, spots: list[tuple[str, str]]) -> None:
        super().__init__(*arguments)
        self.spots = spots
        self.mine: list[str] = []

    def work(self) -> None:
        if self.spots and self.dice.random() < 0.5:
            place, fault = self.spots.pop()
            body = {"place": place, "fault": fault, "description": f"第{self.number}人报修"}
            status, answer = self.ask("POST", "/items/repairs.report/cases", body)
            assert status == 201, (status, answer)
            self.ledger.keep("submit", status, answer)
            self.mine.append(answer["number"])
        elif self.mine:
            number = self.dice.choice(self.mine)
            _, case = self.ask("GET", f"/cases/{number}")
            verbs = [each["verb"] for each in case["verbs"] if each["verb"] in ("withdraw", "confirm")]
            if verbs:
                self.act(self.dice.choice(verbs), number, {"version": case["version"], "comment": "不用了"})


class Handler(Client):
    """Takes what is to be done and does it."""

    def work(self) -> None:
        _, todo = self.ask("GET", "/cases?box=todo")
        if not todo["items"]:
            return
        number = self.dice.choice(todo["items"])["number"]
        status, case = self.ask("GET", f"/cases/{number}")
        if status != 200:
            return
        moves = [
            each
            for each in case["verbs"]
            if each["verb"] in ("accept", "arrive", "complete") and each["task"]
        ]
        if moves:
            move = self.dice.choice(moves)
            self.act(move["verb"], number, {"task": move["task"], "comment": "已修好"})


@pytest.fixture
def gateway() -> Iterator[SmsServer]:
    """Where texts go: those of one person, whose every notice is followed to the phone."""
    with SmsServer() as server:
        yield server


def test_thirty_crashes_in_the_middle_of_fifty_clients(house: House, gateway: SmsServer) -> None:
    house.env |= {"HOUQIN_WEB_WORKERS": "2", "HOUQIN_SMS_URL": gateway.setting()}
    house.start()
    setting = furnish(house)
    ledger, over = Ledger(), threading.Event()
    clients = people(setting, house.port, ledger, over)
    for client in clients:
        client.start()
    dice = random.Random(30)
    for crash in range(CRASHES):
        time.sleep(dice.uniform(0.3, 2.5))
        assert not [client.failure for client in clients if client.failure]
        strike(house, crash, dice)
        house.until_ready()
    over.set()
    for client in clients:
        client.join(120)
        assert not client.is_alive()
        assert client.failure is None
    everybody_is_told(house)
    assert house.stop() == 0
    look(house, ledger, gateway)


def furnish(house: House) -> dict[str, Any]:
    """The cast with repairs routed, sixty more rooms, and tokens for everybody who works here."""
    code = """
        import json
        from houqin.affairs.models import Route
        from houqin.exchange.tokens import create_token
        from houqin.foundation.channels.models import Group, Preference, QuietHours
        from houqin.foundation.places.models import Place
        from houqin.services.repairs.models import FaultKind
        from houqin.testing.cast import _place, make_cast
        cast = make_cast()
        Route.objects.create(item_code="repairs.report", section=cast.repairs)
        cast.duty(cast.worker, hours=24)
        cast.duty(cast.worker2, hours=24)
        rooms = [_place("space", f"A1-{n}", f"{n}室", cast.floor, "office") for n in range(400, 460)]
        Place.objects.bulk_create(rooms)
        tokens = {name: [create_token(name) for _ in range(count)] for name, count in
                  {"staff": 10, "colleague": 10, "other_staff": 5, "worker": 12, "worker2": 13}.items()}
        Preference.objects.bulk_create(Preference(group=group, channels=[]) for group in Group)
        Preference.objects.bulk_create(Preference(person=cast.other_staff, group=group, channels=["sms"]) for group in Group)
        QuietHours.objects.create(person=cast.other_staff)
        faults = list(FaultKind.objects.order_by("code").values_list("code", flat=True))
        print(json.dumps({"tokens": tokens, "rooms": [room.code for room in rooms], "faults": faults}))
    """
    return json.loads(shell(house, code).splitlines()[-1])


def shell(house: House, code: str) -> str:
    """Run code inside the house's own installation; what it prints comes back."""
    command = house.command("manage", "shell", "--no-imports", "--command", textwrap.dedent(code))
    done = subprocess.run(command, env=house.env, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def people(setting: dict[str, Any], port: int, ledger: Ledger, over: threading.Event) -> list[Client]:
    spots = [(room, fault) for room in setting["rooms"] for fault in setting["faults"]]
    random.Random(1).shuffle(spots)
    clients: list[Client] = []
    for name, tokens in setting["tokens"].items():
        for token in tokens:
            known = (len(clients), port, token, ledger, over)
            applicant = name in ("staff", "colleague", "other_staff")
            clients.append(
                Applicant(*known, spots=spots[len(clients) :: CLIENTS]) if applicant else Handler(*known)
            )
    assert len(clients) == CLIENTS
    return clients


def strike(house: House, crash: int, dice: random.Random) -> None:
    """kill -9: everything at once, or web, worker or PostgreSQL or all three, while the one that watches stays."""
    if crash % EVERYTHING == EVERYTHING - 1:
        house.kill_everything()
        house.start()
        return
    assert house.process is not None
    family = house.family()[1:]
    kinds = dice.choice([("web",), ("worker",), ("postgres",), ("web", "worker", "postgres")])
    victims = [process for process in family if kind_of(process) in kinds]
    assert victims
    kill_all(victims)
    psutil.wait_procs(victims, timeout=20)


def kind_of(process: psutil.Process) -> str:
    with suppress(psutil.NoSuchProcess):
        return process.name().removeprefix("houqin-")
    return ""


#: Notices that have not reached their person, and those of the one with a phone that have not been sent there.
UNTOLD = """
    SELECT count(*) FROM notices_notice n WHERE delivered_at IS NULL OR EXISTS (
      SELECT 1 FROM people_person p LEFT JOIN channels_sending s ON s.notice_id = n.id AND s.state = 'sent'
      WHERE p.id = n.person_id AND p.username = 'other_staff' AND s.id IS NULL)
"""


def everybody_is_told(house: House) -> None:
    """Wait until every notice has reached its person: the worker makes up for what died with an earlier one."""
    deadline = time.monotonic() + SETTLED_WITHIN
    with psycopg.connect(house.cluster.url(), autocommit=True) as connection:
        while rows(connection, UNTOLD) != [(0,)]:
            assert time.monotonic() < deadline, "some were never told"
            time.sleep(1)


def rows(connection: psycopg.Connection, query: str) -> list[Any]:
    return connection.execute(query).fetchall()


def look(house: House, ledger: Ledger, gateway: SmsServer) -> None:
    """What was acknowledged was done, once; every case is whole; nobody was told twice."""
    assert ledger.done["submit"] > CRASHES
    assert ledger.done["complete"] > 0
    with_database = """
        import json
        from collections import Counter
        from houqin.affairs.models import Case, Event
        from houqin.foundation.channels.models import Sending
        from houqin.foundation.notices.models import Notice
        from houqin.testing.whole import check_all
        keys = ("person_id", "kind", "record_type", "record_id", "title", "created_at")
        print(json.dumps({
            "cases": check_all(),
            "numbers": list(Case.objects.values_list("number", flat=True)),
            "events": Counter(Event.objects.values_list("verb", flat=True)),
            "twice": [str(row) for row, count in Counter(Notice.objects.values_list(*keys)).items() if count > 1],
            "notices": Notice.objects.count(),
            "sent": [key.hex for key in Sending.objects.filter(state="sent").values_list("key", flat=True)],
        }))
    """
    found = json.loads(shell(house, with_database).splitlines()[-1])
    assert set(found["numbers"]) == ledger.submitted
    assert {verb: found["events"].get(verb, 0) for verb in VERBS} == {
        verb: ledger.done[verb] for verb in VERBS
    }
    assert found["twice"] == []
    assert found["notices"] >= found["cases"]
    assert sorted(gateway.shown) == sorted(found["sent"]) != [], "each is shown, and once"
    verified = subprocess.run(
        house.command("trail", "verify"), env=house.env, cwd=ROOT, capture_output=True, text=True
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr
    print(
        f"{found['cases']} cases, {dict(ledger.done)}, answers {dict(ledger.answers)}, {found['notices']} notices"
    )
