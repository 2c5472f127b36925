"""The restore drill of `docs/administrators/backup.md`, to the letter."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from houqin.project.backup import archive
from houqin.project.postgres import Cluster, place_of, use
from houqin.testing import sameness
from houqin.testing.house import PATIENCE, House

pytestmark = pytest.mark.slow
PAGE = Path(__file__).parents[2] / "docs/administrators/backup.md"
#: What the worker of the running system goes on writing.
RESTLESS = ("procrastinate_", "sequence procrastinate_", "houqin_cache", "limits_")


def commands() -> list[str]:
    """The shell commands of the drill, block by block, as the page has them."""
    drill = PAGE.read_text(encoding="utf-8").partition("\n## Restore drill\n")[2].partition("\n## ")[0]
    return [
        textwrap.dedent(block)
        for block in re.findall(r"^ *```sh\n(.*?)^ *```$", drill, re.MULTILINE | re.DOTALL)
    ]


def settled(url: str) -> dict[str, str]:
    return {name: value for name, value in sameness.tables(url).items() if not name.startswith(RESTLESS)}


def test_the_drill_as_the_page_has_it(house: House, place: Path) -> None:
    house.start()
    fill(house)
    places, *steps = commands()
    env = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(place)}
    for name in ("LIVE", "BACKUPS", "DRILL"):
        assert re.search(rf"^export {name}=/", places, re.MULTILINE)
        env[name] = str(house.folder if name == "LIVE" else place / name.lower())
    back_up, verify, restore, start, remove = steps
    copy = Path(env["DRILL"])
    with held(house):  # what it would write after the backup is in no backup
        for step in (back_up, verify, restore):
            run(step, env)
        kept = archive.read(archive.find(place / "backups")).manifest
        assert kept.tables["public.affairs_case"] > 100
        with use(Cluster(place_of(copy, given=True)), copy) as cluster:
            assert settled(cluster.url()) == settled(house.cluster.url())
    assert sameness.files(copy / "files") == sameness.files(house.folder / "files") != {}
    said = run(start.replace("8009", str(house.port + 1)), env)
    assert "✓ worker: alive" in said
    assert house.get("/readyz")[0] == 200, "the running system went on"
    run(remove, env)
    assert not copy.exists()


@contextmanager
def held(house: House) -> Iterator[None]:
    """The worker holds still for the length of the block."""
    (worker,) = (each for each in house.family() if each.name() == "houqin-worker")
    worker.suspend()
    try:
        yield
    finally:
        worker.resume()


def fill(house: House) -> None:
    """A small demo compound with a photo in it, and the key that its trail is signed with."""
    code = """
        from houqin.foundation.files import actions
        from houqin.foundation.files.tests import samples
        from houqin.foundation.people.models import Person
        from houqin.project import demo
        demo.load(lambda share: None, scale=0.01)
        staff = Person.objects.get(username="staff")
        actions.store(staff, samples.upload(samples.picture(), "a.jpg", "image/jpeg"))
    """
    command = house.command("manage", "shell", "--no-imports", "--command", textwrap.dedent(code))
    for each in (command, house.command("trail", "key")):  # the key is made on first use
        subprocess.run(each, env=house.env, check=True, cwd=PAGE.parents[2])


def run(step: str, env: dict[str, str]) -> str:
    """Run one block; it must succeed, and what it says comes back. Nothing of it outlives it."""
    process = subprocess.Popen(
        ["bash", "-euo", "pipefail", "-c", step],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=PATIENCE)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
    assert process.returncode == 0, f"{step}\n{said}"
    return said
