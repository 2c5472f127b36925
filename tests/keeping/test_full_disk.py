"""A disk that fills up while a backup is written: nothing is left of it, and the words say what happened."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from houqin.testing.house import House

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
MOUNT = 'mount -t tmpfs -o size=300k,mode=777 tmpfs "$DISK" && exec "$@"'
FILL = '"$@" backup "$DISK"; code=$?; echo "left:$(ls "$DISK")"; exit $code'


def test_a_full_disk_leaves_nothing_half(house: House, place: Path) -> None:
    house.start()
    disk = place / "disk"
    disk.mkdir()
    me = ["unshare", "--user", f"--map-user={os.geteuid()}", f"--map-group={os.getegid()}"]
    outer, inner = ([], []) if os.geteuid() == 0 else (["--map-root-user"], me)
    mounted = ["unshare", *outer, "--mount", "sh", "-c", MOUNT, "sh", *inner, "sh", "-c", FILL, "sh"]
    done = subprocess.run(
        [*mounted, *house.command()],
        env={**house.env, "DISK": str(disk)},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stderr
    assert "full" in done.stderr
    assert "left:\n" in done.stdout
    assert house.get("/readyz")[0] == 200
