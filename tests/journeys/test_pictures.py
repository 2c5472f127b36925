"""The pictures of the documentation can be taken, and those kept are the ones the script takes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from houqin.testing.plugin import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOST_BYTES = 250_000


def test_every_picture_can_be_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("HOUQIN_") and name != "HOUQIN_BROWSER"]:
        monkeypatch.delenv(name)
    script = ROOT / "tools" / "screenshots.py"
    taken = subprocess.run(
        [sys.executable, script, "--into", tmp_path], capture_output=True, text=True, check=False
    )
    assert taken.returncode == 0, taken.stdout + taken.stderr
    made = {each.name: each.stat().st_size for each in tmp_path.glob("*.png")}
    assert set(made) == {each.name for each in (ROOT / "docs" / "images").glob("*.png")}
    assert max(made.values()) <= MOST_BYTES
