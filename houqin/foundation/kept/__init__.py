"""What changes seldom and is asked for all the time: kept in each process for as long as its tables stand still.

Triggers of the watched tables (:func:`watch`) give the one row of :class:`~houqin.foundation.kept.models.Version` a new
number within the transaction that changes them. A kept value says at which number it was read, and is good for that
number alone: so a change is felt by the next request in every process, and time plays no part in it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Generic, TypeVar

from django.db import connection

T = TypeVar("T")

#: Values that one function keeps; beyond, it starts anew.
MOST = 5000
#: The number as the request under way found it, nought until it has asked. None outside of requests: then it is asked
#: for each time.
_known: ContextVar[int | None] = ContextVar("kept_number", default=None)

_EVERY: list[Kept[Any]] = []
NUMBER = "SELECT number FROM kept_version"


class Kept(Generic[T]):
    """A function of plain arguments whose answer depends on watched tables alone, not on the time. Use as a decorator.

    All callers get the same answer, so nobody may change it.
    """

    def __init__(self, read: Callable[..., T]) -> None:
        self._read = read
        _EVERY.append(self)
        self._values: dict[tuple[Any, ...], tuple[int, T]] = {}

    def __call__(self, *key: Any) -> T:
        found = self._values.get(key)
        if found is not None and found[0] == (_known.get() or _present()):
            return found[1]
        return self._read_again(key)

    def forget(self) -> None:
        self._values.clear()

    def _read_again(self, key: tuple[Any, ...]) -> T:
        """What was read while the number stood still is good for it. A number is never given twice, so neither is what a
        transaction reads of its own changes taken for the truth when it fails."""
        number = _ask()
        value = self._read(*key)
        if number is not None and number == _ask():
            if len(self._values) >= MOST:
                self._values.clear()
            self._values[key] = number, value
            note(number)
        return value


def forget() -> None:
    """Keep nothing any more: for whoever puts another database in the place of this one, with numbers of its own."""
    for each in _EVERY:
        each.forget()


def begin(**_signal: Any) -> None:
    """A request begins: it asks for the number once."""
    _known.set(0)


def note(number: int | None) -> None:
    """The number that the request under way, if there is one, has found along with something else."""
    if _known.get() is not None:
        _known.set(number or 0)


def doubt(**_signal: Any) -> None:
    """Something was saved within the request: it asks again."""
    note(0)


def end(**_signal: Any) -> None:
    """The request is over."""
    _known.set(None)


def _present() -> int | None:
    number = _ask()
    note(number)
    return number


def _ask() -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(NUMBER)
        row = cursor.fetchone()
    return row[0] if row else None


def watch(*tables: str) -> tuple[str, str]:
    """SQL to watch tables, and to leave them alone: for ``RunSQL`` of a migration that depends on kept's first."""
    begin = (
        "CREATE TRIGGER kept_changed BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
        "EXECUTE FUNCTION kept_changed();"
    )
    end = "DROP TRIGGER kept_changed ON {table};"
    return "\n".join(begin.format(table=each) for each in tables), "\n".join(
        end.format(table=each) for each in tables
    )
