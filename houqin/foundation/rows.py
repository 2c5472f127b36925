"""Rows that are written often: new ones made and sent with little work, and several tables by one statement."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models import BigIntegerField, ForeignKey, JSONField, Model
from django.db.models.base import ModelState
from django.db.models.expressions import RawSQL
from django.db.models.fields import NOT_PROVIDED, AutoFieldMixin
from psycopg.types.numeric import Int2, Int4, Int8

from houqin.foundation.compiled import statement

M = TypeVar("M", bound=Model)


def fresh(model: type[M], **values: Any) -> M:
    """``model(**values)`` for half the work: a new record with the defaults of its fields."""
    made: Any = model.__new__(model)
    made._state = ModelState()
    constant, made_anew = _defaults(model)
    vars(made).update(constant)
    for name, default in made_anew:
        vars(made)[name] = default()
    columns = _relations(model)
    for name, value in values.items():
        if isinstance(value, Model) and name in columns:
            vars(made)[columns[name]] = value.pk
            made._state.fields_cache[name] = value
            made._state.db = made._state.db or value._state.db or DEFAULT_DB_ALIAS
        else:
            setattr(made, name, value)
    return made


@cache
def _relations(model: type[Any]) -> dict[str, str]:
    """The columns of a model's relations to keys."""
    fields = [field for field in model._meta.concrete_fields if type(field) is ForeignKey]
    return {field.name: field.attname for field in fields if field.target_field.primary_key}


@cache
def _defaults(model: type[Any]) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    """The defaults of a model's fields that are always the same value, and the others."""
    constant, made_anew = {}, []
    for field in model._meta.concrete_fields:
        if callable(field.default) and field.default is not NOT_PROVIDED:
            made_anew.append((field.attname, field.get_default))
        else:
            constant[field.attname] = field.get_default()
    return constant, made_anew


def insert(record: Model) -> None:
    """Write a new row; its id comes from the database unless it has one. One statement."""
    sql, values = _inserting([record])
    (record.pk,) = statement(f"{sql} RETURNING {_key(type(record))}").run(values).fetchone()
    record._state.adding, record._state.db = False, DEFAULT_DB_ALIAS


def _inserting(records: Sequence[Model]) -> tuple[str, list[Any]]:
    """The INSERT of new rows of one model, and its parameters."""
    model, named = type(records[0]), records[0].pk is not None
    row = _written(model, named).row
    return _insert_sql(model, named, len(records)), [
        value for record in records for value in row(record, vars(record))
    ]


def _inserting_each(like: Model, field: str, keys: Sequence[int]) -> tuple[str, list[Any]]:
    """The INSERT of as many rows as there are keys, all like one but for that relation, and its parameters: the keys go as
    one array, so that the statement is the same for any number of them and is planned once a connection."""
    model = type(like)
    written, column = _written(model, False), _column(model, field)
    place = written.columns.index(column)
    values: list[Any] = list(written.row(like, vars(like)))
    values[place] = list(map(Int8, keys))
    return _insert_each_sql(model, place), values


def update(record: Model, names: Sequence[str]) -> None:
    """Write the named fields of a row that is there, in one statement; without names, nothing."""
    if names:
        writes = Writes()
        writes.update(record, names)
        writes.run()


def next_ids(*models: type[Model]) -> list[int]:
    """A key for a new row of each model, where keys must be known before rows are written. One statement."""
    if not models:
        return []
    return list(statement(_next_ids_sql(models)).run(()).fetchone())


@cache
def _next_ids_sql(models: tuple[type[Model], ...]) -> str:
    return "SELECT " + ", ".join(map(_next_id_sql, models))


def _next_id_sql(model: type[Model]) -> str:
    return f"nextval('{model._meta.db_table}_{model._meta.pk.column}_seq')"


def next_id(model: type[Model]) -> RawSQL:
    """An annotation: a key for a new row of ``model``, read along with what a query asks anyway."""
    return RawSQL(_next_id_sql(model), [], output_field=BigIntegerField())  # noqa: S611 - names of our own tables


class Writes:
    """Rows that are written together at the end: new ones and changed ones of several tables by one statement.

    Nothing is written before :meth:`run`, and what is written is what the records hold by then. So a record may be
    handed in more than once; rows that somebody must read back before the end are written by :func:`insert` instead.
    """

    def __init__(self) -> None:
        self._new: dict[type[Model], dict[int, Model]] = {}
        self._each: list[tuple[Model, str, Sequence[int]]] = []
        self._changed: dict[tuple[type[Model], Any], tuple[Model, dict[str, None]]] = {}

    def insert(self, *records: Model) -> None:
        """New rows. Their keys are not read back: where they matter, give them by :func:`next_ids`."""
        for record in records:
            self._new.setdefault(type(record), {})[id(record)] = record

    def update(self, record: Model, names: Iterable[str]) -> None:
        """Change the named fields of a row that is there; nothing for a record that will be inserted whole."""
        if id(record) in self._new.get(type(record), {}) or not (wanted := dict.fromkeys(names)):
            return
        kept, so_far = self._changed.setdefault((type(record), record.pk), (record, {}))
        so_far.update(wanted)
        if kept is not record:  # the same row in another's hands: what is named of it holds
            for name in wanted:
                setattr(kept, name, getattr(record, name))

    def insert_each(self, like: Model, field: str, keys: Sequence[int]) -> None:
        """A new row for each key (at least one) of a relation, otherwise all ``like`` this one."""
        self._each.append((like, field, keys))

    def run(self) -> None:
        """Write everything by one statement; asserts that the row changed last is there."""
        parts, values = [], []
        for records in self._new.values():
            sql, given = _inserting(list(records.values()))
            parts.append(sql)
            values += given
        for each in self._each:
            sql, given = _inserting_each(*each)
            parts.append(sql)
            values += given
        for record, names in self._changed.values():
            parts.append(_update_sql(type(record), tuple(names)))
            values += [*_values_of(record, names), record.pk]
        if parts:
            self._execute(parts, values)

    def _execute(self, parts: list[str], values: list[Any]) -> None:
        last = parts.pop()
        others = ", ".join(f"part_{place} AS ({sql})" for place, sql in enumerate(parts))
        sql = f"WITH {others} {last}" if others else last
        assert statement(sql).run(values).rowcount > 0, f"the row is not there: {last}"
        for records in self._new.values():
            for record in records.values():
                record._state.adding, record._state.db = False, DEFAULT_DB_ALIAS
        self._new, self._each, self._changed = {}, [], {}


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


@dataclass(frozen=True)
class _Written:
    """The fields an INSERT names, and what takes their values from a record and what is in it."""

    columns: tuple[str, ...]
    row: Callable[[Any, dict[str, Any]], tuple[Any, ...]]


@cache
def _written(model: type[Model], named: bool) -> _Written:
    """All fields, but a key that the database gives."""
    fields: list[Any] = [
        field for field in model._meta.concrete_fields if named or not isinstance(field, AutoFieldMixin)
    ]
    return _Written(tuple(field.column for field in fields), _row(fields))


def _row(fields: list[Any]) -> Callable[[Any, dict[str, Any]], tuple[Any, ...]]:
    """One function for all values of a new row, made as text the way dataclasses make theirs: a call for each value would
    take longer than sending them."""
    known: dict[str, Any] = {}
    parts = []
    for place, field in enumerate(fields):
        kind, held = _kind(field), f"held[{field.attname!r}]"
        if kind in _AS_THEY_ARE:
            parts.append(held)
        elif kind in _TEXTS:
            known[f"f{place}"] = _stored(field, True)
            parts.append(f"{held} if type({held}) is str else f{place}(record)")
        elif kind in _WIDTHS:
            known[f"f{place}"] = _WIDTHS[kind]
            parts.append(f"None if {held} is None else f{place}({held})")
        else:
            known[f"f{place}"] = _stored(field, True)
            parts.append(f"f{place}(record)")
    made: Callable[[Any, dict[str, Any]], tuple[Any, ...]] = eval(  # noqa: S307 - of names of our own fields
        f"lambda record, held: ({', '.join(parts)},)", known
    )
    return made


def _values_of(record: Model, names: Iterable[str]) -> list[Any]:
    return [_stored_changed(type(record), name)(record) for name in names]


@cache
def _stored_changed(model: type[Model], name: str) -> Callable[[Any], Any]:
    return _stored(model._meta.get_field(name), False)


def _stored(field: Any, new: bool) -> Callable[[Any], Any]:
    """How a field's value goes to the database. Django's way takes several calls a value, so the plain kinds of field
    (kept as they are, as text that the server reads, or as a number of the column's width) have a short one."""
    attname, kind = field.attname, _kind(field)
    if kind in _AS_THEY_ARE:
        return attrgetter(attname)
    if kind in _WIDTHS:
        width = _WIDTHS[kind]
        return lambda record: None if (value := getattr(record, attname)) is None else width(value)
    if kind in _TEXTS:
        return lambda record: None if (value := getattr(record, attname)) is None else str(value)
    if kind is JSONField:
        encoder = field.encoder
        return lambda record: (
            None if (value := getattr(record, attname)) is None else json.dumps(value, cls=encoder)
        )
    if kind is models.GenericIPAddressField:
        return lambda record: getattr(record, attname) or None
    return lambda record: field.get_db_prep_save(field.pre_save(record, new), connection)


def _kind(field: Any) -> type:
    """The class of what is stored in a field; none of them for a moment that the field sets by itself."""
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return type(None)
    return type(field.target_field if isinstance(field, ForeignKey) else field)


_TEXTS = (models.TextField, models.CharField)
_AS_THEY_ARE = (models.BooleanField, models.DateTimeField)
#: Fields of whole numbers. A number of its column's width has one statement prepared for all its values.
_WIDTHS: dict[type, Callable[[Any], Any]] = {
    models.SmallIntegerField: Int2,
    models.PositiveSmallIntegerField: Int2,
    models.IntegerField: Int4,
    models.PositiveIntegerField: Int4,
    models.BigIntegerField: Int8,
    models.PositiveBigIntegerField: Int8,
    models.BigAutoField: Int8,
}


@cache
def _insert_sql(model: type[Model], named: bool, count: int) -> str:
    columns = _written(model, named).columns
    row = f"({', '.join(['%s'] * len(columns))})"
    return f"{_insert_into(model, columns)} VALUES {', '.join([row] * count)}"


@cache
def _insert_each_sql(model: type[Model], place: int) -> str:
    columns = _written(model, False).columns
    # Without lengths: a cast to them would cut what is too long, where the column refuses it.
    kinds = {
        field.column: re.sub(r"\(.*?\)", "", field.db_type(connection) or "")
        for field in model._meta.concrete_fields
    }
    chosen = [f"%s::{kinds[column]}" for column in columns]
    chosen[place] = "unnest(%s::bigint[])"
    return f"{_insert_into(model, columns)} SELECT {', '.join(chosen)}"


def _insert_into(model: type[Model], columns: Iterable[str]) -> str:
    quote = connection.ops.quote_name
    return f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(map(quote, columns))})"


@cache
def _key(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.pk.column)


@cache
def _column(model: type[Model], field: str) -> str:
    found: Any = model._meta.get_field(field)
    return str(found.column)


@cache
def _update_sql(model: type[Model], names: tuple[str, ...]) -> str:
    quote, meta = connection.ops.quote_name, model._meta
    columns: list[Any] = [meta.get_field(name) for name in names]
    pairs = ", ".join(f"{quote(field.column)} = %s" for field in columns)
    return f"UPDATE {quote(meta.db_table)} SET {pairs} WHERE {quote(meta.pk.column)} = %s"  # noqa: S608
