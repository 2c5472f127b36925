"""Fixtures for every test of the house; ``tests/conftest.py`` loads this as a plugin."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from houqin.foundation.people.models import Person
from houqin.testing.cast import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    """The small cast (see :class:`houqin.testing.cast.Cast`), inside the test's transaction."""
    return make_cast()


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
