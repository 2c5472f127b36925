"""Turning a column of clear numbers into a personal one; for migrations.

Three migrations, the second not atomic: add the new field, :func:`encrypt`, remove the old one and rename the new.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from houqin.foundation.sealed.value import KINDS, Personal
from houqin.foundation.standards import Unfit

BATCH = 2000


def encrypt(table: str, old: str, new: str, *, context: str, kind: str) -> Callable[[Any, Any], None]:
    """Code of a migration: encrypts ``old`` into ``new`` for the field ``context``, in batches that commit one by one.

    May be run again where it was interrupted. What does not fit its standard is kept as it was written.
    """

    def run(apps: Any, schema_editor: Any) -> None:
        last = 0
        while last is not None:
            with transaction.atomic(), connection.cursor() as cursor:
                last = _batch(cursor, (table, old, new), last, KINDS[kind].normal, context, kind)

    return run


def _batch(
    cursor: Any, names: tuple[str, str, str], last: int, normal: Callable[[str], str], context: str, kind: str
) -> Any:
    table, old, new = map(sql.Identifier, names)
    cursor.execute(
        sql.SQL(
            "SELECT id, {old} FROM {table} WHERE id > %s AND {old} <> '' AND {new} IS NULL ORDER BY id LIMIT %s FOR UPDATE"
        ).format(table=table, old=old, new=new),
        [last, BATCH],
    )
    rows = cursor.fetchall()
    if not rows:
        return None
    sealed = []
    for _, text in rows:
        with suppress(Unfit):
            text = normal(text)
        sealed.append(Personal(KINDS[kind], context, clear=text).sealed)
    cursor.execute(
        sql.SQL(
            "UPDATE {table} SET {new} = v.sealed FROM unnest(%s::bigint[], %s::bytea[]) AS v (id, sealed) WHERE {table}.id = v.id"
        ).format(table=table, new=new),
        [[identity for identity, _ in rows], sealed],
    )
    return rows[-1][0]
