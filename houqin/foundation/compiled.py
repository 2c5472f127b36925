"""Queries whose SQL is made once.

Building and compiling a queryset costs more than running it where a request asks the same few things every time: the
token, the case with its section, its open tasks. A :class:`Compiled` query is declared with the queryset it stands
for, compiled at its first use, and afterwards only run, with other values in the places of its arguments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from itertools import count
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.utils import CursorWrapper
from django.db.models import FileField, Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.query import ModelIterable, get_related_populators  # type: ignore[attr-defined]  # not in the stubs
from psycopg import RawCursor
from psycopg.sql import Literal
from psycopg.types.datetime import TimestamptzLoader

M = TypeVar("M")

#: What stands in the places of the arguments while the SQL is made; values that no query of ours would hold.
_SAMPLES: dict[type, Callable[[int], Any]] = {
    int: lambda place: -7_310_000_000_000_000_000 - place,
    str: lambda place: f"\u2063argument {place}\u2063",
    datetime: lambda place: datetime(1, 1, 2, tzinfo=UTC) + timedelta(seconds=place),
    date: lambda place: date(1, 2, 1) + timedelta(days=place),
}


class Compiled(Generic[M]):
    """``build`` makes the queryset from its arguments, whose types are ``kinds``; every argument must occur in it.

    Arguments stand for themselves: not within patterns (``startswith``), nor deciding what the query looks like. Rows
    come as model instances with their ``select_related`` and annotations (:meth:`values`: as tuples of a
    ``values_list``); nothing is prefetched.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, M]], *kinds: type) -> None:
        self._build, self._kinds = build, kinds
        self._plan: _Plan | None = None

    def rows(self, *values: Any) -> list[M]:
        """All rows for these arguments. One statement."""
        if self._plan is None:
            samples = [_SAMPLES[kind](place) for place, kind in enumerate(self._kinds)]
            self._plan = _Plan(self._build(*samples), samples)
        return self._plan.run(values)

    def values(self, *values: Any) -> list[tuple[Any, ...]]:
        """All rows of a ``values_list`` for these arguments. One statement."""
        rows: list[Any] = self.rows(*values)
        return rows

    def first(self, *values: Any) -> M | None:
        """The first row, if there is one."""
        return next(iter(self.rows(*values)), None)


class Statement:
    """SQL that is run often. Its places are numbered once: a cursor that is given ``%s`` takes a long statement apart
    each time, which for a hundred parameters takes as long as running it."""

    def __init__(self, sql: str) -> None:
        place = count(1)
        numbered = re.sub(r"%[s%]", lambda found: f"${next(place)}" if found[0] == "%s" else "%", sql)
        self._sql, self._numbered = sql, numbered.encode()

    def run(self, values: Sequence[Any]) -> CursorWrapper:
        """A cursor over what it answers, to be read before the next statement is run: they share it."""
        database = connections[DEFAULT_DB_ALIAS]
        if database.queries_logged:  # Django's log reads its own notation
            cursor = database.cursor()
            cursor.execute(self._sql, values)
            return cursor
        if not database.in_atomic_block:  # there it is open and known to be well
            database.close_if_health_check_failed()
            database.ensure_connection()
        kept: CursorWrapper | None = vars(database).get("_raw_cursor")
        if kept is None or kept.cursor.connection is not database.connection:
            raw: Any = RawCursor(database.connection)
            # Moments as psycopg's compiled loader makes them, in the connection's zone, which is UTC; Django's own is slow.
            raw.adapters.register_loader("timestamptz", TimestamptzLoader)
            kept = vars(database)["_raw_cursor"] = database.make_cursor(raw)
        kept.execute(self._numbered, values)  # type: ignore[arg-type]  # psycopg takes bytes as well
        return kept


@lru_cache(maxsize=2048)
def statement(sql: str) -> Statement:
    """The statement of that text in Django's notation (``%s``), kept for its next use."""
    return Statement(sql)


class _Plan:
    """SQL, where its parameters come from, and how rows become instances."""

    def __init__(self, queryset: QuerySet[Any], samples: Sequence[Any]) -> None:
        self.compiler = queryset.query.get_compiler(using="default")
        sql, given = self.compiler.as_sql()
        places = [_place(value, samples) for value in given]
        # What is the same each time stands in the text: the server's one plan for all values may then use partial indexes.
        words = (
            "%s" if place is not None else _literal(value) for place, value in zip(places, given, strict=True)
        )
        sql = re.sub("%[s%]", lambda found: next(words) if found[0] == "%s" else "%%", sql)
        self.statement = statement(sql)
        # A number is wrapped in the type of its column, so that one statement is prepared for all its values.
        self.given = [
            (place, type(value) if type(value) is not type(samples[place]) else None)
            for place, value in zip(places, given, strict=True)
            if place is not None
        ]
        missing = set(range(len(samples))) - {place for place, _ in self.given}
        assert not missing, f"arguments {missing} do not occur as they are in: {sql}"
        chosen = self.compiler.select or []
        self.converters = self.compiler.get_converters([each[0] for each in chosen])
        klass = self.compiler.klass_info or {}
        self.plain = not issubclass(queryset._iterable_class, ModelIterable)
        if self.plain:
            return
        fields = klass["select_fields"]
        self.start, self.end = fields[0], fields[-1] + 1
        self.model: type[Model] = klass["model"]
        self.names = [each[0].target.attname for each in chosen[self.start : self.end]]
        self.populators = get_related_populators(klass, chosen, "default")
        self.maker = _maker(self.model)
        _make_by(self.populators)
        self.annotations = dict(self.compiler.annotation_col_map or {})

    def run(self, values: Sequence[Any]) -> list[Any]:
        parameters = [kind(values[place]) if kind else values[place] for place, kind in self.given]
        rows: Any = self.statement.run(parameters).fetchall()
        if self.converters:
            rows = list(self.compiler.apply_converters(rows, self.converters))
        if self.plain:
            return list(map(tuple, rows))
        return [self._instance(row) for row in rows]

    def _instance(self, row: Sequence[Any]) -> Any:
        made = self.maker.from_db("default", self.names, row[self.start : self.end])
        for populator in self.populators:
            populator.populate(row, made)
        for name, place in self.annotations.items():
            setattr(made, name, row[place])
        return made


class _Maker:
    """Makes instances of a model as ``Model.from_db`` does, for a third of the work: nobody is told of it, and fields hold what
    the query's converters made. Fields that were left out are read when asked for, as ever."""

    def __init__(self, model: type[Model]) -> None:
        self.model = model

    def from_db(self, db: str, names: Sequence[str], values: Sequence[Any]) -> Model:
        made = self.model.__new__(self.model)
        made._state = ModelState()
        made._state.adding, made._state.db = False, db
        vars(made).update(zip(names, values, strict=True))
        return made


@cache
def _maker(model: type[Model]) -> Any:
    """What makes instances of ``model``: itself where a field does more than hold what is stored."""
    files = any(isinstance(each, FileField) for each in model._meta.concrete_fields)
    return model if files else _Maker(model)


def _make_by(populators: Iterable[Any]) -> None:
    for each in populators:
        each.model_cls = _maker(each.model_cls)
        _make_by(each.related_populators)


def _literal(value: Any) -> str:
    """The value as it stands in SQL in Django's notation."""
    connection.ensure_connection()
    return Literal(value).as_string(connection.connection).replace("%", "%%")


def _place(value: Any, samples: Sequence[Any]) -> int | None:
    for place, sample in enumerate(samples):
        if isinstance(value, type(sample)) and value == sample:
            return place
    return None
