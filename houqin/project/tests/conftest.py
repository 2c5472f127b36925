"""Folders for installations of the tests."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that the server's account can enter too (pytest's own are private)."""
    folder = Path(tempfile.mkdtemp(prefix="hq-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without any setting of ours."""
    for name in [name for name in os.environ if name.startswith("HOUQIN_")]:
        monkeypatch.delenv(name)
