"""Queries whose SQL is made once.

Building and compiling a queryset costs more than running it where a request asks the same few things every time: the
token, the case with its section, its open tasks. A :class:`Compiled` query is declared with the queryset it stands
for, compiled at its first use, and afterwards only run, with other values in the places of its arguments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from itertools import count
from operator import attrgetter
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.backends.utils import CursorWrapper
from django.db.models import BigIntegerField, FileField, ForeignKey, JSONField, Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.expressions import RawSQL
from django.db.models.fields import NOT_PROVIDED, AutoFieldMixin
from django.db.models.query import ModelIterable, get_related_populators  # type: ignore[attr-defined]  # not in the stubs
from psycopg import RawCursor
from psycopg.sql import Literal
from psycopg.types.numeric import Int2, Int4, Int8

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
        database.close_if_health_check_failed()
        database.ensure_connection()
        kept: CursorWrapper | None = vars(database).get("_raw_cursor")
        if kept is None or kept.cursor.connection is not database.connection:
            raw: Any = RawCursor(database.connection)
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


def fresh(model: type[M], **values: Any) -> M:
    """``model(**values)`` for half the work: a new record with the defaults of its fields."""
    made: Any = model.__new__(model)
    made._state = ModelState()
    constant, made_anew = _defaults(model)  # type: ignore[arg-type]  # classes are hashable
    vars(made).update(constant)
    for name, default in made_anew:
        vars(made)[name] = default()
    columns = _relations(model)  # type: ignore[arg-type]
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
    insert_many([record])


def insert_many(records: Sequence[Model]) -> None:
    """Write new rows of one model in one statement; for a handful, bulk loading has its own ways."""
    if not records:
        return
    sql, values = inserting(records)
    keys = statement(sql).run(values).fetchall()
    for record, (key,) in zip(records, keys, strict=True):
        record.pk = key
        record._state.adding, record._state.db = False, "default"


def inserting(records: Sequence[Model]) -> tuple[str, list[Any]]:
    """The INSERT of new rows of one model, which returns their keys, and its parameters."""
    model, named = type(records[0]), records[0].pk is not None
    row = _written(model, named).row
    values = [value for record in records for value in row(record, vars(record))]
    return _insert_sql(model, named, len(records)), values


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
        self._changed: dict[tuple[type[Model], Any], tuple[Model, dict[str, None]]] = {}
        self._after: dict[str, None] = {}

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

    def after(self, sql: str) -> None:
        """Another statement without parameters, once; ``new_TABLE`` in it are the new rows' keys of that table."""
        self._after[sql] = None

    def run(self) -> None:
        """Write everything by one statement; asserts that the row changed last is there."""
        parts, values = [], []
        for records in self._new.values():
            sql, given = inserting(list(records.values()))
            parts.append(f"new_{next(iter(records.values()))._meta.db_table} AS ({sql})")
            values += given
        parts += [f"after_{place} AS ({each})" for place, each in enumerate(self._after)]
        for place, (record, names) in enumerate(self._changed.values()):
            parts.append(f"changed_{place} AS ({_update_sql(type(record), tuple(names))})")
            values += [*_values_of(record, names), record.pk]
        if parts:
            self._execute(parts, values)

    def _execute(self, parts: list[str], values: list[Any]) -> None:
        name, _, last = parts.pop().partition(" AS (")
        sql = f"WITH {', '.join(parts)} {last[:-1]}" if parts else last[:-1]
        assert statement(sql).run(values).rowcount > 0, f"{name}: the row is not there"
        for records in self._new.values():
            for record in records.values():
                record._state.adding, record._state.db = False, "default"
        self._new, self._changed, self._after = {}, {}, {}


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
    (kept as they are, or as a number of the column's width) have a short one."""
    attname, kind = field.attname, _kind(field)
    if kind in _AS_THEY_ARE:
        return attrgetter(attname)
    if kind in _WIDTHS:
        width = _WIDTHS[kind]
        return lambda record: None if (value := getattr(record, attname)) is None else width(value)
    if kind in _TEXTS:
        return lambda record: None if (value := getattr(record, attname)) is None else str(value)
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
    quote, meta, columns = connection.ops.quote_name, model._meta, _written(model, named).columns
    row = f"({', '.join(['%s'] * len(columns))})"
    rows = ", ".join([row] * count)
    names, key = ", ".join(map(quote, columns)), quote(meta.pk.column)
    return f"INSERT INTO {quote(meta.db_table)} ({names}) VALUES {rows} RETURNING {key}"  # noqa: S608


@cache
def _update_sql(model: type[Model], names: tuple[str, ...]) -> str:
    quote, meta = connection.ops.quote_name, model._meta
    columns: list[Any] = [meta.get_field(name) for name in names]
    pairs = ", ".join(f"{quote(field.column)} = %s" for field in columns)
    return f"UPDATE {quote(meta.db_table)} SET {pairs} WHERE {quote(meta.pk.column)} = %s"  # noqa: S608
