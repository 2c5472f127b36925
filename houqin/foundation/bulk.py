"""Many rows at once: ``COPY`` of tuples into a model's table. For imports and the demo compound."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection, models, transaction
from psycopg import sql

from houqin.foundation.sealed.value import Personal


def copy_in(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write ``rows``, tuples in the order of ``fields`` (names of the model's fields), and answer how many.

    Values are what PostgreSQL reads: a foreign key's id, JSON as text, a moment as ``datetime`` or text with its
    zone, an array as list; a personal field's is the clear text. Columns that are not named get the database's
    default, not Django's. Constraints and triggers hold as ever; the trail is the caller's business. Rows that bring
    their own id need :func:`set_sequence` afterwards.
    """
    named = {field.name: field for field in model._meta.concrete_fields}
    columns = [named[name].column for name in fields]
    personal = [
        (place, of_text)
        for place, name in enumerate(fields)
        if (of_text := getattr(named[name], "personal", None))
    ]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    count = 0
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
        cursor.copy(statement.as_string(connection.connection)) as copy,
    ):
        write = copy.write_row
        for count, row in enumerate(rows, start=1):  # noqa: B007 - the last number is the answer
            write(_sealed(row, personal) if personal else row)
    return count


def _sealed(row: Sequence[Any], personal: list[tuple[int, Callable[[str], Personal]]]) -> Sequence[Any]:
    values = list(row)
    for place, of_text in personal:
        values[place] = of_text(values[place]).sealed
    return values


def set_sequence(*tables: type[models.Model]) -> None:
    """Let the next id of each table follow on the highest one that is stored."""
    with connection.cursor() as cursor:
        for model in tables:
            table = model._meta.db_table
            cursor.execute(
                sql.SQL(
                    "SELECT setval(pg_get_serial_sequence(%s, 'id'), coalesce(max(id), 0) + 1, false) FROM {}"
                ).format(sql.Identifier(table)),
                [table],
            )
