"""The portal's tests stand at the desk of the dummy service."""

from __future__ import annotations

import pytest

from houqin.affairs.declare import ITEMS
from houqin.portal import queries, today
from houqin.testing import dummy
from houqin.testing.cast import Cast
from houqin.testing.desk import Desk


@pytest.fixture
def desk(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Dummy items in the catalogue, for one test; the worker is on duty."""
    for item in dummy.ITEMS:
        monkeypatch.setitem(ITEMS._entries, item.code, item)
    dummy.DIARY.heard.clear()
    dummy.DIARY.running = None
    dummy.AGREEING.clear()
    cast.duty(cast.worker)
    return Desk(cast, dummy.DIARY)


@pytest.fixture(autouse=True)
def fresh_snapshots() -> None:
    """What a process remembers for a moment must not come from another test."""
    queries.forget()
    today.forget()
