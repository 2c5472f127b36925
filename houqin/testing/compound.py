"""A demo compound for the tests of a module: told once, rolled back at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from houqin.foundation.people import installation


@contextmanager
def rolled_back(django_db_blocker: Any) -> Iterator[None]:
    """What is written within stands until the module's tests are over, and is gone afterwards. Ask for ``django_db_setup`` too."""
    with django_db_blocker.unblock():
        block = transaction.atomic()
        block.__enter__()
        try:
            yield
        finally:
            transaction.set_rollback(True)
            block.__exit__(None, None, None)
            installation.forget()
            connection.close()
