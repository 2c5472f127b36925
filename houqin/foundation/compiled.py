"""Queries whose SQL is made once.

Building and compiling a queryset costs more than running it where a request asks the same few things every time: the
token, the case with its section, its open tasks. A :class:`Compiled` query is declared with the queryset it stands
for, compiled at its first use, and afterwards only run, with other values in the places of its arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import JSONField, Model, QuerySet
from django.db.models.fields import AutoFieldMixin
from django.db.models.query import ModelIterable, get_related_populators  # type: ignore[attr-defined]  # not in the stubs

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


class _Plan:
    """SQL, where its parameters come from, and how rows become instances."""

    def __init__(self, queryset: QuerySet[Any], samples: Sequence[Any]) -> None:
        self.compiler = queryset.query.get_compiler(using="default")
        self.sql, given = self.compiler.as_sql()
        # A number is wrapped in the type of its column, so that one statement is prepared for all its values.
        self.given = [
            (place, type(value) if type(value) is not type(samples[place]) else None)
            if (place := _place(value, samples)) is not None
            else (None, value)
            for value in given
        ]
        missing = set(range(len(samples))) - {place for place, _ in self.given}
        assert not missing, f"arguments {missing} do not occur as they are in: {self.sql}"
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
        self.annotations = dict(self.compiler.annotation_col_map or {})

    def run(self, values: Sequence[Any]) -> list[Any]:
        parameters: list[Any] = [
            value if place is None else value(values[place]) if value else values[place]
            for place, value in self.given
        ]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, parameters)
            rows = cursor.fetchall()
        if self.converters:
            rows = list(self.compiler.apply_converters(rows, self.converters))
        if self.plain:
            return list(map(tuple, rows))
        return [self._instance(row) for row in rows]

    def _instance(self, row: Sequence[Any]) -> Any:
        made = self.model.from_db("default", self.names, row[self.start : self.end])
        for populator in self.populators:
            populator.populate(row, made)
        for name, place in self.annotations.items():
            setattr(made, name, row[place])
        return made


def _place(value: Any, samples: Sequence[Any]) -> int | None:
    for place, sample in enumerate(samples):
        if isinstance(value, type(sample)) and value == sample:
            return place
    return None


def insert(record: Model) -> None:
    """Write a new row; its id comes from the database unless it has one. One statement."""
    insert_many([record])


def insert_many(records: Sequence[Model]) -> None:
    """Write new rows of one model in one statement; for a handful, bulk loading has its own ways."""
    if not records:
        return
    statement, values = inserting(records)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        keys = cursor.fetchall()
    for record, (key,) in zip(records, keys, strict=True):
        record.pk = key
        record._state.adding, record._state.db = False, "default"


def inserting(records: Sequence[Model]) -> tuple[str, list[Any]]:
    """The INSERT of new rows of one model, which returns their keys, and its parameters."""
    model, named = type(records[0]), records[0].pk is not None
    values: list[Any] = []
    fields = _written(model, named)
    for record in records:
        values += [field.get_db_prep_save(field.pre_save(record, True), connection) for field in fields]
    return _insert_sql(model, named, len(records)), values


def update(record: Model, names: Sequence[str]) -> None:
    """Write these fields of a row that is there. One statement; the row must exist."""
    if not names:
        return
    meta = type(record)._meta
    fields: list[Any] = [meta.get_field(name) for name in names]
    values = [field.get_db_prep_save(field.pre_save(record, False), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(_update_sql(type(record), tuple(names)), [*values, record.pk])
        assert cursor.rowcount == 1, f"{meta.label} {record.pk} is not there"


def write_together(changed_one: Model, names: Sequence[str], new: Sequence[Model]) -> None:
    """Change one row and write new rows of other tables, which take no notice of each other: one statement for all."""
    parts, values = [], []
    for place, record in enumerate(new):
        statement, given = inserting([record])
        parts.append(f"new_{place} AS ({statement})")
        values += given
    fields: list[Any] = [type(changed_one)._meta.get_field(name) for name in names]
    values += [field.get_db_prep_save(field.pre_save(changed_one, False), connection) for field in fields]
    statement = f"WITH {', '.join(parts)} {_update_sql(type(changed_one), tuple(names))}"
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, changed_one.pk])
        assert cursor.rowcount == 1, f"{changed_one._meta.label} {changed_one.pk} is not there"
    for record in new:
        record._state.adding, record._state.db = False, "default"


def snapshot(record: Model) -> dict[str, Any]:
    """The plain stored values of a record by field name, for :func:`changed`. Values that can be changed in place
    (JSON) are left out."""
    kept = record.__dict__
    return {name: kept[attname] for name, attname in _plain(type(record)) if attname in kept}


def changed(record: Model, before: dict[str, Any]) -> list[str]:
    """Names of the fields whose values are no longer those of the :func:`snapshot`."""
    now = snapshot(record)
    return [name for name, value in before.items() if now.get(name) != value]


@cache
def _plain(model: type[Model]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (field.name, field.attname)
        for field in model._meta.concrete_fields
        if not field.primary_key and not isinstance(field, JSONField)
    )


@cache
def _written(model: type[Model], named: bool) -> tuple[Any, ...]:
    """The fields an INSERT names: all, but a key that the database gives."""
    fields = model._meta.concrete_fields
    return tuple(field for field in fields if named or not isinstance(field, AutoFieldMixin))


@cache
def _insert_sql(model: type[Model], named: bool, count: int) -> str:
    quote, meta, fields = connection.ops.quote_name, model._meta, _written(model, named)
    names = ", ".join(quote(field.column) for field in fields)
    row = f"({', '.join(['%s'] * len(fields))})"
    rows = ", ".join([row] * count)
    key = quote(meta.pk.column)
    return f"INSERT INTO {quote(meta.db_table)} ({names}) VALUES {rows} RETURNING {key}"  # noqa: S608


@cache
def _update_sql(model: type[Model], names: tuple[str, ...]) -> str:
    quote, meta = connection.ops.quote_name, model._meta
    columns: list[Any] = [meta.get_field(name) for name in names]
    pairs = ", ".join(f"{quote(field.column)} = %s" for field in columns)
    return f"UPDATE {quote(meta.db_table)} SET {pairs} WHERE {quote(meta.pk.column)} = %s"  # noqa: S608
