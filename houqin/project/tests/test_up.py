"""`houqin up` as a person starts it: serves, refuses a second one, survives kill -9 of everything."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time

import psutil
import psycopg
import pytest

from houqin.testing.house import PATIENCE, House, lives


def test_the_life_of_a_house(house: House) -> None:
    """One house for all of it: the first start of each takes the longest."""
    house.start()
    serves_and_refuses_a_second(house)
    family = house.family()
    assert house.stop() == 0
    assert [process for process in family if lives(process)] == []
    house.start()
    with psycopg.connect(house.cluster.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept SELECT generate_series(1, 500)")
    house.kill_everything()
    house.start(start_new_session=True)
    with psycopg.connect(house.cluster.url()) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (500,)
    ctrl_c_for_the_whole_group_stops_cleanly_and_soon(house)


def serves_and_refuses_a_second(house: House) -> None:
    assert house.get("/readyz")[1]["checks"] == {"database": "ok", "migrations": "ok", "worker": "ok"}
    second = subprocess.run(
        house.command("up", "--port", str(house.port + 1)),
        env=house.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 4
    assert "already runs on" in second.stderr
    manage = subprocess.run(
        house.command("manage", "migrate", "--check"),
        env=house.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert manage.returncode == 0, manage.stderr
    assert house.get("/readyz")[0] == 200, "a command beside it does not stop the server"


def ctrl_c_for_the_whole_group_stops_cleanly_and_soon(house: House) -> None:
    assert house.process is not None
    family = house.family()
    began = time.monotonic()
    os.killpg(house.process.pid, signal.SIGINT)
    assert house.process.wait(timeout=PATIENCE) == 0
    assert time.monotonic() - began < 20
    assert [process for process in family if lives(process)] == []
    assert "Traceback" not in (house.folder / "up.log").read_text()


@pytest.mark.slow
def test_whatever_dies_is_started_again(house: House) -> None:
    house.start()
    assert house.process is not None
    for name in ("houqin-web", "houqin-worker", "postgres"):
        victim = next(p for p in house.family() if p.name() == name)
        victim.kill()
        psutil.wait_procs([victim], timeout=10)
        house.until_ready()


@pytest.mark.slow
def test_children_do_not_outlive_a_killed_parent(house: House) -> None:
    house.start()
    assert house.process is not None
    children = psutil.Process(house.process.pid).children(recursive=True)
    house.process.kill()
    house.process.wait()
    gone, alive = psutil.wait_procs(children, timeout=15)
    assert alive == []
    house.start()


@pytest.mark.slow
def test_crashes_in_a_row_during_writes(house: House) -> None:
    """Ten times: write, kill everything at a random moment, start, count what was acknowledged."""
    house.start()
    with psycopg.connect(house.cluster.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n int)")
    acknowledged = 0
    for round_ in range(10):
        with psycopg.connect(house.cluster.url(), autocommit=True) as connection:
            for _ in range(50 * (round_ + 1)):
                connection.execute("INSERT INTO kept VALUES (1)")
                acknowledged += 1
        house.kill_everything()
        house.start()
        with psycopg.connect(house.cluster.url()) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (acknowledged,)


def test_a_taken_port_is_told(house: House) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", house.port))
        taken.listen()
        done = subprocess.run(
            house.command("up", "--port", str(house.port)),
            env=house.env,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert f"127.0.0.1:{house.port} cannot be listened on" in done.stderr


def test_an_open_address_without_host_names_is_refused(house: House) -> None:
    done = subprocess.run(
        house.command("up", "--host", "0.0.0.0"), env=house.env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert "HOUQIN_ALLOWED_HOSTS" in done.stderr


def test_the_demo_answers_to_this_machine_only(house: House) -> None:
    done = subprocess.run(
        house.command("demo", "--host", "0.0.0.0"), env=house.env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "this machine only" in done.stderr
