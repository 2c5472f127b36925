"""`houqin simulate doors` as people start it: fifty controllers, faults included, at a running house; nothing is lost or counted twice."""

from __future__ import annotations

import re
import subprocess

import psycopg
import pytest

from houqin.testing.house import House

pytestmark = pytest.mark.slow
COUNT, SECONDS, EACH = 50, 30, 3


def told(url: str, statement: str) -> list[tuple]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement).fetchall()


def test_fifty_controllers_with_faults_at_a_running_house(house: House) -> None:
    subprocess.run(house.command("demo", "--no-serve"), env=house.env, check=True, timeout=600)
    house.start()
    url = house.cluster.url()
    (before,) = told(url, "SELECT coalesce(max(id), 0), now() FROM access_doorevent")
    played = subprocess.run(
        house.command(
            "simulate", "doors", "--url", f"http://127.0.0.1:{house.port}", "--count", str(COUNT), "--seconds", str(SECONDS),
            "--each", str(EACH),
        ),
        env=house.env, check=True, timeout=600, capture_output=True, text=True,
    )  # fmt: skip
    said = re.search(r"(\d+) passages, (\d+) opened, (\d+) delivered later", played.stdout)
    assert said, played.stdout
    passages, opened, later = map(int, said.groups())
    assert "5 cut off" in played.stdout + played.stderr
    assert opened > 0

    new = f"FROM access_doorevent e WHERE e.id > {before[0]}"
    assert told(url, f"SELECT count(DISTINCT controller_id) {new}") == [(COUNT,)], played.stderr[-3000:]
    # Every passage is there, once, under the numbers of its controller, without a hole.
    assert told(url, f"SELECT count(*) {new}") == [(passages,)]
    holes = f"SELECT controller_id {new} GROUP BY 1 HAVING max(sequence) - min(sequence) + 1 <> count(*)"
    assert told(url, holes) == []
    behind = f"""SELECT c.code FROM access_controller c WHERE c.through < (SELECT max(sequence) {new} AND controller_id = c.id)"""
    assert told(url, behind) == []
    # What was decided without a line came later, in order, and at the time it happened whatever the clock said.
    ((offline,),) = told(url, f"SELECT count(*) {new} AND offline")
    assert offline == later > 0
    order = f"""SELECT * FROM (SELECT at, lag(at) OVER (PARTITION BY controller_id ORDER BY sequence) AS earlier {new} AND offline) x
        WHERE at < earlier - interval '3 seconds'"""
    assert told(url, order) == []
    with psycopg.connect(url) as connection:
        strange = connection.execute(
            f"SELECT e.at, e.clock_off_seconds {new} AND e.at NOT BETWEEN %s - interval '5 seconds' AND now()", [before[1]]
        ).fetchall()  # fmt: skip
    assert strange == []
    # Nobody came in who may not, and no pass opened twice while the platform could know.
    assert told(url, f"SELECT count(*) {new} AND allowed AND direction = 'in' AND permit_id IS NULL") == [
        (0,)
    ]
    twice = f'SELECT holder {new} AND allowed AND NOT offline GROUP BY holder, direction, "window" HAVING count(*) > 1'
    assert told(url, twice) == []
    # Who is inside is what the latest passage of each says.
    apart = """SELECT p.holder FROM access_presence p JOIN LATERAL (
        SELECT e.id FROM access_doorevent e WHERE e.holder = p.holder AND e.allowed ORDER BY e.at DESC, e.id DESC LIMIT 1
      ) latest ON true WHERE latest.id <> p.event"""
    assert told(url, apart) == []
