"""Folders for installations of the tests."""

from __future__ import annotations

import os

import pytest

from houqin.testing.house import house, place


@pytest.fixture
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without any setting of ours."""
    for name in [name for name in os.environ if name.startswith("HOUQIN_")]:
        monkeypatch.delenv(name)


__all__ = ["house", "place"]
