"""Fixtures for every test of the house; ``tests/conftest.py`` loads this as a plugin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings, settings
from django.core.signals import request_finished, request_started, setting_changed
from django.db import close_old_connections
from django.test import Client
from django.test.client import ClientHandler
from django.utils import translation

from houqin.affairs.declare import ITEMS as REGISTRY
from houqin.foundation.calendar import clock
from houqin.foundation.people.models import Person
from houqin.portal import warnings
from houqin.portal.views import board
from houqin.testing.cast import Cast, make_cast
from houqin.testing.desk import Desk
from houqin.testing.dummy import AGREEING, DIARY, ITEMS, Diary


@pytest.fixture(scope="session", autouse=True)
def _one_chain() -> Iterator[None]:
    """All clients send through one chain of middleware: making one looks up every static file, which takes as long as a page.
    Changed settings make another.
    """
    make, kept = ClientHandler.load_middleware, {}

    def load(handler: ClientHandler, is_async: bool = False) -> None:
        if is_async not in kept:
            make(handler, is_async)
            kept[is_async] = dict(vars(handler))
        vars(handler).update(
            {name: kept[is_async][name] for name in kept[is_async] if name != "enforce_csrf_checks"}
        )

    def forget(**changed: Any) -> None:
        kept.clear()

    setting_changed.connect(forget)
    ClientHandler.load_middleware = load
    yield
    ClientHandler.load_middleware = make
    setting_changed.disconnect(forget)


@pytest.fixture
def cast(db: None) -> Cast:
    """The small cast (see :class:`houqin.testing.cast.Cast`), inside the test's transaction."""
    return make_cast()


@pytest.fixture(autouse=True)
def _fresh_start() -> None:
    """No test sees the calendar, the board or the language that another one left in the process."""
    clock.forget()
    board.forget()
    warnings.forget()
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def committed_cast(transactional_db: None) -> Cast:
    """The same, committed: for tests that need several connections at once. Slow: use it where it matters."""
    return make_cast()


@pytest.fixture
def as_person() -> Callable[[Person], Client]:
    """A browser signed in as somebody: ``as_person(cast.staff).get("/")``."""

    def signed_in(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return signed_in


@pytest.fixture
def dummy(monkeypatch: pytest.MonkeyPatch) -> Diary:
    """The items of the dummy service, announced for this test only. Returns the diary of what its service heard."""
    for item in ITEMS:
        monkeypatch.setitem(REGISTRY._entries, item.code, item)
    monkeypatch.setattr(DIARY, "heard", [])
    monkeypatch.setattr(DIARY, "running", None)
    AGREEING.clear()
    return DIARY


@pytest.fixture
def desk(cast: Cast, dummy: Diary) -> Desk:
    """The cast, the dummy items and their routes: cases can be submitted and handled."""
    return Desk(cast, dummy)


@pytest.fixture
def committed_desk(committed_cast: Cast, dummy: Diary) -> Desk:
    """The same, committed, for several connections at once."""
    return Desk(committed_cast, dummy)


@pytest.fixture
def own_store(tmp_path: Path, settings: LazySettings) -> Path:
    """A file store of this test's own, where the others of the run share one."""
    folder = tmp_path / "store"
    folder.mkdir()
    disk = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder}}
    settings.STORAGES = {**settings.STORAGES, "default": disk}
    return folder


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests made past Django's test client run in the test's transaction too: none closes its connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
